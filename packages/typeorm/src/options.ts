import { AuditError, checkOptions } from '@whodunit/core';
import { type WriteOptions, writeChecks } from '@whodunit/core/writes';
import type { AuditableDataSource } from './typeorm.js';

/** What `auditTypeorm` may be told. Models are named as in TypeORM: by the name of their entity class. */
export type AuditTypeormOptions = WriteOptions;

/** @throws AuditError `AUDIT_OPTION_INVALID`, naming the option and the fix */
export function checkAtDoor(dataSource: AuditableDataSource, options: AuditTypeormOptions): void {
  checkOptions('auditTypeorm', options, writeChecks);
  const methods = dataSource as unknown as Readonly<Record<string, unknown>> | undefined;
  if (typeof methods?.['createQueryRunner'] !== 'function' || typeof methods['createQueryBuilder'] !== 'function')
    throw invalid('the first argument must be a DataSource of TypeORM.');
  if (dataSource.options.type === 'mongodb')
    throw invalid('MongoDB has no query builders in TypeORM, so its writes are not seen. Use another data source.');
}

function invalid(problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `auditTypeorm: ${problem}`);
}

/** A data source is audited once: two would tell every write twice. @throws AuditError `AUDIT_OPTION_INVALID` */
export function refuseSecondOptions(options: AuditTypeormOptions | undefined): void {
  if (options === undefined) return;
  throw invalid('this data source is audited already. Give the options the first time, and call it once.');
}
