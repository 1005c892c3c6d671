import { checkOptions, is } from '@whodunit/core';
import { type WriteOptions, writeChecks } from '@whodunit/core/writes';

/** What `auditDrizzle` may be told. Nothing must be. Models go by the name of their table: `orders`, `billing.invoices`. */
export interface DrizzleOptions extends WriteOptions {
  /**
   * Major version of PostgreSQL. From 18 on an update returns what was there before as well, so that nothing has to be read
   * for it. @default asked of the database, once
   */
  readonly serverVersion?: number | undefined;
}

/** @throws AuditError `AUDIT_OPTION_INVALID` */
export function resolveOptions(options: DrizzleOptions): DrizzleOptions {
  checkOptions('auditDrizzle', options, { ...writeChecks, serverVersion: is.integer(9, 99) });
  return Object.freeze({ ...options });
}
