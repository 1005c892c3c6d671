export type { WriteOptions } from '@whodunit/core/writes';
export { auditSequelize } from './audit-sequelize.js';
export { AuditField, AuditIgnore } from './decorators.js';
export type { SequelizeAuditOptions } from './options.js';
export type { AnySequelize } from './sequelize.js';
