import { checkOptions, is } from '@whodunit/core';
import { type WriteOptions, writeChecks } from '@whodunit/core/writes';

/** What `auditMikroOrm` may be told. Nothing must be. */
export interface MikroOrmAuditOptions extends WriteOptions {
  /**
   * What was there before an entity is flushed is read from the database and locked, not taken from what the entity was loaded
   * with. Costs one query for all changed entities of a type. @default false
   */
  readonly reread?: boolean | undefined;
}

/** @throws AuditError `AUDIT_OPTION_INVALID`, naming the option and the fix */
export function resolveMikroOrmOptions(options: MikroOrmAuditOptions): { readonly rereads: boolean } {
  checkOptions('auditMikroOrm', options, { ...writeChecks, reread: is.boolean });
  return Object.freeze({ rereads: options.reread ?? false });
}
