import type { Row } from '@whodunit/core/writes';
import type { TableName, Values } from '../sequelize.js';
import { rowOf, type Table } from '../table.js';
import { summaryOf, type Tools, type Verb } from './verb.js';

/** `increment` and `decrement`, of an instance or by criteria. */
export function increment(
  { reader, returns, run }: Tools,
  table: Table,
  [modelClass, name, where, amounts, extra]: readonly [unknown, TableName, unknown, Values, Values],
): Verb {
  return ({ options, transaction }) => {
    const isLocked = transaction !== undefined;
    const { instance, returning } = options;
    let stored: readonly Row[] | undefined;
    return {
      operation: 'update',
      isOne: instance !== undefined,
      locks: isLocked,
      before: (limit) => reader.read({ table, name, where, options, transaction, limit, isLocked }),
      async run() {
        const result = await run([modelClass, name, where, amounts, extra, options]);
        // Sequelize asks for all columns itself, unless it was told not to.
        const isReturned = returns && (returning === undefined || returning === true);
        const [rows] = isReturned ? (result as [Values[] | undefined]) : [undefined];
        if (instance !== undefined) stored = isReturned ? [rowOf(table, instance.dataValues)] : undefined;
        else if (Array.isArray(rows)) stored = rows.map((row) => rowOf(table, row));
        return result;
      },
      after: (_, before) => stored ?? reader.again(before, { table, name, options, transaction }),
      affected: (result) => (Array.isArray(result) && typeof result[1] === 'number' ? result[1] : undefined),
      summary: summaryOf(table, where, { ...amounts, ...extra }),
    };
  };
}
