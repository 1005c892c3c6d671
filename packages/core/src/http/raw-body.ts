import type { IncomingMessage } from 'node:http';

/** Longer bodies are not kept. */
const MAX_BODY = 65_536;

/**
 * Keeps the text of a body as somebody else reads it. A handler that takes the request as a web `Request` (better-auth, Auth.js)
 * reads the stream itself, and leaves no `req.body` behind. Nothing is read, held back or changed by this.
 */
export function keepBody(incoming: IncomingMessage, keep: (text: string) => void): void {
  const { 'content-encoding': encoding, 'content-length': length } = incoming.headers;
  // Half a body says something else than the whole.
  if (encoding !== undefined || Number(length) > MAX_BODY || incoming.readableDidRead) return;
  const emit = incoming.emit;
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  const done = (): void => {
    // Whoever wrapped it after us keeps what is theirs.
    if (incoming.emit === kept) incoming.emit = emit;
    if (bytes > 0 && bytes <= MAX_BODY && incoming.complete) keep(Buffer.concat(chunks).toString());
    chunks = [];
  };
  const kept = function (this: IncomingMessage, name: string | symbol, ...given: unknown[]) {
    if (name === 'data') {
      const [chunk] = given;
      const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk instanceof Uint8Array ? chunk : undefined;
      bytes += part?.byteLength ?? 0;
      if (part !== undefined && bytes <= MAX_BODY) chunks.push(part);
    } else if (name === 'end' || name === 'close') done();
    return Reflect.apply(emit, this, [name, ...given]) as boolean;
  } as IncomingMessage['emit'];
  incoming.emit = kept;
}

/** The body as data: JSON, or a form. Undefined for anything else. */
export function parseBody(text: string, contentType: string | undefined): unknown {
  try {
    if (contentType?.includes('json') === true) return JSON.parse(text) as unknown;
    if (contentType?.includes('x-www-form-urlencoded') === true) return Object.fromEntries(new URLSearchParams(text));
  } catch {
    return undefined;
  }
  return undefined;
}
