import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type AuditEvent, SinkError } from '@whodunit/core';
import { sampleEvents } from '../sample-events.js';
import { assertHolds, ids } from './assertions.js';
import { type Bench, onBench, settled } from './bench.js';
import type { ClauseTest } from './harness.js';

/** Clauses E1 to E4: what a write that cannot succeed says. */
export const FAILING: readonly ClauseTest[] = [
  { clause: 'E1', title: 'write rejects with SinkError', run: (kit) => onBench(kit, rejectsWithSinkError) },
  { clause: 'E2', title: 'an unreachable store is retryable', run: (kit) => onBench(kit, isRetryable) },
  { clause: 'E3', title: 'failedIds names the rest when a part was stored', run: (kit) => onBench(kit, namesTheRest) },
  { clause: 'E4', title: 'no event content in an error', run: (kit) => onBench(kit, tellsNoContent) },
];

async function rejectsWithSinkError(bench: Bench): Promise<void> {
  await bench.breakBackend();
  const error = await bench.rejection(sampleEvents(3));
  assert.ok(error instanceof SinkError, `write rejected with ${nameOf(error)}, not with SinkError`);
  assert.ok(['retryable', 'endpoint', 'payload', 'gone'].includes(error.kind), 'SinkError has no known `kind`');
  assert.ok(error.message.length > 0, 'SinkError has no message: say what is wrong, then what to do');
}

async function isRetryable(bench: Bench): Promise<void> {
  const events = sampleEvents(3);
  await bench.breakBackend();
  const error = await bench.rejection(events);
  const final = error instanceof SinkError && !error.retryable;
  assert.ok(
    !final,
    'an unreachable store was called final, so the events would be given up: use kind `retryable` or `endpoint`',
  );
  if (bench.repairBackend === undefined) return;
  await bench.repairBackend();
  await bench.write(events, { attempt: 2 });
  assertHolds(await bench.storedSoon(3), events, 'the same batch was not stored after the store came back');
}

async function namesTheRest(bench: Bench): Promise<void> {
  const events = sampleEvents(60);
  if (bench.refuseEvent !== undefined) {
    const batch = events.slice(0, 10);
    await bench.refuseEvent(batch[4]?.id ?? '');
    const error = await bench.rejection(batch);
    assertHonest(bench, batch, error, await bench.stored());
  }
  const batch = events.slice(10);
  const writing = settled(bench.write(batch));
  await bench.breakBackend();
  const outcome = await bench.within('write to a store that breaks', writing);
  await bench.repairBackend?.();
  if (outcome.status === 'rejected') assertHonest(bench, batch, outcome.reason, await bench.stored());
}

/** None, all, or exactly what `failedIds` says: an event that is neither stored nor named would be lost. */
function assertHonest(bench: Bench, batch: readonly AuditEvent[], error: unknown, stored: readonly AuditEvent[]): void {
  const lost = missing(batch, stored);
  const failed = error instanceof SinkError ? error.failedIds : undefined;
  if (failed === undefined) {
    const whole = lost.length === 0 || lost.length === batch.length;
    assert.ok(
      whole,
      `${batch.length - lost.length} of ${batch.length} events were stored, and failedIds does not name the rest`,
    );
    return;
  }
  assert.deepEqual(
    lost.filter((id) => !failed.includes(id)),
    [],
    'events are neither stored nor in failedIds: they would be lost',
  );
  assert.deepEqual(
    failed.filter((id) => !ids(batch).includes(id)),
    [],
    'failedIds names events that were not in the batch',
  );
  // With one copy per id, naming too many costs a write; without, it costs a duplicate.
  if (!bench.sink.idempotent)
    assert.deepEqual([...failed].sort(), lost.sort(), 'failedIds names events that were stored');
}

function missing(batch: readonly AuditEvent[], stored: readonly AuditEvent[]): string[] {
  const there = new Set(ids(stored));
  return ids(batch).filter((id) => !there.has(id));
}

const CANARY = 'canary-5f1d';

async function tellsNoContent(bench: Bench): Promise<void> {
  const events = sampleEvents(9, canaryMembers);
  const aborted = await settled(bench.write(events.slice(0, 3), { signal: AbortSignal.abort() }));
  if (aborted.status === 'rejected') assertNoContent(aborted.reason);
  const refused = events.slice(3, 6);
  if (bench.refuseEvent !== undefined) {
    await bench.refuseEvent(refused[1]?.id ?? '');
    assertNoContent(await bench.rejection(refused));
  }
  await bench.breakBackend();
  assertNoContent(await bench.rejection(events.slice(6)));
}

function canaryMembers(index: number): Partial<AuditEvent> {
  const text = `${CANARY}-${index}`;
  return {
    actor: { type: 'user', id: text, name: text, email: `${text}@example.com` },
    tenant: { id: text, name: text },
    source: { ip: '203.0.113.9', userAgent: text },
    resource: { type: 'project', id: text, name: text },
    reason: { code: 'because', text },
    changes: [{ path: '/name', op: 'replace', old: text, new: text }],
    metadata: { note: text },
  };
}

/** `inspect` shows what a log would: message, stack, causes, and members such as the `detail` of a database error. */
function assertNoContent(error: unknown): void {
  const shown = inspect(error, { depth: 12, maxStringLength: null, maxArrayLength: null });
  assert.ok(!shown.includes(CANARY), 'the error, its cause, its stack or a member of them holds content of an event');
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
