import type { Clock } from './clock.js';

/** Work that can wait until responses are on their way, done some at a time. */
export interface Slices<T> {
  add(item: T): void;
  /** Does what waits, now. */
  settle(): void;
}

/** A slice is this much work, or what has gathered in this time. */
const MAX_ITEMS = 64;
const MAX_WAIT_MS = 50;

/**
 * Gathers items and works through them together: doing one thing many times in a row costs a fraction of doing it
 * between all the other things of a request, as code and data are still in the processor's caches.
 */
export function slices<T>(work: (item: T) => void, clock: Clock): Slices<T> {
  let items: T[] = [];
  let cancel: (() => void) | undefined;

  const settle = (): void => {
    cancel?.();
    cancel = undefined;
    const slice = items;
    items = [];
    for (const item of slice) work(item);
  };

  return {
    add(item) {
      items.push(item);
      if (items.length >= MAX_ITEMS) settle();
      else cancel ??= clock.after(MAX_WAIT_MS, settle);
    },
    settle,
  };
}
