/** Fills a buffer with random bytes: `crypto.randomFillSync`, or a fixed sequence in a test. */
export type RandomFill = (buffer: Uint8Array) => void;

const POOL_BYTES = 2048;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Makes UUIDv7 (RFC 9562, section 5.7) ids that strictly increase within a process, also when the clock stands still or
 * jumps back: the last millisecond is kept and a 32-bit counter (section 6.2, method 1) counts up from a random start.
 *
 * @param now milliseconds since the epoch
 */
export function idGenerator(now: () => number, random: RandomFill): () => string {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  let last = -1;
  let lastHigh = -1;
  let highText = '';
  let prefix = '';
  let counter = 0;

  const byte = (): number => {
    if (used === POOL_BYTES) {
      random(pool);
      used = 0;
    }
    return pool[used++] as number;
  };
  const hex = (): string => HEX[byte()] as string;

  return () => {
    const time = now();
    if (time > last || counter >= 0x3fff_ffff) {
      last = time > last ? time : last + 1;
      const high = Math.floor(last / 0x1_0000);
      if (high !== lastHigh) {
        lastHigh = high;
        highText = high.toString(16).padStart(8, '0');
      }
      prefix = `${highText}-${HEX[(last >>> 8) & 0xff]}${HEX[last & 0xff]}-7`;
      // The top bits start at zero so that a burst within one millisecond has room to count.
      counter = (byte() << 16) | (byte() << 8) | byte();
    } else {
      counter += 1;
    }
    // 30 bits of counter: 12 in rand_a, 18 at the start of rand_b behind the two variant bits.
    const high = (counter >>> 18).toString(16).padStart(3, '0');
    const middle = (0x8000 | ((counter >>> 4) & 0x3fff)).toString(16);
    const low = ((counter & 0xf) << 4) | (byte() & 0xf);
    return `${prefix}${high}-${middle}-${HEX[low]}${hex()}${hex()}${hex()}${hex()}${hex()}`;
  };
}

/** Writes RFC 3339, UTC, milliseconds; the text of a second is kept, as most events share it with the one before. */
export function timeWriter(): (milliseconds: number) => string {
  let second = Number.NaN;
  let text = '';
  return (milliseconds) => {
    const whole = Math.floor(milliseconds / 1000);
    if (whole !== second) {
      text = new Date(whole * 1000).toISOString().slice(0, -4);
      second = whole;
    }
    const rest = Math.floor(milliseconds - whole * 1000);
    return `${text}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
  };
}
