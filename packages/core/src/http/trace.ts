/** Position of a request in a distributed trace. */
export interface TraceFacts {
  readonly traceId: string;
  readonly spanId: string;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/;

/**
 * W3C Trace Context, level 1: a `traceparent` that is not well-formed or all zero counts as none. What the client sent is
 * for correlation only.
 */
export function traceOf(header: string | string[] | undefined): TraceFacts | undefined {
  if (typeof header !== 'string' || header.length > 128) return undefined;
  const match = TRACEPARENT.exec(header);
  const [, traceId, spanId] = match ?? [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  // Members in canonical order (RFC 8785).
  return Object.freeze({ spanId, traceId });
}
