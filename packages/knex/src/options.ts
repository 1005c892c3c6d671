import { AuditError, type Check, checkOptions, is } from '@whodunit/core';
import { type WriteOptions, writeChecks } from '@whodunit/core/writes';

/** What `auditKnex` may be told. Nothing must be. */
export interface KnexOptions extends WriteOptions {
  /**
   * Columns that are the key of a table, in the application's names: `{ people: 'id', members: ['orgId', 'userId'] }`.
   * @default what the database says is the primary key, asked once for each table
   */
  readonly keys?: Readonly<Record<string, string | readonly string[]>> | undefined;
}

/** The options of our own, complete and frozen. */
export interface KnexSettings {
  readonly keys: ReadonlyMap<string, readonly string[]>;
  /** Tables that have options of their own, as they are named there. */
  readonly named: ReadonlySet<string>;
}

const isKey: Check = is.either(is.text, is.listOf(is.text));

/** @throws AuditError `AUDIT_OPTION_INVALID`, naming the option and the fix */
export function resolveOptions(options: KnexOptions): KnexSettings {
  checkOptions('auditKnex', options, { ...writeChecks, keys: is.object });
  const keys = Object.entries(options.keys ?? {}).map(([table, key]) => {
    const expected = isKey(key);
    if (expected !== undefined)
      throw new AuditError('AUDIT_OPTION_INVALID', `auditKnex.keys: \`${table}\` must be ${expected}.`);
    return [table, typeof key === 'string' ? [key] : [...key]] as const;
  });
  return Object.freeze({ keys: new Map(keys), named: new Set(Object.keys(options.models ?? {})) });
}
