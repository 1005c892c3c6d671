import type { AuditEvent, Delivery, Sink, SinkError } from '@whodunit/core';
import { type SampleOverrides, sampleEvents } from '@whodunit/testing';

let made = 0;

/** Sample events whose ids differ from those of every other call. */
export function events(count: number, overrides: Partial<AuditEvent> = {}): AuditEvent[] {
  const first = made;
  made += count;
  return sampleEvents(count, ((i) => ({ ...overrides, id: idOf(first + i) })) satisfies SampleOverrides);
}

export function ids(batch: readonly AuditEvent[]): string[] {
  return batch.map((event) => event.id);
}

/** A first delivery that nobody aborts. */
export function delivery(signal: AbortSignal = new AbortController().signal): Delivery {
  return { signal, attempt: 1 };
}

/** What a write was rejected with. */
export async function rejection(sink: Sink, batch: readonly AuditEvent[], signal?: AbortSignal): Promise<SinkError> {
  try {
    await sink.write(batch, delivery(signal));
  } catch (error) {
    return error as SinkError;
  }
  throw new Error('write resolved');
}

function idOf(n: number): string {
  return `019b8d6e-7a00-7000-9000-${n.toString(16).padStart(12, '0')}`;
}
