import { captureWrites } from '@whodunit/core/writes';
import { AuditingExecutor } from './executor.js';
import type { Executor } from './kysely.js';
import { type KyselyOptions, resolveOptions } from './options.js';
import { Keys } from './table.js';

/** A `Kysely`, of whichever dialect. */
export interface KyselyDatabase {
  getExecutor(): object;
  withPlugin(plugin: never): unknown;
}

/**
 * Gives a `Kysely` whose writes become events, with the state before and after each, when they are committed. Use it in place
 * of the one that you give: that one stays as it was, and what is written through it is not seen. The type stays the same, and
 * reads are untouched. One that is audited already is given back as it is.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function auditKysely<D extends KyselyDatabase>(db: D, options: KyselyOptions = {}): D {
  const { keys, ...rest } = resolveOptions(options);
  const writes = captureWrites('kysely', 'auditKysely', rest);
  const executor = db.getExecutor() as Executor;
  if (executor instanceof AuditingExecutor) return db;
  return withExecutor(db, executor, new AuditingExecutor(executor, { writes, keys: new Keys(keys) }));
}

/** Kysely keeps what it is made of to itself; when it takes a plugin, it makes another of the same with a new executor. */
function withExecutor<D extends KyselyDatabase>(db: D, executor: Executor, audited: Executor): D {
  const own = Object.getOwnPropertyDescriptor(executor, 'withPlugin');
  executor.withPlugin = () => audited;
  try {
    return db.withPlugin({} as never) as D;
  } finally {
    if (own === undefined) Reflect.deleteProperty(executor, 'withPlugin');
    else Object.defineProperty(executor, 'withPlugin', own);
  }
}
