/**
 * Row changes of applications that use Kysely, with before and after, true to their transactions.
 *
 * @module
 */
export type { WriteOptions } from '@whodunit/core/writes';
export { auditKysely, type KyselyDatabase } from './audit.js';
export type { KyselyOptions } from './options.js';
