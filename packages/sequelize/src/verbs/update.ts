import type { Row } from '@whodunit/core/writes';
import type { Instance, TableName, Values } from '../sequelize.js';
import { rowOf, type Table } from '../table.js';
import { AS_LOADED, loadedRow } from './loaded.js';
import { meaningOf } from './mark.js';
import { forInstance, standInFor } from './stand-in.js';
import { summaryOf, type Tools, type Verb } from './verb.js';

/** `save`, `update`, soft `destroy` and `restore` of an instance. */
export function update(
  { reader, returns, run, settings }: Tools,
  table: Table,
  [instance, name, values, where]: readonly [Instance, TableName, Values, unknown],
): Verb {
  const written = Object.keys(rowOf(table, values));
  return ({ isOwn, options, transaction }) => {
    const loaded = settings.rereads || isOwn ? undefined : loadedRow(table, instance, written);
    const isLocked = transaction !== undefined;
    let stored: Row | undefined;
    return {
      ...meaningOf(table, values),
      isOne: true,
      locks: loaded === undefined && isLocked,
      why: loaded === undefined ? undefined : AS_LOADED,
      before: (limit) =>
        loaded ? [loaded] : reader.read({ table, name, where, options, transaction, limit, isLocked }),
      async run() {
        if (!returns) return run([instance, name, values, where, options]);
        const standIn = standInFor(table, instance, options);
        try {
          const args = [standIn.instance, name, values, where, { ...options, returning: true }];
          const [, count] = (await run(args)) as [unknown, number];
          stored = standIn.settle();
          return [instance, count];
        } catch (error) {
          throw forInstance(error, standIn, instance);
        }
      },
      async after(_, before) {
        const after = stored ? [stored] : await reader.again(before, { table, name, options, transaction });
        // What others wrote since the instance was loaded is no change of this write.
        if (loaded !== undefined) for (const row of after) Object.assign(loaded, unwritten(row, written));
        return after;
      },
      affected: (result) => (result as [unknown, number])[1],
      summary: summaryOf(table, where, values),
    };
  };
}

function unwritten(row: Row, written: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !written.includes(name)));
}
