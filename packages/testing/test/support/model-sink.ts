import { setImmediate as turn } from 'node:timers/promises';
import { type AuditEvent, eventLine, type Sink, SinkError } from '@whodunit/core';
import type { SinkHarness } from '@whodunit/testing';

/** The store behind a model sink: lines, and everything that a test can do to it. */
export class ModelStore {
  readonly lines: string[] = [];
  broken = false;
  stalled = false;
  refused: string | undefined;

  /** Takes one line; a batch takes several turns of the event loop, so that a test can come in between. */
  async add(event: AuditEvent, signal?: AbortSignal): Promise<void> {
    while (this.stalled && !signal?.aborted) await turn();
    if (signal?.aborted) throw new Error('aborted');
    if (this.broken) throw new Error('store is gone');
    if (this.refused === event.id) throw new Error('store refuses the row');
    if (this.lines.push(eventLine(event)) % 8 === 1) await turn();
  }
}

/** What a faulty sink does instead. */
export interface Model {
  readonly idempotent?: boolean;
  sink(correct: Sink, store: ModelStore): Partial<Sink>;
}

/** A correct sink on a store in memory, with the parts that `model` replaces. */
export function modelHarness(model: Model = { sink: () => ({}) }): SinkHarness & { readonly store: ModelStore } {
  const store = new ModelStore();
  const correct = correctSink(store, model.idempotent ?? true);
  return {
    store,
    sink: { ...correct, ...model.sink(correct, store) },
    stored: async () => [...store.lines],
    breakBackend() {
      store.broken = true;
    },
    repairBackend() {
      store.broken = false;
    },
    stallBackend() {
      store.stalled = true;
    },
    refuseEvent(id) {
      store.refused = id;
    },
    dispose() {
      store.stalled = false;
    },
  };
}

function correctSink(store: ModelStore, idempotent: boolean): Sink {
  const known = new Set<string>();
  let closed = false;
  return {
    name: 'model',
    idempotent,
    async open() {
      if (store.broken) throw new SinkError('sink `model` cannot reach its store.', { kind: 'endpoint' });
    },
    async write(events, { signal }) {
      if (closed) throw new SinkError('sink `model` is closed.', { kind: 'gone', code: 'AUDIT_CLOSED' });
      for (const [i, event] of events.entries()) {
        if (idempotent && known.has(event.id)) continue;
        try {
          await store.add(event, signal);
        } catch (cause) {
          throw new SinkError('sink `model` could not write.', {
            kind: event.id === store.refused ? 'payload' : 'retryable',
            cause,
            failedIds: events.slice(i).map(({ id }) => id),
          });
        }
        known.add(event.id);
      }
    },
    async close() {
      closed = true;
    },
  };
}
