import { checkOptions } from '@whodunit/core';
import { type WriteOptions, writeChecks } from '@whodunit/core/writes';

/** What `auditPrisma` may be told. Nothing must be. */
export type PrismaAuditOptions = WriteOptions;

/** @throws AuditError `AUDIT_OPTION_INVALID`, naming the option and the fix */
export function checkedOptions(options: PrismaAuditOptions): PrismaAuditOptions {
  checkOptions('auditPrisma', options, writeChecks);
  return options;
}
