/**
 * Full-jitter delay before try `attempt + 1`: anything from 0 to a ceiling that doubles with every failure, so that many
 * processes that failed together do not come back together.
 */
export function retryDelay(attempt: number, minMs: number, maxMs: number, random: () => number): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt - 1, 30));
  return random() * ceiling;
}
