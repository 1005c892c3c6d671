import assert from 'node:assert/strict';
import { type AuditEvent, sealedLine } from '@whodunit/core';
import { deepFreeze } from '../freeze.js';
import { sampleEvents } from '../sample-events.js';
import { assertHolds, assertSame, assertSealedLine, assertStopped, ids } from './assertions.js';
import { type Bench, onBench, settled, within } from './bench.js';
import type { ClauseTest } from './harness.js';
import { HOSTILE_MEMBERS } from './hostile.js';

const LOST = 'write resolved and the store does not hold every event';

/** How soon a write ends after its signal was aborted: generous, a loaded machine must not fail it. */
const PROMPT_MS = 1500;

/** Clauses W1 to W7: what a write does. */
export const WRITING: readonly ClauseTest[] = [
  { clause: 'W1', title: 'write resolves only when every event is stored', run: (kit) => onBench(kit, isReceipt) },
  { clause: 'W2', title: 'order and every field are kept', run: (kit) => onBench(kit, keepsEverything) },
  { clause: 'W3', title: 'an empty batch stores nothing', run: (kit) => onBench(kit, storesNothing) },
  { clause: 'W4', title: 'redelivery of the same batch', run: (kit) => onBench(kit, takesRedelivery) },
  { clause: 'W5', title: 'an aborted signal stops a write', run: (kit) => onBench(kit, stopsOnAbort) },
  { clause: 'W6', title: 'events are never changed', run: (kit) => onBench(kit, changesNothing) },
  { clause: 'W7', title: 'writeLines stores what write stores', run: (kit) => onBench(kit, storesLines) },
];

async function isReceipt(bench: Bench): Promise<void> {
  const events = sampleEvents(80);
  for (const batch of [events.slice(0, 1), events.slice(1, 10)]) {
    await bench.write(batch);
    assertHolds(await bench.stored(), batch, LOST);
  }
  const raced = events.slice(10, 70);
  const writing = settled(bench.write(raced));
  await bench.breakBackend();
  const outcome = await writing;
  await bench.rejection(events.slice(70));
  await bench.repairBackend?.();
  if (outcome.status === 'fulfilled') assertHolds(await bench.stored(), raced, LOST);
}

/** A full batch of ordinary events, then the awkward ones. Made once, because it takes a while; frozen, so it is safe. */
let everything: readonly AuditEvent[] | undefined;

async function keepsEverything(bench: Bench): Promise<void> {
  everything ??= sampleEvents(500 + HOSTILE_MEMBERS.length, (index) => HOSTILE_MEMBERS[index - 500] ?? {});
  const events = everything;
  await bench.write(events.slice(0, 500));
  await bench.write(events.slice(500));
  const stored = await bench.storedSoon(events.length);
  assert.deepEqual(ids(stored), ids(events), 'the stored ids, or their order, are not those that were written');
  for (const [i, event] of events.entries()) assertSame(stored[i], event);
  for (const line of await bench.storedAsIs()) if (typeof line === 'string') assertSealedLine(line);
}

async function storesNothing(bench: Bench): Promise<void> {
  const [event] = sampleEvents(1) as [AuditEvent];
  await bench.write([]);
  assert.equal((await bench.stored()).length, 0, 'an empty batch left something in the store');
  await bench.write([event]);
  await bench.write([], { attempt: 2 });
  assert.deepEqual(ids(await bench.storedSoon(1)), [event.id], 'an empty batch changed what is in the store');
}

async function takesRedelivery(bench: Bench): Promise<void> {
  const { idempotent } = bench.sink;
  assert.equal(typeof idempotent, 'boolean', '`idempotent` must be stated: true or false');
  const events = sampleEvents(8);
  await bench.write(events.slice(0, 5));
  // A copy, because after a restart the same event is another object; and then a batch that was cut elsewhere.
  await bench.write(deepFreeze(structuredClone(events.slice(0, 5))), { attempt: 2 });
  await bench.write(deepFreeze(structuredClone(events.slice(3))), { attempt: 3 });
  const stored = await bench.storedSoon(idempotent ? 8 : 15);
  assertHolds(stored, events, 'an event that was written again is missing');
  if (idempotent) assert.equal(stored.length, events.length, 'idempotent, and an event that came again is there twice');
}

async function stopsOnAbort(bench: Bench): Promise<void> {
  const all = sampleEvents(201);
  const [events, fresh] = [all.slice(0, 200), all.slice(200)];
  const early = AbortSignal.abort();
  assertStopped(await bench.rejection(events, { signal: early }), early);
  assert.deepEqual(await bench.stored(), [], 'a write whose signal was aborted before it began stored events');

  const stop = new AbortController();
  const writing = settled(bench.write(events, { signal: stop.signal, attempt: 2 }));
  setImmediate(() => stop.abort());
  const outcome = await within({ timeoutMs: PROMPT_MS }, 'an aborted write', writing);
  if (outcome.status === 'rejected') assertStopped(outcome.reason, stop.signal);
  else assertHolds(await bench.storedSoon(events.length), events, LOST);

  await bench.write(events, { attempt: 3 });
  assertHolds(await bench.storedSoon(events.length), events, 'a batch that was stopped and came again is not stored');
  if (bench.stallBackend !== undefined) await stopsWhenStalled(bench, fresh);
}

async function stopsWhenStalled(bench: Bench, events: readonly AuditEvent[]): Promise<void> {
  await bench.stallBackend?.();
  const signal = AbortSignal.timeout(100);
  const writing = bench.rejection(events, { signal });
  assertStopped(await within({ timeoutMs: 100 + PROMPT_MS }, 'an aborted write', writing), signal);
}

async function changesNothing(bench: Bench): Promise<void> {
  const all = sampleEvents(18);
  await bench.write(all.slice(0, 9));
  // Frozen events cannot be changed, only tried to; a sink that tries quietly shows on copies that can.
  const events = structuredClone(all.slice(9));
  const before = structuredClone(events);
  const delivery = { attempt: 1, signal: new AbortController().signal };
  await bench.within('write', bench.sink.write(events, delivery));
  await bench.storedSoon(all.length);
  assert.deepEqual(events, before, 'write changed an event or the batch');
}

/** Dispatch calls `writeLines` instead of `write` where there is one; a sink that has none has nothing to prove. */
async function storesLines(bench: Bench): Promise<void> {
  const { sink } = bench;
  if (sink.writeLines === undefined) return;
  const events = sampleEvents(40);
  const send = (batch: readonly AuditEvent[], signal = new AbortController().signal): Promise<void> =>
    bench.within('writeLines', sink.writeLines?.(batch.map(sealedLine), { attempt: 1, signal }) ?? Promise.resolve());
  const early = AbortSignal.abort();
  const outcome = await settled(send(events, early));
  assert.equal(outcome.status, 'rejected', 'writeLines resolved although its signal was aborted before it began');
  await send([]);
  assert.deepEqual(await bench.stored(), [], 'writeLines stored something for an empty batch or after it was stopped');
  await send(events.slice(0, 20));
  await bench.write(events.slice(20));
  const kept = await bench.storedSoon(events.length);
  assert.deepEqual(ids(kept), ids(events), 'writeLines does not store what write stores');
  for (const [i, event] of events.entries()) assertSame(kept[i], event);
  for (const line of await bench.storedAsIs()) if (typeof line === 'string') assertSealedLine(line);
}
