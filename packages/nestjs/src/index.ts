export { type AuditScope, currentScope } from '@whodunit/core';
export { AuditInterceptor } from './audit.interceptor.js';
export { AuditModule } from './audit.module.js';
export { AuditService } from './audit.service.js';
export { Audit, AuditRead, AuditReason, SkipAudit } from './decorators.js';
export { AuditJob, type AuditJobOptions } from './job.js';
export type {
  AuditModuleAsyncOptions,
  AuditModuleExtras,
  AuditModuleOptions,
  AuditOptionsFactory,
} from './module-options.js';
export type { AuditContext, AuditDetails, AuditValue } from './refinement.js';
export { AUDITOR, InjectAuditor } from './tokens.js';
