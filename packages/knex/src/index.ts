/**
 * Audits every write of Knex, and of Objection on it: each row with what it was and what it is, true to transactions.
 *
 * @module
 */
export type { WriteOptions } from '@whodunit/core/writes';
export { auditKnex } from './audit-knex.js';
export type { KnexOptions } from './options.js';
