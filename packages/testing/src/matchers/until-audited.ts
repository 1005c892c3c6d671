import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditEvent, checkOptions, is } from '@whodunit/core';
import { auditMatchers, type Recorded, search } from './audit-matchers.js';
import type { AuditedPattern } from './pattern.js';

/** How to wait. Every member is optional. */
export interface UntilAuditedOptions {
  /** Flushed before every look, so that a batch need not fill up first. */
  readonly auditor?: { flush(): Promise<unknown> };
  /** How long to wait. @default 2000 */
  readonly timeoutMs?: number;
}

/**
 * Waits until an event that matches was recorded, and resolves with the first. For events that come a moment after the
 * answer of a request, as those of a client that went away. Rejects with the message of `toHaveAudited`.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export async function untilAudited(
  recorded: Recorded,
  pattern: AuditedPattern = {},
  options: UntilAuditedOptions = {},
): Promise<AuditEvent> {
  checkOptions('untilAudited', options, { auditor: is.object, timeoutMs: is.integer(0) });
  const until = Date.now() + (options.timeoutMs ?? 2000);
  for (;;) {
    await options.auditor?.flush();
    const [event] = search('untilAudited', recorded, pattern).found;
    if (event !== undefined) return event;
    if (Date.now() >= until) break;
    await sleep(10);
  }
  throw new AssertionError({ message: auditMatchers.toHaveAudited(recorded, pattern).message() });
}
