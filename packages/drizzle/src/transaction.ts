import { Unit } from '@whodunit/core/writes';
import type { Database } from './drizzle.js';

/** Runs `work` in a transaction of Drizzle, or in a savepoint of `outer`; what it changes comes true when that is committed. */
export async function inTransaction<R>(
  db: Database,
  outer: Unit | undefined,
  work: (tx: Database, unit: Unit) => Promise<R> | R,
  config?: unknown,
): Promise<R> {
  let unit: Unit | undefined;
  let end: unknown;
  let result: R;
  try {
    result = (await db.transaction(async (tx) => {
      unit = new Unit(outer, queryOf(tx));
      const given = await work(tx, unit);
      await unit.prepare();
      if (outer === undefined) watchEnd(tx, (command) => (end = command));
      return given;
    }, config)) as R;
  } catch (error) {
    unit?.rolledBack();
    throw error;
  }
  // Postgres answers a COMMIT with ROLLBACK, and no error, when a statement had failed and the application went on.
  if (end === 'ROLLBACK') unit?.rolledBack();
  else unit?.committed();
  return result;
}

/** Drizzle ends its transactions through the same object that it gave to the application. */
function watchEnd(tx: Database, tell: (command: unknown) => void): void {
  const execute = tx.execute;
  tx.execute = function (this: Database, query) {
    const raw = execute.call(this, query);
    const run = raw.execute;
    raw.execute = async () => {
      const result = await run();
      if (typeof result === 'object' && result !== null && 'command' in result) tell(result.command);
      return result;
    };
    return raw;
  };
}

function queryOf({ session }: Database) {
  return (sql: string, params: readonly unknown[]): Promise<unknown> =>
    session.prepareQuery({ sql, params }, undefined, undefined, false).execute();
}
