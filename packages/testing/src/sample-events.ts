import { createHash } from 'node:crypto';
import { type AuditEvent, eventLine } from '@whodunit/core';
import { deepFreeze } from './freeze.js';
import { SAMPLES, type Sample } from './samples.js';

/** Members of a sample event to replace, or a function that says them for each index. */
export type SampleOverrides = Partial<AuditEvent> | ((index: number) => Partial<AuditEvent>);

const FIRST_TIME = Date.UTC(2026, 0, 5, 9, 0, 0);
const STREAM = '019b8d6e-7a00-7000-8000-000000000001';
const FIRST_PREV = Buffer.alloc(32).toString('base64');

/**
 * One valid, sealed, deeply frozen event: a successful login unless overridden. The same arguments give the same event,
 * the id included; for events with ids of their own use `sampleEvents`.
 */
export function sampleEvent(overrides: Partial<AuditEvent> = {}): AuditEvent {
  const [event] = sampleEvents(1, overrides);
  if (event === undefined) throw new Error('unreachable: one event was asked for');
  return event;
}

/**
 * `count` valid, varied, deeply frozen events, one second apart, sealed as one stream whose hash chain is correct:
 * logins (also failed ones), logouts, creates, updates with changes, deletes, refusals, invitations, roles, jobs.
 * Deterministic: the same arguments give the same events, ids included.
 */
export function sampleEvents(count: number, overrides: SampleOverrides = {}): AuditEvent[] {
  const events: AuditEvent[] = [];
  let prev = FIRST_PREV;
  for (let index = 0; index < count; index++) {
    const event = build(index, prev, typeof overrides === 'function' ? overrides(index) : overrides);
    events.push(event);
    prev = createHash('sha256').update('\0').update(eventLine(event)).digest('base64');
  }
  return events;
}

function build(index: number, prev: string, overrides: Partial<AuditEvent>): AuditEvent {
  const at = FIRST_TIME + index * 1000;
  const time = new Date(at).toISOString();
  const sample = SAMPLES[index % SAMPLES.length] as Sample;
  return deepFreeze({
    v: 1,
    id: sampleId(index, at),
    time,
    service: { name: 'sample', version: '1.0.0', environment: 'test', instance: 'sample-host:1' },
    seal: { stream: STREAM, seq: index, prev, recordedAt: time },
    ...sample(index + 1),
    ...overrides,
  });
}

/** A UUIDv7 (RFC 9562) whose random bits are the index. */
function sampleId(index: number, at: number): string {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${index.toString(16).padStart(12, '0')}`;
}
