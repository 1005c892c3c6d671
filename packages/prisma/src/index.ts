/**
 * Row changes with before and after from Prisma: `new PrismaClient(...).$extends(auditPrisma())`.
 *
 * @module
 */
export type {
  BulkOptions,
  FieldOptions,
  FieldPolicy,
  JoinOptions,
  ModelOptions,
  WriteOptions,
} from '@whodunit/core/writes';
export { auditPrisma, type PrismaAuditExtension } from './audit-prisma.js';
export type { PrismaAuditOptions } from './options.js';
