export type {
  BulkOptions,
  FieldOptions,
  FieldPolicy,
  JoinOptions,
  ModelOptions,
  WriteOptions,
} from '@whodunit/core/writes';
export { AuditField, AuditIgnore } from '@whodunit/core/writes';
export { auditTypeorm } from './audit.js';
export type { AuditTypeormOptions } from './options.js';
export type { AuditableDataSource } from './typeorm.js';
