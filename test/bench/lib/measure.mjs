import { performance } from 'node:perf_hooks';

/** Microseconds of CPU, user and system, that this process and its threads have used. */
export const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Microseconds on the wall. */
export const wall = () => performance.now() * 1000;

/**
 * Measures variants against each other: in every round each runs one block, in random order and of random length, as blocks
 * of one length and one order alias with garbage collection. A variant is a function that runs a block of `n`; what it
 * returns, if anything, is called after the clock has stopped.
 *
 * @returns by variant, what one unit cost in each round
 */
export async function compare(variants, { rounds, block: [shortest, longest], clock = cpu }) {
  const costs = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of shuffled(Object.keys(variants))) {
      const n = shortest + Math.floor(Math.random() * (longest - shortest + 1));
      const before = clock();
      const settle = await variants[name](n);
      costs[name].push((clock() - before) / n);
      await settle?.();
    }
  }
  return costs;
}

/** Median over the rounds of what one variant cost beyond the other in the same round. */
export const beyond = (costs, base) => median(costs.map((cost, round) => cost - base[round]));

/** Median over the rounds of what one variant cost as a share of the other in the same round. */
export const share = (costs, base) => median(costs.map((cost, round) => cost / base[round]));

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function shuffled(items) {
  const left = [...items];
  for (let i = left.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [left[i], left[j]] = [left[j], left[i]];
  }
  return left;
}
