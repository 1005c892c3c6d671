import type { Level } from '@whodunit/core';
import { type AuditDetails, type AuditValue, refineWith } from './refinement.js';

/**
 * Says what a handler does, where its route does not: `@Audit('order.refund', { resource: 'order', id: 'params.id' })`.
 * On a class it is for every handler; the method's word stands above it, member by member.
 */
export function Audit(details: AuditDetails): MethodDecorator & ClassDecorator;
export function Audit(action: string, details?: Omit<AuditDetails, 'action'>): MethodDecorator & ClassDecorator;
export function Audit(given: string | AuditDetails, details: AuditDetails = {}): MethodDecorator & ClassDecorator {
  return refineWith({ skip: false, ...(typeof given === 'string' ? { ...details, action: given } : given) });
}

/** Leaves no event for this handler, or for every handler of a class. What is recorded by hand stays. */
export function SkipAudit(): MethodDecorator & ClassDecorator {
  return refineWith({ skip: true });
}

/** Records a read, which otherwise is recorded only when it is denied. */
export function AuditRead(options: { readonly level?: Level } = {}): MethodDecorator & ClassDecorator {
  return refineWith({ skip: false, level: options.level ?? 'metadata' });
}

/** Where the reason is that a person gave: `@AuditReason('body.reason')`. */
export function AuditReason(from: AuditValue): MethodDecorator & ClassDecorator {
  return refineWith({ reason: from });
}
