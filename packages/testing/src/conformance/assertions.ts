import assert from 'node:assert/strict';
import { type AuditEvent, eventLine, SinkError } from '@whodunit/core';

/** Ids in the order of the events. */
export function ids(events: readonly AuditEvent[]): string[] {
  return events.map((event) => event.id);
}

/** Every event is in the store at least once; whether whole and in order is clause W2. */
export function assertHolds(stored: readonly AuditEvent[], events: readonly AuditEvent[], message: string): void {
  const there = new Set(ids(stored));
  assert.deepEqual(
    ids(events).filter((id) => !there.has(id)),
    [],
    message,
  );
}

/** The bytes that were sealed, and no JSON text of the sink's own. */
export function assertSealedLine(line: string): void {
  assert.equal(
    line,
    eventLine(JSON.parse(line)),
    'a stored line is not the sealed one: store eventLine(event) as it is',
  );
}

/** The same JSON: whether prototypes, frozenness or the order of members differ is the store's business. */
export function assertSame(stored: AuditEvent | undefined, event: AuditEvent): void {
  assert.deepEqual(plain(stored), plain(event), `the stored event is not the one that was written (id ${event.id})`);
}

function plain(event: AuditEvent | undefined): unknown {
  return event === undefined ? undefined : JSON.parse(JSON.stringify(event));
}

/** A stopped write rejects with SinkError, or with what the signal itself says. */
export function assertStopped(error: unknown, signal: AbortSignal): void {
  const isAbort =
    error instanceof SinkError || error === signal.reason || (error as Error | null)?.name === 'AbortError';
  assert.ok(isAbort, `an aborted write rejects with SinkError or with the signal's reason, got ${String(error)}`);
}
