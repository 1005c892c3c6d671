export { type AuditScope, currentScope } from '@whodunit/core';
export { type Audit, audit, type ExpressAuditOptions } from './audit.js';
