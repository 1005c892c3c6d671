import { type AuditEvent, type Delivery, type Sink, SinkError, type SinkErrorKind } from '@whodunit/core';

/**
 * What a write does instead of storing a batch:
 * - `reject` rejects with `SinkError` and stores nothing
 * - `throw` throws instead of rejecting, as a careless sink does
 * - `hang` settles only when the signal is aborted, as a connection does that gets no answer
 * - `stuck` never settles, whatever the signal says
 * - `part` stores the first half and names the rest in `failedIds`
 * - `lost-receipt` stores everything and rejects all the same, as a connection does that breaks before the answer
 */
export type SinkFault = keyof typeof FAULTS;

/** The sink that goes wrong, as far as a fault needs it. */
interface Faulty {
  readonly name: string;
  readonly kind: SinkErrorKind;
  readonly retryAfterMs?: number;
  readonly write: Sink['write'];
}

type Fault = (sink: Faulty, events: readonly AuditEvent[], delivery: Delivery) => Promise<void>;

/** Every fault by name. */
export const FAULTS = {
  reject: async (sink) => {
    throw failure(sink, 'failed');
  },
  throw: (sink) => {
    throw failure(sink, 'threw');
  },
  hang: (sink, _events, { signal }) =>
    new Promise((_resolve, reject) => {
      const stop = () => reject(failure(sink, 'was aborted while it hung'));
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }),
  stuck: () => new Promise(() => undefined),
  part: async (sink, events, delivery) => {
    const half = Math.floor(events.length / 2);
    await sink.write(events.slice(0, half), delivery);
    throw failure(
      sink,
      'stored a part',
      events.slice(half).map(({ id }) => id),
    );
  },
  'lost-receipt': async (sink, events, delivery) => {
    await sink.write(events, delivery);
    throw failure(sink, 'lost the receipt');
  },
} satisfies Record<string, Fault>;

/** The error of a fault that a test has asked for. */
function failure({ name, kind, retryAfterMs }: Faulty, what: string, failedIds?: readonly string[]): SinkError {
  return new SinkError(`sink \`${name}\` ${what}, because the test asked for it.`, {
    kind,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(failedIds !== undefined && { failedIds }),
  });
}
