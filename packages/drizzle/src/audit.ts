import { captureWrites } from '@whodunit/core/writes';
import type { Audit } from './builders.js';
import type { Database } from './drizzle.js';
import { methodsOf } from './methods.js';
import { type DrizzleOptions, resolveOptions } from './options.js';
import { tablePlans } from './table.js';
import { oldRows } from './version.js';

/** A database of Drizzle, of whichever driver: these are all that their types have in common. */
export interface DrizzleDatabase {
  insert(table: never): unknown;
  update(table: never): unknown;
  delete(table: never): unknown;
}

const audited = new WeakSet<object>();

/**
 * Gives a database whose writes become events, with the state before and after each, when they are committed. Use it in place
 * of the one that you give: that one stays as it was, and what is written through it is not seen. The type stays the same, and
 * reads are untouched. One that is audited already is given back as it is.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function auditDrizzle<D extends DrizzleDatabase>(db: D, options: DrizzleOptions = {}): D {
  const { serverVersion, ...shared } = resolveOptions(options);
  const writes = captureWrites('drizzle', 'auditDrizzle', shared);
  if (audited.has(db)) return db;
  const plain = db as unknown as Database;
  return proxyOf(plain, {
    writes,
    planOf: tablePlans(writes),
    db: plain,
    unit: undefined,
    hasOld: oldRows(serverVersion),
  }) as unknown as D;
}

function proxyOf(db: Database, audit: Audit): Database {
  const methods = methodsOf(db, audit, proxyOf);
  const proxy = new Proxy(db, {
    get: (target, name) =>
      Object.hasOwn(methods, name) && name in target ? Reflect.get(methods, name) : Reflect.get(target, name),
  });
  audited.add(proxy);
  return proxy;
}
