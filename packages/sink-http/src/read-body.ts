import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { errorCode } from './error-code.js';
import { Refusal } from './refusal.js';

const decompress = promisify(gunzip);

/** A request as node:http has it, and as Express has it after a body parser. */
export type WebhookRequest = IncomingMessage & { readonly body?: unknown };

/** A sender that is told 413 too early sees a reset instead, and would try again for ever: this much is read past. */
const OVERRUN = 8;

/**
 * The body as the sender signed it: all bytes, decompressed, at most `maxBytes` before and after.
 * Takes the bytes of `express.raw()` or the text of `express.text()` when such a parser came first.
 */
export async function readBody(request: WebhookRequest, maxBytes: number): Promise<Buffer> {
  if (request.readableEnded) return parsedBody(request.body, maxBytes);
  const bytes = await collect(request, maxBytes);
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return bytes;
  if (encoding !== 'gzip') throw new Refusal(415, 'the content encoding is neither gzip nor identity');
  try {
    return await decompress(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const tooLarge = errorCode(error) === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge
      ? new Refusal(413, 'the decompressed body is too large')
      : new Refusal(400, 'the gzip body is broken');
  }
}

function parsedBody(body: unknown, maxBytes: number): Buffer {
  if (!Buffer.isBuffer(body) && typeof body !== 'string') {
    throw new Refusal(500, 'a body parser came first: mount the receiver before express.json(), or use express.raw()');
  }
  const bytes = Buffer.from(body);
  if (bytes.length > maxBytes) throw new Refusal(413, 'the body is too large');
  return bytes;
}

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (act: () => void) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      act();
    };
    const tooLarge = () => finish(() => reject(new Refusal(413, 'the body is too large')));
    const onClose = () => finish(() => reject(new Refusal(400, 'the request broke off')));
    const onEnd = () => (bytes > maxBytes ? tooLarge() : finish(() => resolve(Buffer.concat(chunks, bytes))));
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes > maxBytes * OVERRUN) tooLarge();
    };
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
