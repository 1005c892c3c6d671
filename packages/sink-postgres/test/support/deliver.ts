import type { AuditEvent, Sink } from '@whodunit/core';

/** One write, as dispatch does it, without a limit of time. */
export function deliver(
  sink: Sink,
  events: readonly AuditEvent[],
  signal = new AbortController().signal,
): Promise<void> {
  return sink.write(events, { attempt: 1, signal });
}
