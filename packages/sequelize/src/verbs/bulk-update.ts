import type { Row } from '@whodunit/core/writes';
import type { TableName, Values } from '../sequelize.js';
import { rowOf, type Table } from '../table.js';
import { meaningOf } from './mark.js';
import { summaryOf, type Tools, type Verb } from './verb.js';

/** `Model.update`, soft `Model.destroy` and `Model.restore`. */
export function bulkUpdate(
  { reader, returns, run }: Tools,
  table: Table,
  [name, values, where, , attributes]: readonly [TableName, Values, unknown, unknown, unknown],
): Verb {
  return ({ options, transaction }) => {
    const isLocked = transaction !== undefined;
    const { returning } = options;
    let isFew = false;
    let stored: readonly Row[] | undefined;
    return {
      ...meaningOf(table, values),
      locks: isLocked,
      async before(limit) {
        const rows = await reader.read({ table, name, where, options, transaction, limit, isLocked });
        isFew = rows.length < limit;
        return rows;
      },
      async run() {
        if (!returns || returning || !isFew) {
          const result = await run([name, values, where, options, attributes]);
          if (returning === true && isFew) stored = rowsIn(table, result);
          return result;
        }
        const asked = { ...options, returning: true, raw: true, plain: false, nest: false };
        const rows = (await run([name, values, where, asked, attributes])) as readonly Values[];
        stored = rows.map((row) => rowOf(table, row));
        return rows.length;
      },
      after: (_, before) => stored ?? reader.again(before, { table, name, options, transaction }),
      affected: (result) => (Array.isArray(result) ? result.length : typeof result === 'number' ? result : undefined),
      summary: summaryOf(table, where, values),
    };
  };
}

/** Of what an update returned to the application: instances or, with `raw`, rows. */
function rowsIn(table: Table, result: unknown): readonly Row[] | undefined {
  if (!Array.isArray(result)) return undefined;
  return result.map((each: { readonly dataValues?: Values } & Values) => rowOf(table, each.dataValues ?? each));
}
