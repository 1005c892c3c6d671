import type { Row } from '@whodunit/core/writes';
import type { TableName, Values } from '../sequelize.js';
import type { Table } from '../table.js';
import { conflicting } from './conflicting.js';
import { forInstance, standInFor } from './stand-in.js';
import { summaryOf, type Tools, type Verb } from './verb.js';

/** `upsert`. */
export function upsert(
  { reader, returns, run }: Tools,
  table: Table,
  [name, inserted, updated, where]: readonly [TableName, Values, Values, unknown],
): Verb {
  return ({ options, transaction }) => {
    const isLocked = transaction !== undefined;
    const { instance } = options;
    let found: unknown;
    let stored: Row | undefined;
    const read = async (limit?: number): Promise<Row[]> => {
      if (found === undefined) return [];
      return reader.read({ table, name, where: found, options, transaction, limit, isLocked });
    };
    /** By which columns a conflict is found is Sequelize's decision: it makes the statement, and nothing is sent. */
    const conflictColumns = async (): Promise<readonly string[] | undefined> => {
      let columns: readonly string[] | undefined;
      await run([name, inserted, updated, where, options], async (_, made) => {
        columns = made?.upsertKeys;
        return [instance, null];
      });
      return columns;
    };
    return {
      operation: 'upsert',
      isOne: true,
      locks: isLocked,
      async before(limit) {
        found = conflicting(table, [inserted], await conflictColumns());
        return read(limit);
      },
      async run() {
        if (!returns || instance === undefined) return run([name, inserted, updated, where, options]);
        const standIn = standInFor(table, instance, options);
        try {
          const asked = { ...options, instance: standIn.instance, returning: true };
          const [, isNew] = (await run([name, inserted, updated, where, asked])) as [unknown, unknown];
          stored = standIn.settle();
          return [instance, isNew];
        } catch (error) {
          throw forInstance(error, standIn, instance);
        }
      },
      after() {
        if (stored !== undefined) return [stored];
        if (found === undefined) throw new Error('The database made a key that it does not tell.');
        return read();
      },
      summary: summaryOf(table, undefined, updated),
    };
  };
}
