import { type AuditEvent, type Sink, SinkError } from '@whodunit/core';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
export const NEW_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

/** Addresses of this machine, for sinks under test. */
export const LOOPBACK = { allowPrivateAddresses: true } as const;

/** Writes as dispatch does. */
export function write(sink: Sink, events: readonly AuditEvent[], signal?: AbortSignal): Promise<void> {
  return sink.write(events, { signal: signal ?? new AbortController().signal, attempt: 1 });
}

/** What a write rejects with; fails when it resolves, or rejects with anything but SinkError. */
export async function rejection(writing: Promise<void> | undefined): Promise<SinkError> {
  const error = await Promise.resolve(writing).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SinkError) return error;
  throw new Error(`expected a SinkError, got ${String(error)}`);
}
