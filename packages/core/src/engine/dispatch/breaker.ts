import type { Clock } from '../clock.js';

/**
 * Keeps a sink that fails from being asked all the time.
 *
 * - `closed` every write may go; five failures in a row, or half of at least ten within ten seconds, open it
 * - `open` no write may go until `openMs` have passed
 * - `probing` one write may go: success closes the breaker, failure opens it again
 */
export type BreakerState = 'closed' | 'open' | 'probing';

export interface Breaker {
  readonly state: BreakerState;
  /** Milliseconds until a write may be tried; 0 when it may go now. A call that returns 0 while open is the probe. */
  wait(): number;
  succeeded(): void;
  failed(): void;
  /** Opens at once: the address or the credentials are wrong. */
  trip(): void;
}

const IN_A_ROW = 5;
const WINDOW_MS = 10_000;
const WINDOW_CALLS = 10;

export function breaker(clock: Clock, openMs: number): Breaker {
  let state: BreakerState = 'closed';
  let openUntil = 0;
  let inARow = 0;
  let calls: { readonly at: number; readonly ok: boolean }[] = [];

  const open = (): void => {
    state = 'open';
    openUntil = clock.steady() + openMs;
    calls = [];
  };

  const note = (ok: boolean): void => {
    const now = clock.steady();
    calls = calls.filter((call) => now - call.at < WINDOW_MS);
    calls.push({ at: now, ok });
  };

  return {
    get state() {
      return state;
    },
    wait() {
      if (state === 'closed') return 0;
      const left = openUntil - clock.steady();
      if (left > 0) return left;
      // The probe has the same time as an open breaker; one that never comes back must not close the door for good.
      state = 'probing';
      openUntil = clock.steady() + openMs;
      return 0;
    },
    succeeded() {
      if (state !== 'closed') calls = [];
      state = 'closed';
      inARow = 0;
      note(true);
    },
    failed() {
      inARow += 1;
      note(false);
      const failures = calls.filter((call) => !call.ok).length;
      const half = calls.length >= WINDOW_CALLS && failures * 2 >= calls.length;
      if (state === 'probing' || inARow >= IN_A_ROW || half) open();
    },
    trip: open,
  };
}
