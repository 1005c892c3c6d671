import type { AuditEvent } from '../../model/event.js';
import type { Sink, SinkError } from '../../model/sink.js';
import type { Clock } from '../clock.js';
import type { Entry, Journal } from '../journal.js';
import type { DispatchSettings } from '../settings.js';
import { writeOnce } from './attempt.js';
import { breaker } from './breaker.js';
import type { Lane, LaneEvents, Loss, SinkStats } from './contract.js';
import { deliverer } from './deliver.js';
import { failureOf } from './failure.js';
import { retryDelay } from './retry.js';
import { sleeper } from './sleep.js';

/**
 * One loop per sink: `IDLE -> COLLECT (events | bytes | time) -> WRITE (limit) -> ADVANCE`. A sink that says
 * `concurrency` gets as many loops. Nothing here throws into the application, and no sink waits for another. Each batch
 * waits for a `turn` of the event loop that no other batch has, so that requests are not held up by all that is queued.
 */
export function lane(
  sink: Sink,
  journal: Journal,
  settings: DispatchSettings,
  clock: Clock,
  turn: () => Promise<void>,
  tell: LaneEvents,
): Lane {
  const door = breaker(clock, settings.breakerOpenMs);
  const sleep = sleeper(clock);
  const halt = new AbortController();
  let idle: (() => void)[] = [];
  let cancelTimer: (() => void) | undefined;
  let state: SinkStats['state'] = 'opening';
  let urgent = false;
  let closing = false;
  let delivered = 0;
  let retried = 0;
  let lost = 0;
  let evicted: Loss | undefined;

  const cursor = journal.cursor((entry) => {
    lost += 1;
    evicted = {
      sink: sink.name,
      reason: 'sink_lagging',
      count: (evicted?.count ?? 0) + 1,
      from: evicted?.from ?? entry.seq,
      to: entry.seq,
    };
  });

  const wake = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    const waiting = idle;
    idle = [];
    for (const resolve of waiting) resolve();
  };

  const worthWriting = (): boolean =>
    urgent || closing || cursor.count >= settings.maxBatchEvents || cursor.bytes >= settings.maxBatchBytes;

  /** Waits until a batch is worth writing; `undefined` when the lane is at its end. */
  const collect = async (): Promise<Entry[] | undefined> => {
    let waited = false;
    for (;;) {
      if (halt.signal.aborted || state === 'gone') return undefined;
      if (cursor.count > 0 && (waited || worthWriting())) {
        const batch = cursor.take(settings.maxBatchEvents, settings.maxBatchBytes);
        if (cursor.count === 0) urgent = false;
        return batch;
      }
      if (closing) return undefined;
      if (cursor.count > 0) cancelTimer ??= clock.after(settings.maxWaitMs, wake);
      await new Promise<void>((resolve) => idle.push(resolve));
      waited = true;
    }
  };

  const write = async (entries: readonly Entry[], attempt: number): Promise<SinkError | undefined> => {
    for (let wait = door.wait(); wait > 0 && !closing; wait = door.wait()) await sleep.for(wait);
    if (halt.signal.aborted) return undefined;
    try {
      const call = await callOf(sink, entries, attempt, turn);
      await writeOnce(call, { name: sink.name, limitMs: settings.writeTimeoutMs, clock, stop: halt.signal });
    } catch (error) {
      const failure = failureOf(sink.name, error);
      retried += 1;
      if (failure.kind === 'retryable') door.failed();
      if (failure.kind === 'endpoint') door.trip();
      tell.failed(failure);
      return failure;
    }
    door.succeeded();
    advance(entries);
    reportEvicted();
    return undefined;
  };

  const advance = (entries: readonly Entry[]): void => {
    delivered += entries.length;
    cursor.pass(entries);
  };

  /** What was lost while the sink lagged behind is told when it works again, so that the gap reaches it too. */
  const reportEvicted = (): void => {
    const loss = evicted;
    evicted = undefined;
    if (loss !== undefined) tell.lost(loss);
  };

  const reject = (entries: readonly Entry[]): void => {
    lost += entries.length;
    cursor.pass(entries, 'sink_rejected');
    const [from, to] = [entries[0]?.seq ?? 0, entries.at(-1)?.seq ?? 0];
    tell.lost({ sink: sink.name, reason: 'sink_rejected', count: entries.length, from, to });
  };

  const disable = (): void => {
    state = 'gone';
    const left = cursor.leave('sink_gone');
    lost += left.length;
    const [from, to] = [left[0]?.seq ?? 0, left.at(-1)?.seq ?? 0];
    tell.lost({ sink: sink.name, reason: 'sink_gone', count: left.length, from, to });
    wake();
  };

  const deliver = deliverer({
    write,
    pause(failure, attempt) {
      const jitter = retryDelay(attempt, settings.minRetryMs, settings.maxRetryMs, clock.random);
      const asked = failure.retryAfterMs;
      return sleep.for(asked === undefined ? jitter : Math.min(asked, settings.maxRetryAfterMs));
    },
    advance,
    reject,
    disable,
    halted: () => halt.signal.aborted || state === 'gone',
  });

  const open = async (): Promise<void> => {
    try {
      await sink.open?.();
    } catch (error) {
      tell.failed(failureOf(sink.name, error));
      throw error;
    }
  };
  const opened = open();

  /** A sink that did not open is opened again, for as long as it takes; at close it gets one more chance. */
  const ready = async (): Promise<boolean> => {
    let trying = opened;
    for (let attempt = 1; ; attempt++) {
      const error = await trying.then(() => undefined, failureOf.bind(undefined, sink.name));
      if (error === undefined) return true;
      const last = closing;
      await sleep.for(
        settings.minRetryMs + retryDelay(attempt, settings.minRetryMs, settings.maxRetryMs, clock.random),
      );
      if (last || halt.signal.aborted) return false;
      trying = open();
    }
  };

  const run = async (): Promise<void> => {
    if (!(await ready())) return;
    state = 'ready';
    const loop = async (): Promise<void> => {
      for (let batch = await collect(); batch !== undefined; batch = await collect()) {
        await turn();
        await deliver(batch);
      }
    };
    await Promise.all(Array.from({ length: sink.concurrency ?? 1 }, loop));
  };
  const running = run();

  return {
    name: sink.name,
    opened,
    appended() {
      if (idle.length === 0) return;
      if (settings.maxWaitMs === 0 || worthWriting()) wake();
      else cancelTimer ??= clock.after(settings.maxWaitMs, wake);
    },
    urge() {
      urgent = cursor.count > 0;
      wake();
    },
    tellLosses: reportEvicted,
    async close(deadline) {
      closing = true;
      const stop = (): void => {
        halt.abort();
        sleep.end();
      };
      if (deadline.aborted) stop();
      deadline.addEventListener('abort', stop, { once: true });
      sleep.wake();
      wake();
      await running;
      deadline.removeEventListener('abort', stop);
      if (state !== 'gone') state = 'closed';
      await sink.close?.();
    },
    stats() {
      const oldest = cursor.oldest;
      const lagMs = oldest === undefined ? 0 : Math.max(0, Math.round(clock.steady() - oldest));
      return { delivered, retried, lost, pending: cursor.pending, lagMs, breaker: door.state, state };
    },
  };
}

/** Making so many events into objects takes about a millisecond. */
const EVENTS_A_TURN = 64;

/** What a sink wants of its events: lines where it can do with them, else objects, made some at a time. */
async function callOf(
  sink: Sink,
  entries: readonly Entry[],
  attempt: number,
  turn: () => Promise<void>,
): Promise<(signal: AbortSignal) => Promise<void>> {
  if (sink.writeLines !== undefined) {
    const lines = entries.map((entry) => entry.sealed);
    return async (signal) => sink.writeLines?.(lines, { signal, attempt });
  }
  const events: AuditEvent[] = [];
  for (const entry of entries) {
    events.push(entry.event);
    if (events.length % EVENTS_A_TURN === 0) await turn();
  }
  return (signal) => sink.write(events, { signal, attempt });
}
