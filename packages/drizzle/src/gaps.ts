import { isRead, type Writes } from '@whodunit/core/writes';
import { isKind, type Raw } from './drizzle.js';

/** What runs a builder of SQLite, where `execute` calls one of them; elsewhere there is `execute` alone. */
const LEAVES = ['run', 'all', 'get', 'values'];

/** Calls `tell` each time that a builder, or what is prepared of it, runs; all else of it is left as it is. */
export function leaveGap<B>(given: B, tell: () => void): B {
  const builder = given as Record<string, unknown>;
  const isSqlite = typeof builder['run'] === 'function';
  let isTold = false;
  for (const name of isSqlite ? LEAVES : ['execute'])
    replace(builder, name, (run) => {
      try {
        tell();
      } catch (error) {
        if (isSqlite) throw error;
        return Promise.reject(error);
      }
      // A builder of MySQL runs by preparing itself.
      isTold = true;
      try {
        return run();
      } finally {
        isTold = false;
      }
    });
  replace(builder, 'prepare', (prepare) => {
    const prepared = prepare();
    return isTold ? prepared : leaveGap(prepared, tell);
  });
  return given;
}

function replace(builder: Record<string, unknown>, name: string, by: (original: () => unknown) => unknown): void {
  const original = builder[name];
  if (typeof original !== 'function') return;
  builder[name] = function (this: unknown, ...args: unknown[]) {
    return by(() => Reflect.apply(original, this, args));
  };
}

/** `db.execute(sql)`: what writes leaves a gap when it runs. */
export function leaveGapOfRaw(raw: Raw, verb: string, writes: Writes): Raw {
  const text = raw.getQuery?.().sql;
  return text === undefined || isRead(text) ? raw : leaveGap(raw, () => gapOfRaw(writes, verb));
}

export function gapOfRaw(writes: Writes, verb: string): void {
  writes.gap({ verb, why: 'SQL is not seen. Use insert, update or delete, or tell it with auditor.record().' });
}

/** Whether one part of a batch writes. */
export function isWriteOfBatch(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false;
  const raw = item as { getQuery?(): { sql: string } };
  for (const dialect of ['Pg', 'MySql', 'SQLite', 'SingleStore'])
    for (const verb of ['Insert', 'Update', 'Delete']) if (isKind(item, `${dialect}${verb}`)) return true;
  return typeof raw.getQuery === 'function' && !isRead(raw.getQuery().sql);
}
