export type { WriteOptions } from '@whodunit/core/writes';
export { AuditField, AuditIgnore } from '@whodunit/core/writes';
export { auditSequelize } from './audit-sequelize.js';
export type { SequelizeAuditOptions } from './options.js';
export type { AnySequelize } from './sequelize.js';
