import { AuditError } from '../model/errors.js';
import type { AuditEvent } from '../model/event.js';
import { type Delivery, type Sink, SinkError, type SinkErrorKind } from '../model/sink.js';

/**
 * A sink that takes only the events for which `predicate` says true. The others count as stored and are stored nowhere:
 * give them a sink of their own. A predicate that throws rejects the batch, so that its event ends in the dead letters
 * and not in nothing.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function when(predicate: (event: AuditEvent) => boolean, sink: Sink): Sink {
  if (typeof predicate !== 'function') throw invalid('when', 'the first argument must be a function of an event');
  const name = `when(${nameOf('when', sink)})`;
  return combined(name, [sink], async (events, delivery) => {
    const wanted = events.filter((event) => ask(predicate, event, name));
    if (wanted.length > 0) await sink.write(wanted, delivery);
  });
}

/**
 * A sink that writes to `first`, and to `second` only what `first` rejected, whatever the reason. An event is in at least
 * one of the two, and in both when `first` stored it without being able to say so. Nothing moves back to `first` later:
 * whoever reads must read both. A `first` that hangs is left when dispatch aborts the write, and the next try of that batch
 * goes to `second` alone. Rejects only when both reject.
 *
 * @param onFallback told when events begin to go to `second`, once until `first` takes a batch again; a warning of the
 *   process when absent
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function fallback(first: Sink, second: Sink, onFallback?: (error: unknown) => void): Sink {
  const name = `fallback(${nameOf('fallback', first)},${nameOf('fallback', second)})`;
  if (onFallback !== undefined && typeof onFallback !== 'function') {
    throw invalid('fallback', 'the third argument must be a function of an error');
  }
  // By the first event of a batch: why its last try left no time for `second`. The next one begins there.
  const outOfTime = new WeakMap<AuditEvent, Refused>();
  let isTold = false;
  return combined(name, [first, second], async (events, delivery) => {
    const [head] = events;
    if (head === undefined) return;
    const earlier = outOfTime.get(head);
    outOfTime.delete(head);
    const refused = earlier === undefined ? await attempt(first, events, delivery) : { ...earlier, events };
    if (refused === undefined) {
      isTold = false;
      return;
    }
    const refusals = [refused];
    // An aborted signal would stop the second sink as well.
    if (!delivery.signal.aborted) {
      const alsoRefused = await attempt(second, refused.events, delivery);
      if (alsoRefused === undefined) {
        if (!isTold) tell(name, refused.error, onFallback);
        isTold = true;
        return;
      }
      refusals.push(alsoRefused);
    }
    if (delivery.signal.aborted && earlier === undefined) outOfTime.set(head, refused);
    throw failure(name, events, { refusals, missing: refusals.at(-1)?.events ?? events, sinkCount: 2, wait: Math.min });
  });
}

/**
 * A sink that writes every event to all of `sinks`, at once, and counts it as stored when all have it. A retry goes only
 * to the sinks that do not have the event yet, as long as the process lives. The slowest sink sets the pace and one that
 * is down stops all: to keep them apart, give them to `createAuditor({ sinks })` one by one.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function tee(...sinks: readonly Sink[]): Sink {
  if (sinks.length === 0) throw invalid('tee', 'it needs at least one sink');
  const name = `tee(${sinks.map((sink) => nameOf('tee', sink)).join(',')})`;
  // Events that one sink has and another has not: remembered until all have them, or until nobody holds the event.
  const stored = sinks.map(() => new WeakSet<AuditEvent>());
  return combined(name, sinks, async (events, delivery) => {
    const attempts = sinks.map(async (sink, i) => {
      const missing = events.filter((event) => stored[i]?.has(event) !== true);
      const refused = missing.length === 0 ? undefined : await attempt(sink, missing, delivery);
      const lost = new Set(refused?.events);
      for (const event of missing) if (!lost.has(event)) stored[i]?.add(event);
      return refused;
    });
    const refusals = (await Promise.all(attempts)).filter((refused) => refused !== undefined);
    const unfinished = new Set(refusals.flatMap((refused) => refused.events));
    for (const event of events) if (!unfinished.has(event)) for (const set of stored) set.delete(event);
    if (refusals.length === 0) return;
    throw failure(name, events, {
      refusals,
      missing: events.filter((event) => unfinished.has(event)),
      sinkCount: sinks.length,
      wait: Math.max,
    });
  });
}

/** What a sink did not take, and why. */
interface Refused {
  readonly events: readonly AuditEvent[];
  readonly error: unknown;
}

/** What all combinations share: the contract's flags are those of the weakest, open and close reach every sink. */
function combined(name: string, sinks: readonly Sink[], write: Sink['write']): Sink {
  let closed = false;
  return {
    name,
    idempotent: sinks.every((sink) => sink.idempotent),
    concurrency: Math.min(...sinks.map((sink) => sink.concurrency ?? 1)),
    open: () => all(name, 'open', sinks, (sink) => sink.open?.()),
    async write(events, delivery) {
      if (closed) throw closedFailure(name);
      if (events.length > 0) await write(events, delivery);
    },
    close() {
      closed = true;
      return all(name, 'close', sinks, (sink) => sink.close?.());
    },
  };
}

/** Calls every sink, also when one throws. One failure is passed on as it is, several as the cause of one. */
async function all(
  name: string,
  verb: string,
  sinks: readonly Sink[],
  call: (sink: Sink) => Promise<void> | undefined,
): Promise<void> {
  const results = await Promise.allSettled(sinks.map(async (sink) => call(sink)));
  const errors = results.filter((result) => result.status === 'rejected').map(({ reason }): unknown => reason);
  if (errors.length === 1) throw errors[0];
  if (errors.length === 0) return;
  const message = `sink \`${name}\`: ${errors.length} of its sinks failed to ${verb}. See the errors of the cause.`;
  throw new SinkError(message, { kind: mergedKind(errors, sinks.length), cause: new AggregateError(errors) });
}

async function attempt(sink: Sink, events: readonly AuditEvent[], delivery: Delivery): Promise<Refused | undefined> {
  try {
    await sink.write(events, delivery);
    return undefined;
  } catch (error) {
    const failedIds = new Set(error instanceof SinkError ? error.failedIds : undefined);
    const failed = events.filter(({ id }) => failedIds.has(id));
    return { events: failed.length > 0 ? failed : events, error };
  }
}

/** One error for several: it is retried for as long as any sink may still take the events. */
function failure(
  name: string,
  batch: readonly AuditEvent[],
  what: {
    readonly refusals: readonly Refused[];
    readonly missing: readonly AuditEvent[];
    readonly sinkCount: number;
    /** Which of several `retryAfterMs` counts; a sink that asks for nothing asks for 0. */
    wait(...ms: readonly number[]): number;
  },
): SinkError {
  const errors = what.refusals.map(({ error }) => error);
  const known = errors.map((error) => (error instanceof SinkError ? error : undefined));
  const reasons = known.map((error) => error?.message ?? 'A sink failed, see the cause.');
  const retryAfterMs = what.wait(...known.map((error) => error?.retryAfterMs ?? 0));
  return new SinkError(`sink \`${name}\`: ${reasons.join(' ')}`, {
    kind: mergedKind(errors, what.sinkCount),
    cause: errors.length === 1 ? errors[0] : new AggregateError(errors),
    ...(known.every((error) => error?.code === 'AUDIT_SINK_TIMEOUT') && { code: 'AUDIT_SINK_TIMEOUT' as const }),
    ...(what.missing.length < batch.length && { failedIds: what.missing.map(({ id }) => id) }),
    ...(retryAfterMs > 0 && { retryAfterMs }),
  });
}

/** `gone` would end the others too, so it stands only when every sink says so. */
function mergedKind(errors: readonly unknown[], sinkCount: number): SinkErrorKind {
  const kinds = errors.map((error) => (error instanceof SinkError ? error.kind : 'retryable'));
  if (kinds.includes('retryable')) return 'retryable';
  if (kinds.length === sinkCount && kinds.every((kind) => kind === 'gone')) return 'gone';
  return kinds.some((kind) => kind === 'endpoint' || kind === 'gone') ? 'endpoint' : 'payload';
}

/** The events are stored by now: whatever the listener does, the write has succeeded. */
function tell(name: string, error: unknown, listener: ((error: unknown) => void) | undefined): void {
  const reason = error instanceof SinkError ? error.message : 'its first sink failed.';
  try {
    if (listener !== undefined) listener(error);
    else process.emitWarning(`sink \`${name}\`: events go to its second sink. ${reason}`, 'AuditWarning');
  } catch {
    process.emitWarning(`sink \`${name}\`: onFallback threw. Make it return in any case.`, 'AuditWarning');
  }
}

function ask(predicate: (event: AuditEvent) => boolean, event: AuditEvent, name: string): boolean {
  try {
    return Boolean(predicate(event));
  } catch (cause) {
    const message = `sink \`${name}\`: the predicate threw. Make it answer true or false for every event.`;
    throw new SinkError(message, { kind: 'payload', cause });
  }
}

function nameOf(where: string, sink: unknown): string {
  const isSink = typeof sink === 'object' && sink !== null && 'name' in sink && 'write' in sink;
  if (isSink && typeof sink.name === 'string' && typeof sink.write === 'function') return sink.name;
  throw invalid(where, 'it needs sinks: objects with `name`, `idempotent` and `write`');
}

function closedFailure(name: string): SinkError {
  const message = `sink \`${name}\` is closed. Create a new one to write again.`;
  return new SinkError(message, { kind: 'endpoint', code: 'AUDIT_CLOSED' });
}

function invalid(where: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${where}: ${problem}.`);
}
