import type { Instance, TableName } from '../sequelize.js';
import type { Table } from '../table.js';
import { AS_LOADED, loadedRow } from './loaded.js';
import { summaryOf, type Tools, type Verb } from './verb.js';

/** `destroy` of an instance. What it takes along by hooks (`onDelete: 'cascade', hooks: true`) is destroyed by itself. */
export function remove(
  { reader, returns, run, settings }: Tools,
  table: Table,
  [instance, name, where]: readonly [Instance, TableName, unknown],
): Verb {
  return ({ isOwn, options, transaction }) => {
    // Only where the database says how many rows it deleted is it known that the row was still there.
    const isTrusted = returns && !settings.rereads && !isOwn;
    const loaded = isTrusted ? loadedRow(table, instance, table.columns.keys()) : undefined;
    const isLocked = transaction !== undefined;
    let count: number | undefined;
    return {
      operation: 'delete',
      isOne: true,
      locks: loaded === undefined && isLocked,
      why: loaded === undefined ? undefined : AS_LOADED,
      before: (limit) =>
        loaded ? [loaded] : reader.read({ table, name, where, options, transaction, limit, isLocked }),
      async run() {
        if (!returns) return run([instance, name, where, options]);
        const result = await run([instance, name, where, { ...options, type: 'BULKDELETE' }]);
        count = typeof result === 'number' ? result : undefined;
        return [];
      },
      after: (_, before) => reader.again(before, { table, name, options, transaction }),
      affected: () => count,
      summary: summaryOf(table, where),
    };
  };
}
