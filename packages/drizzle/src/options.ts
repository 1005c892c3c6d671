import { checkOptions } from '@whodunit/core';
import { type WriteOptions, writeChecks } from '@whodunit/core/writes';

/** What `auditDrizzle` may be told. Nothing must be. Models go by the name of their table: `orders`, `billing.invoices`. */
export type DrizzleOptions = WriteOptions;

/** @throws AuditError `AUDIT_OPTION_INVALID` */
export function resolveOptions(options: DrizzleOptions): DrizzleOptions {
  checkOptions('auditDrizzle', options, writeChecks);
  return Object.freeze({ ...options });
}
