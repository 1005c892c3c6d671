import type { IncomingMessage } from 'node:http';

/** Bodies longer than this are not looked into. */
const MAX_BODY = 65_536;

/** The body of a request that no parser of the application has read. */
export type OwnBody = () => unknown;

/**
 * Keeps a small JSON or form body as it comes in, for handlers that read the request by themselves, as tRPC, better-auth and
 * proxies do. The stream behaves as before. `undefined` for any other body.
 */
export function keepBody(request: IncomingMessage): OwnBody | undefined {
  const { 'content-encoding': encoding, 'content-length': length, 'content-type': type = '' } = request.headers;
  const parse = PARSERS.find(([start]) => type.startsWith(start))?.[1];
  if (parse === undefined || encoding !== undefined || Number(length) > MAX_BODY) return undefined;
  // What came before is gone, and half a body says something else than the whole.
  if (request.complete || request.readableDidRead || request.readableLength > 0) return undefined;
  let pieces: Uint8Array[] = [];
  let size = 0;
  const { push } = request;
  const kept = function (this: IncomingMessage, chunk: unknown, ...rest: unknown[]): boolean {
    if (chunk instanceof Uint8Array) {
      size += chunk.byteLength;
      if (size <= MAX_BODY) pieces.push(chunk);
      else pieces = [];
    }
    return Reflect.apply(push, this, [chunk, ...rest]) as boolean;
  };
  Object.defineProperty(request, 'push', { configurable: true, enumerable: false, value: kept, writable: true });
  return () => (size > 0 && size <= MAX_BODY ? attempt(parse, Buffer.concat(pieces).toString()) : undefined);
}

const PARSERS: readonly (readonly [type: string, parse: (text: string) => unknown])[] = [
  ['application/json', (text) => JSON.parse(text) as unknown],
  ['application/x-www-form-urlencoded', (text) => Object.fromEntries(new URLSearchParams(text))],
];

function attempt(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
