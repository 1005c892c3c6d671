import { randomFillSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';

/** Where time and chance come from; a test hands in its own. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Monotonic clock in milliseconds: for durations, waits and lag. */
  steady(): number;
  /** Runs `fn` after a while; the timer never keeps the process alive. */
  after(milliseconds: number, fn: () => void): () => void;
  /** Resolves when everything else that waits for the event loop had its turn. */
  turn(): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  fill(bytes: Uint8Array): void;
}

export const systemClock: Clock = {
  now: Date.now,
  steady: () => performance.now(),
  after(milliseconds, fn) {
    const timer = setTimeout(fn, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  random: Math.random,
  fill: randomFillSync,
};
