import type { AuditEvent, Delivery, Sink } from '@whodunit/core';

export interface Recording extends Sink {
  readonly events: AuditEvent[];
  readonly calls: { readonly ids: string[]; readonly attempt: number }[];
}

/** A sink in memory; `answer` decides about each write, by throwing or waiting. */
export function recordingSink(
  answer: (events: readonly AuditEvent[], delivery: Delivery, call: number) => unknown = () => undefined,
  name = 'recording',
): Recording {
  const events: AuditEvent[] = [];
  const calls: { ids: string[]; attempt: number }[] = [];
  return {
    name,
    idempotent: true,
    events,
    calls,
    async write(batch, delivery) {
      calls.push({ ids: batch.map((event) => event.id), attempt: delivery.attempt });
      await answer(batch, delivery, calls.length);
      events.push(...batch);
    },
  };
}
