import {
  type AuditEvent,
  type AuditReader,
  checkOptions,
  findIn,
  is,
  type Sink,
  SinkError,
  scopeOf,
} from '@whodunit/core';

/** A sink that keeps events in memory, for tests and for a first look; and the reader of what it keeps. */
export interface MemorySink extends Sink, AuditReader {
  /** What was stored, oldest first: a live view. */
  readonly events: readonly AuditEvent[];
  /** Forgets every event. Also after `close`. */
  clear(): void;
}

/** How a memory sink presents itself. */
export interface MemorySinkOptions {
  /** @default 'memory' */
  readonly name?: string;
  /** False keeps every copy of an event that comes again. @default true */
  readonly idempotent?: boolean;
}

/**
 * Keeps events in memory, without limit. Obeys the whole contract of `Sink` and of `AuditReader`; nothing outlives the
 * process. Reading looks at every event.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function memorySink(options: MemorySinkOptions = {}): MemorySink {
  checkOptions('memorySink', options, { name: is.text, idempotent: is.boolean });
  const { name = 'memory', idempotent = true } = options;
  const events: AuditEvent[] = [];
  const known = new Set<string>();
  let closed = false;
  return {
    name,
    idempotent,
    events,
    async write(batch, { signal }) {
      if (closed) throw closedError(name);
      if (signal.aborted) throw new SinkError(`sink \`${name}\`: the write was aborted.`, { kind: 'retryable' });
      for (const event of batch) {
        if (idempotent && known.has(event.id)) continue;
        known.add(event.id);
        events.push(event);
      }
    },
    async close() {
      closed = true;
    },
    async find(query, scope) {
      return findIn(events, query, scope);
    },
    async get(id, scope) {
      const isIn = scopeOf(scope);
      return events.find((event) => event.id === id && isIn(event));
    },
    clear() {
      events.length = 0;
      known.clear();
    },
  };
}

function closedError(name: string): SinkError {
  const message = `sink \`${name}\` is closed. Write before \`close\`, or make a new sink.`;
  return new SinkError(message, { kind: 'gone', code: 'AUDIT_CLOSED' });
}
