import { inspect } from 'node:util';
import type { AuditEvent } from '@whodunit/core';
import { describeEvents } from './describe.js';
import { type AuditedPattern, checkPattern, matches } from './pattern.js';

/** What was recorded: a memory sink, anything else that holds `events`, or a list of events. */
export type Recorded = readonly AuditEvent[] | { readonly events: readonly AuditEvent[] };

/** What a matcher answers, in Jest and in Vitest. */
export interface MatcherAnswer {
  readonly pass: boolean;
  message(): string;
}

/** The matchers as your runner's `expect` has them: what to put into its types. */
export interface AuditMatchers<R = unknown> {
  /** At least one recorded event matches; without a pattern: anything was recorded. */
  toHaveAudited(pattern?: AuditedPattern): R;
  /** Exactly `times` recorded events match. */
  toHaveAuditedTimes(times: number, pattern?: AuditedPattern): R;
}

/** For `expect.extend(auditMatchers)`, in Jest and in Vitest. A failure lists what was recorded instead. */
export const auditMatchers = {
  toHaveAudited(recorded: unknown, pattern: AuditedPattern = {}): MatcherAnswer {
    const { events, found } = search('toHaveAudited', recorded, pattern);
    return {
      pass: found.length > 0,
      message: () =>
        found.length > 0
          ? `Expected no audit event ${show(pattern)}, found ${found.length}.\n${describeEvents(found)}`
          : `Expected an audit event ${show(pattern)}, found none.\n${describeEvents(events)}`,
    };
  },

  toHaveAuditedTimes(recorded: unknown, times: number, pattern: AuditedPattern = {}): MatcherAnswer {
    const { events, found } = search('toHaveAuditedTimes', recorded, pattern);
    if (!Number.isSafeInteger(times) || times < 0)
      throw new TypeError('toHaveAuditedTimes: pass how many times first, as a whole number.');
    return {
      pass: found.length === times,
      message: () =>
        found.length === times
          ? `Expected not exactly ${times} audit events ${show(pattern)}.\n${describeEvents(found)}`
          : `Expected ${times} audit events ${show(pattern)}, found ${found.length}.\n${describeEvents(events)}`,
    };
  },
};

/** The recorded events, and those that match. */
export function search(where: string, recorded: unknown, pattern: AuditedPattern) {
  checkPattern(where, pattern);
  const events = eventsOf(where, recorded);
  return { events, found: events.filter((event) => matches(event, pattern)) };
}

function eventsOf(where: string, recorded: unknown): readonly AuditEvent[] {
  const events = hasEvents(recorded) ? recorded.events : recorded;
  if (!Array.isArray(events))
    throw new TypeError(`${where}: expected a memory sink or a list of events. Pass memorySink() to \`expect\`.`);
  return events;
}

function hasEvents(value: unknown): value is { readonly events: unknown } {
  return typeof value === 'object' && value !== null && 'events' in value;
}

function show(pattern: AuditedPattern): string {
  return Object.keys(pattern).length === 0 ? 'at all' : `with ${inspect(pattern, { depth: 6, breakLength: 120 })}`;
}
