import { createHash } from 'node:crypto';
import type { SealedLine } from '@whodunit/core';

/** `ndjson`: one sealed line per event, each with a line feed; `json`: one array of the same lines. */
export type BodyFormat = 'ndjson' | 'json';

export const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

/** Larger buffers than this are not kept between batches. A batch that dispatch makes fits easily. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

const LINE_FEED = 0x0a;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/**
 * Turns batches into bytes: the sealed lines, joined; no event is made into JSON a second time. Writing line by line into
 * memory that is used again costs a tenth of joining strings and encoding the result.
 */
export class BatchWriter {
  readonly #format: BodyFormat;
  #kept: Buffer | undefined;

  constructor(format: BodyFormat) {
    this.#format = format;
  }

  /** The body. Its memory is the caller's alone until it is given back, if ever. */
  write(lines: readonly SealedLine[]): Buffer {
    const buffer = this.#take(lines.reduce((all, { bytes }) => all + bytes + 1, 1));
    const isArray = this.#format === 'json';
    const separator = isArray ? COMMA : LINE_FEED;
    let end = 0;
    if (isArray) buffer[end++] = OPENING_BRACKET;
    for (const { line, bytes } of lines) {
      // Plain ASCII, as most are, is copied and not encoded.
      end += buffer.write(line, end, bytes === line.length ? 'latin1' : 'utf8');
      buffer[end++] = separator;
    }
    if (isArray) buffer[end - 1] = CLOSING_BRACKET;
    return buffer.subarray(0, end);
  }

  /** Only when nobody reads the body any more, the socket included. */
  giveBack(body: Buffer): void {
    if (body.buffer.byteLength <= MAX_KEPT_BYTES) this.#kept = Buffer.from(body.buffer);
  }

  #take(bytes: number): Buffer {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept !== undefined && kept.length >= bytes ? kept : Buffer.allocUnsafeSlow(bytes);
  }
}

/**
 * The `webhook-id`: the same events in the same format always have the same id, so that every retry of a batch, also
 * after a restart, is recognised as the same message. A part of a batch that was split has an id of its own.
 */
export function batchId(lines: readonly SealedLine[], format: BodyFormat): string {
  const ids = lines.map(({ id }) => id).join(',');
  return `msg_${createHash('sha256').update(`${format}:${ids}`).digest('base64url').slice(0, 32)}`;
}
