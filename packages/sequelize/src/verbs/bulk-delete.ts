import type { TableName } from '../sequelize.js';
import type { Table } from '../table.js';
import { summaryOf, type Tools, type Verb } from './verb.js';

/** `Model.destroy` and `Model.truncate`. */
export function bulkDelete(
  { reader, run }: Tools,
  table: Table,
  [name, where, , modelClass]: readonly [TableName, unknown, unknown, unknown],
): Verb {
  return ({ options, transaction }) => {
    const isLocked = transaction !== undefined;
    const isTruncate = options.truncate === true;
    const filter = isTruncate ? undefined : where;
    return {
      operation: 'delete',
      locks: isLocked,
      // With a limit, which of these will be deleted is not known before: those that are gone afterwards.
      before: (limit) => reader.read({ table, name, where: filter, options, transaction, limit, isLocked }),
      run: () => run([name, where, options, modelClass]),
      after: (_, before) => reader.again(before, { table, name, options, transaction }),
      // TRUNCATE counts nothing.
      affected: (result) => (typeof result === 'number' && !isTruncate ? result : undefined),
      summary: summaryOf(table, filter),
    };
  };
}
