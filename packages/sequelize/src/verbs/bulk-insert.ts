import type { Row } from '@whodunit/core/writes';
import type { QueryOptions, TableName, Values } from '../sequelize.js';
import { keyOf, rowOf, type Table } from '../table.js';
import { conflicting } from './conflicting.js';
import { summaryOf, type Tools, type Verb } from './verb.js';

/** `bulkCreate`: with `ignoreDuplicates` only what is new, with `updateOnDuplicate` what is new and what is updated. */
export function bulkInsert(
  { reader, returns, run, settings }: Tools,
  table: Table,
  [name, records, , attributes]: readonly [TableName, readonly Values[], unknown, unknown],
): Verb {
  return ({ options, transaction }) => {
    const isUpsert = Array.isArray(options.updateOnDuplicate);
    const where = isUpsert ? conflicting(table, records, options.upsertKeys) : undefined;
    const isLocked = transaction !== undefined;
    let stored: readonly Row[] | undefined;
    const read = (limit?: number): Promise<Row[]> =>
      reader.read({ table, name, where, options, transaction, limit, isLocked });
    return {
      operation: isUpsert ? 'upsert' : 'create',
      locks: isLocked,
      size: records.length,
      ...(isUpsert ? { before: (limit: number) => (where === undefined ? [] : read(limit)) } : {}),
      async run() {
        if (!returns || !settings.wantsRows(records.length)) return run([name, records, options, attributes]);
        const rows = await run([name, records, { ...options, returning: true }, attributes]);
        if (!Array.isArray(rows)) return rows;
        stored = (rows as Values[]).map((row) => rowOf(table, row));
        return asAsked(rows as Values[], options);
      },
      after: () => stored ?? storedOf(records),
      summary: summaryOf(table, undefined, records[0]),
    };

    /** Without `RETURNING`, rows can be read again where the application gave their keys. */
    function storedOf(given: readonly Values[]): Promise<Row[]> {
      const rows = given.map((values) => rowOf(table, values));
      if (rows.some((row) => keyOf(table, row) === undefined))
        throw new Error('The database made keys that it does not tell.');
      return reader.again(rows, { table, name, options, transaction });
    }
  };
}

/** What the same statement returns without us. */
function asAsked(rows: readonly Values[], { returning }: QueryOptions): readonly Values[] {
  if (returning === true) return rows;
  if (!Array.isArray(returning)) return [];
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => returning.includes(column))));
}
