import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvent, Delivery } from '@whodunit/core';
import type { Kit, SinkHarness } from './harness.js';

/** An opened sink and what a clause does with it. Every wait is bounded, so that a hanging sink fails and does not hang. */
export interface Bench extends Omit<SinkHarness, 'stored'> {
  /** Writes a batch, frozen like its events, that must be stored. */
  write(events: readonly AuditEvent[], delivery?: Partial<Delivery>): Promise<void>;
  /** Writes a batch that must be rejected, and returns what it was rejected with. */
  rejection(events: readonly AuditEvent[], delivery?: Partial<Delivery>): Promise<unknown>;
  /** What the store holds now. */
  stored(): Promise<AuditEvent[]>;
  /** The same, as the harness gave it: events or lines. */
  storedAsIs(): Promise<readonly (AuditEvent | string)[]>;
  /** What the store holds as soon as there are `count` events, for clauses that are not about when. */
  storedSoon(count: number): Promise<AuditEvent[]>;
  /** Bounds any other wait on the sink. */
  within<T>(what: string, wait: Promise<T>): Promise<T>;
}

/** Runs one clause on a fresh, opened sink; closes and disposes of it whatever happens. */
export async function onBench(kit: Kit, run: (bench: Bench) => Promise<void>): Promise<void> {
  const harness = await kit.create();
  try {
    if (harness.sink.open !== undefined) await within(kit, 'open', harness.sink.open());
    await run(benchOf(harness, kit));
  } finally {
    await putAway(harness, kit);
  }
}

/** Closes the sink and gives the store back. A sink of a broken store may fail to close; clause L1 tests the others. */
export async function putAway(harness: SinkHarness, kit: Kit): Promise<void> {
  try {
    await within(kit, 'close', settled((async () => harness.sink.close?.())()));
  } finally {
    await harness.dispose();
  }
}

function benchOf(harness: SinkHarness, kit: Kit): Bench {
  const { sink } = harness;
  const storedAsIs = async () => harness.stored();
  const stored = async () => (await storedAsIs()).map(parseStored);
  // A write to a store that is gone may hang until it is aborted: dispatch does that, and so does the bench.
  const start = (events: readonly AuditEvent[], given: Partial<Delivery>) =>
    begin(() =>
      sink.write(Object.freeze([...events]), { attempt: 1, signal: AbortSignal.timeout(kit.timeoutMs / 2), ...given }),
    );
  return {
    ...bound(harness),
    sink,
    stored,
    storedAsIs,
    write: (events, delivery = {}) => within(kit, 'write', start(events, delivery)),
    async rejection(events, delivery = {}) {
      const outcome = await within(kit, 'write', settled(start(events, delivery)));
      assert.ok(outcome.status === 'rejected', 'write resolved although the events cannot have been stored');
      return outcome.reason;
    },
    async storedSoon(count) {
      for (const until = Date.now() + kit.timeoutMs / 2; Date.now() < until; await sleep(5)) {
        const events = await stored();
        if (events.length >= count) return events;
      }
      return stored();
    },
    within: (what, wait) => within(kit, what, wait),
  };
}

/** The harness's own methods, safe to take off it. */
function bound(harness: SinkHarness): Omit<SinkHarness, 'sink' | 'stored'> {
  return {
    breakBackend: () => harness.breakBackend(),
    dispose: () => harness.dispose(),
    ...(harness.repairBackend && { repairBackend: () => harness.repairBackend?.() }),
    ...(harness.stallBackend && { stallBackend: () => harness.stallBackend?.() }),
    ...(harness.refuseEvent && { refuseEvent: (id: string) => harness.refuseEvent?.(id) }),
  };
}

function begin(write: () => Promise<void>): Promise<void> {
  try {
    return Promise.resolve(write());
  } catch (error) {
    throw new assert.AssertionError({ message: `write threw instead of rejecting: ${String(error)}` });
  }
}

function parseStored(stored: AuditEvent | string): AuditEvent {
  return typeof stored === 'string' ? JSON.parse(stored) : stored;
}

/** What became of a promise, without throwing. */
export async function settled<T>(wait: Promise<T> | undefined): Promise<PromiseSettledResult<T | undefined>> {
  const [outcome] = await Promise.allSettled([wait]);
  return outcome;
}

/** Fails when a wait on the sink is longer than the kit allows. */
export async function within<T>(kit: Pick<Kit, 'timeoutMs'>, what: string, wait: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = sleep(kit.timeoutMs, undefined, { signal: stop.signal }).then(() => {
    throw new assert.AssertionError({ message: `${what} did not settle within ${kit.timeoutMs} ms` });
  });
  try {
    return await Promise.race([wait, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}
