export type { WriteOptions } from '@whodunit/core/writes';
export { AuditField, AuditIgnore } from '@whodunit/core/writes';
export { auditMikroOrm } from './audit-mikro-orm.js';
export type { AnyMikroOrm } from './mikro-orm.js';
export type { MikroOrmAuditOptions } from './options.js';
