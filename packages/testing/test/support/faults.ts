import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditEvent, type Sink, SinkError } from '@whodunit/core';
import type { SinkClause } from '@whodunit/testing';
import type { Model, ModelStore } from './model-sink.js';

/** One way to get the contract wrong, and the clauses that must notice. */
export interface Fault extends Model {
  readonly fails: readonly SinkClause[];
}

const never = new AbortController().signal;

/** What the leaking sinks left behind, so that the test can clear it. */
export const leaked: NodeJS.Timeout[] = [];

/** By what the sink does. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'acknowledges first and stores later': { fails: ['W1'], sink: storesLater },
  'swallows the error of a store that is gone': {
    fails: ['W1', 'E1', 'E2', 'E4'],
    sink: (correct, store) => ({ write: async (events, to) => (store.broken ? undefined : correct.write(events, to)) }),
  },
  'reverses a batch': {
    fails: ['W2'],
    sink: (correct) => ({ write: (events, to) => correct.write(events.toReversed(), to) }),
  },
  'drops a field': {
    fails: ['W2'],
    sink: (correct) => ({ write: (events, to) => correct.write(events.map(withoutMetadata), to) }),
  },
  'stores a JSON text of its own': {
    fails: ['W2'],
    sink: (correct, store) => ({
      async write(events, to) {
        const before = store.lines.length;
        await correct.write(events, to);
        for (let i = before; i < store.lines.length; i++) store.lines[i] = ` ${store.lines[i]}`;
      },
    }),
  },
  'stores something for an empty batch': {
    fails: ['W3'],
    sink: (correct, store) => ({
      write: async (events, to) =>
        events.length === 0 ? void store.lines.push('{"id":"nothing"}') : correct.write(events, to),
    }),
  },
  'says idempotent and keeps both copies': {
    fails: ['W4'],
    idempotent: false,
    sink: () => ({ idempotent: true }),
  },
  'takes a batch for known when its first event is': { fails: ['W4', 'W5', 'E2'], sink: dropsKnownBatches },
  'ignores the signal': {
    fails: ['W5'],
    sink: (correct) => ({ write: (events, to) => correct.write(events, { ...to, signal: never }) }),
  },
  'looks at the signal once, before it begins': {
    fails: ['W5'],
    sink: (correct) => ({
      write: (events, to) => correct.write(events, to.signal.aborted ? to : { ...to, signal: never }),
    }),
  },
  'changes events': {
    fails: ['W6'],
    sink: (correct) => ({
      async write(events, to) {
        await correct.write(events, to);
        for (const event of events) Reflect.deleteProperty(event, 'seal');
      },
    }),
  },
  'changes the batch': {
    fails: ['W6'],
    sink: (correct) => ({
      async write(events, to) {
        await correct.write(events, to);
        Reflect.set(events, 0, undefined);
      },
    }),
  },
  'stores a JSON text of its own when it is given lines': {
    fails: ['W7'],
    sink: (_correct, store) => ({
      async writeLines(lines, { signal }) {
        if (signal.aborted) throw new SinkError('stopped', { kind: 'retryable', code: 'AUDIT_SINK_TIMEOUT' });
        store.lines.push(...lines.map(({ line }) => ` ${line}`));
      },
    }),
  },
  'ignores the signal when it is given lines': {
    fails: ['W7'],
    sink: (_correct, store) => ({
      writeLines: async (lines) => void store.lines.push(...lines.map(({ line }) => line)),
    }),
  },
  'rejects with a plain Error': { fails: ['E1'], sink: whenBroken(() => new Error('gone')) },
  'throws instead of rejecting': {
    fails: ['W1', 'E1', 'E2', 'E4'],
    sink: (correct, store) => ({
      write(events, to) {
        if (store.broken) throw new SinkError('the store is gone', { kind: 'retryable' });
        return correct.write(events, to);
      },
    }),
  },
  'calls an unreachable store final': {
    fails: ['E2'],
    sink: whenBroken(() => new SinkError('cannot be stored', { kind: 'payload' })),
  },
  'never recovers': { fails: ['E2'], sink: neverRecovers },
  'does not name the rest': {
    fails: ['E3'],
    sink: whenRejected((error) => new SinkError(error.message, { kind: error.kind })),
  },
  'forgets one of the rest': {
    fails: ['E3'],
    sink: whenRejected(
      (error) => new SinkError(error.message, { kind: error.kind, failedIds: error.failedIds?.slice(1) ?? [] }),
    ),
  },
  'puts an event into the message': {
    fails: ['E4'],
    sink: whenBroken((events) => new SinkError(`cannot store ${JSON.stringify(events[0])}`, { kind: 'retryable' })),
  },
  'keeps an event in the cause': {
    fails: ['E4'],
    sink: whenBroken((events) => {
      const cause = new Error('driver', { cause: Object.assign(new Error('row'), { detail: events[0]?.actor.name }) });
      return new SinkError('cannot store', { kind: 'retryable', cause });
    }),
  },
  'accepts any configuration': { fails: ['O1'], sink: () => ({ open: async () => undefined }) },
  'does not open a second time': { fails: ['O1'], sink: opensOnce },
  'cannot be closed twice': { fails: ['L1'], sink: closesOnce },
  'loses events when it closes': {
    fails: ['L1', 'L2'],
    sink: (correct, store) => ({
      async close() {
        store.lines.length = 0;
        await correct.close?.();
      },
    }),
  },
  'writes after close': { fails: ['L2'], sink: () => ({ close: async () => undefined }) },
  'leaves a timer': {
    fails: ['L3'],
    sink: (correct) => ({
      async open() {
        await correct.open?.();
        leaked.push(setInterval(() => undefined, 60_000));
      },
    }),
  },
};

function storesLater(correct: Sink, store: ModelStore): Partial<Sink> {
  let queue = Promise.resolve();
  return {
    async write(events, to) {
      // Only the receipt is wrong: everything that can be seen to go wrong is still reported.
      const doomed = store.broken || store.stalled || store.refused !== undefined || to.signal.aborted;
      await correct.write(doomed ? events : [], to);
      if (!doomed) queue = queue.then(() => sleep(20)).then(() => correct.write(events, { ...to, signal: never }));
      queue.catch(() => undefined);
    },
    async close() {
      await queue.catch(() => undefined);
      await correct.close?.();
    },
  };
}

function dropsKnownBatches(correct: Sink): Partial<Sink> {
  const known = new Set<string>();
  return {
    async write(events, to) {
      const [first] = events;
      if (first === undefined || known.has(first.id)) return;
      for (const { id } of to.signal.aborted ? [] : events) known.add(id);
      await correct.write(events, to);
    },
  };
}

function withoutMetadata({ metadata: _, ...event }: AuditEvent): AuditEvent {
  return event;
}

function whenBroken(errorOf: (events: readonly AuditEvent[]) => Error): Model['sink'] {
  return (correct, store) => ({
    async write(events, to) {
      if (store.broken) throw errorOf(events);
      await correct.write(events, to);
    },
  });
}

function whenRejected(errorOf: (error: SinkError) => SinkError): Model['sink'] {
  return (correct) => ({
    async write(events, to) {
      try {
        await correct.write(events, to);
      } catch (error) {
        throw error instanceof SinkError ? errorOf(error) : error;
      }
    },
  });
}

function neverRecovers(correct: Sink, store: ModelStore): Partial<Sink> {
  let failed = false;
  return {
    async write(events, to) {
      failed ||= store.broken;
      if (failed) throw new SinkError('the store was gone once', { kind: 'retryable' });
      await correct.write(events, to);
    },
  };
}

function opensOnce(correct: Sink): Partial<Sink> {
  let opening: Promise<void> | undefined;
  return {
    open() {
      opening ??= correct.open?.() ?? Promise.resolve();
      return opening;
    },
  };
}

function closesOnce(correct: Sink): Partial<Sink> {
  let closed = false;
  return {
    async close() {
      if (closed) throw new Error('closed already');
      closed = true;
      await correct.close?.();
    },
  };
}
