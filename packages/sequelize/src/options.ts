import { checkOptions, is } from '@whodunit/core';
import { type WriteOptions, writeChecks } from '@whodunit/core/writes';

/** What `auditSequelize` may be told. Nothing must be. */
export interface SequelizeAuditOptions extends WriteOptions {
  /**
   * What was there before an instance is saved or destroyed is read from the database, not taken from what the instance was
   * loaded with: what others changed in between, triggers and generated columns are then seen. Costs one query for each.
   * @default false
   */
  readonly reread?: boolean | undefined;
}

/** The options of this package, complete. */
export interface SequelizeSettings {
  readonly rereads: boolean;
  /** Whether the rows of a write that states so many are wanted one by one. */
  wantsRows(size: number): boolean;
}

/** @throws AuditError `AUDIT_OPTION_INVALID`, naming the option and the fix */
export function resolveSequelizeOptions(options: SequelizeAuditOptions): SequelizeSettings {
  checkOptions('auditSequelize', options, { ...writeChecks, reread: is.boolean });
  const { bulk = {}, reread = false } = options;
  return Object.freeze({
    rereads: reread,
    wantsRows: (size: number) => bulk.level !== 'summary' && size <= (bulk.maxRows ?? 1_000),
  });
}
