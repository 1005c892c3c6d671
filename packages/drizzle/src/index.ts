/**
 * Row changes of applications that use Drizzle, with before and after, true to their transactions.
 *
 * @module
 */
export type { WriteOptions } from '@whodunit/core/writes';
export { auditDrizzle, type DrizzleDatabase } from './audit.js';
export type { DrizzleOptions } from './options.js';
