import { AuditError } from '../../model/errors.js';
import { SinkError } from '../../model/sink.js';

/** Whatever a sink threw, as a `SinkError`: what nobody knows is worth another try. */
export function failureOf(sink: string, error: unknown): SinkError {
  if (error instanceof SinkError) return error;
  const why = error instanceof AuditError ? error.message : error instanceof Error ? error.name : typeof error;
  return new SinkError(`Sink \`${sink}\` failed with ${why}. The batch is kept and tried again; see \`cause\`.`, {
    kind: 'retryable',
    cause: error,
  });
}

/** A write that did not answer in time. The batch may or may not be stored, so it is tried again. */
export function timeoutOf(sink: string, milliseconds: number): SinkError {
  return new SinkError(
    `Sink \`${sink}\` did not answer within ${milliseconds} ms. The batch is tried again; raise dispatch.writeTimeoutMs if the store is slow.`,
    { kind: 'retryable', code: 'AUDIT_SINK_TIMEOUT' },
  );
}
