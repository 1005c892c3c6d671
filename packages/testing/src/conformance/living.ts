import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { types } from 'node:util';
import { AuditError } from '@whodunit/core';
import { sampleEvents } from '../sample-events.js';
import { ids } from './assertions.js';
import { type Bench, onBench, putAway, settled, within } from './bench.js';
import type { ClauseTest, Kit } from './harness.js';

/** Clauses O1 and L1 to L3: how a sink starts and ends. */
export const LIVING: readonly ClauseTest[] = [
  { clause: 'O1', title: 'bad configuration fails at start-up', run: failsAtStart },
  { clause: 'L1', title: 'close twice is safe', run: (kit) => onBench(kit, closesTwice) },
  { clause: 'L2', title: 'write after close rejects', run: (kit) => onBench(kit, refusesAfterClose) },
  { clause: 'L3', title: 'nothing keeps the process alive after close', run: leavesNothing },
];

async function failsAtStart(kit: Kit): Promise<void> {
  await failsWhenUnreachable(kit);
  if (kit.createBroken === undefined) return;
  const [made] = await Promise.allSettled([(async () => kit.createBroken?.())()]);
  if (made.status === 'rejected') return assertTelling(made.reason);
  try {
    const opened = await within(kit, 'open', settled(made.value?.sink.open?.()));
    assert.equal(opened.status, 'rejected', 'a configuration that cannot work was accepted: check it in `open`');
    assertTelling(opened.status === 'rejected' && opened.reason);
  } finally {
    await settled(made.value?.sink.close?.());
    await made.value?.dispose?.();
  }
}

/** A store that is not there is noticed by `open`, or else by the first write; dispatch then opens again and again. */
async function failsWhenUnreachable(kit: Kit): Promise<void> {
  const harness = await kit.create();
  const { sink } = harness;
  try {
    await harness.breakBackend();
    const opened = await within(kit, 'open', settled(sink.open?.()));
    if (opened.status === 'rejected') {
      assertTelling(opened.reason);
      await harness.repairBackend?.();
      if (harness.repairBackend !== undefined) await within(kit, 'open once more', sink.open?.() ?? Promise.resolve());
      return;
    }
    const signal = AbortSignal.timeout(kit.timeoutMs / 2);
    const written = await within(kit, 'write', settled(sink.write(sampleEvents(1), { signal, attempt: 1 })));
    assert.equal(written.status, 'rejected', 'neither `open` nor `write` noticed that the store is not there');
  } finally {
    await putAway(harness, kit);
  }
}

/** Not `instanceof`: an error of `node:fs` is not one of Jest's `Error`. */
function assertTelling(error: unknown): void {
  const tells = types.isNativeError(error) && error.message.length > 0;
  assert.ok(tells, 'start-up failed without an error that says what is wrong');
}

async function closesTwice(bench: Bench): Promise<void> {
  const events = sampleEvents(5);
  const close = async () => bench.sink.close?.();
  await bench.write(events);
  await bench.within('two closes at once', Promise.all([close(), close()]));
  await bench.within('close after close', close());
  assert.deepEqual(ids(await bench.stored()).sort(), ids(events), 'closing changed what is in the store');
}

async function refusesAfterClose(bench: Bench): Promise<void> {
  if (bench.sink.close === undefined) return;
  const [first, ...later] = sampleEvents(4);
  if (first !== undefined) await bench.write([first]);
  await bench.within('close', bench.sink.close());
  const error = await bench.rejection(later);
  assert.ok(error instanceof AuditError, `write after close rejected with ${String(error)}, not with SinkError`);
  assert.deepEqual(
    ids(await bench.stored()),
    first === undefined ? [] : [first.id],
    'a write after close stored events',
  );
}

/** Three sinks, because a timer of the runner that ends meanwhile can hide one of ours, and not three. */
async function leavesNothing(kit: Kit): Promise<void> {
  const before = countActive();
  for (let sinks = 0; sinks < 3; sinks++) {
    await onBench(kit, async (bench) => {
      await bench.write(sampleEvents(5));
      await bench.within('close', settled(bench.sink.close?.()));
    });
  }
  let left = leftSince(before);
  for (const until = Date.now() + kit.timeoutMs / 2; left.length > 0 && Date.now() < until; left = leftSince(before)) {
    await sleep(10);
  }
  assert.deepEqual(
    left,
    [],
    'after close and dispose these still keep the process alive: clear or unref them in `close`',
  );
}

/** What keeps the event loop alive, by kind. Unref'd timers and handles do not count, and need not be closed. */
function countActive(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function leftSince(before: ReadonlyMap<string, number>): string[] {
  return [...countActive()].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind);
}
