import { checkOptions, is } from '@whodunit/core';
import { type WriteOptions, writeChecks } from '@whodunit/core/writes';

/** What `auditKysely` may be told. Nothing must be. Models go by the name of their table: `orders`, `billing.invoices`. */
export interface KyselyOptions extends WriteOptions {
  /**
   * Columns of primary keys by their table, in the database's names: `{ memberships: ['org_id', 'person_id'] }`.
   * @default asked of the database, once for each table
   */
  readonly keys?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** @throws AuditError `AUDIT_OPTION_INVALID` */
export function resolveOptions(
  options: KyselyOptions,
): WriteOptions & { readonly keys: NonNullable<KyselyOptions['keys']> } {
  checkOptions('auditKysely', options, { ...writeChecks, keys: is.object });
  const { keys = {}, ...writes } = options;
  for (const [table, columns] of Object.entries(keys))
    checkOptions('auditKysely.keys', { [table]: columns }, { [table]: isNames });
  return Object.freeze({ ...writes, keys: Object.freeze({ ...keys }) });
}

function isNames(value: unknown): string | undefined {
  const isList = Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
  return isList ? undefined : 'a list of columns';
}
