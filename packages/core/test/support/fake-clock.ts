import { randomFillSync } from 'node:crypto';
import type { Clock } from '../../src/engine/clock';

interface Timer {
  readonly at: number;
  readonly fn: () => void;
}

/** A clock that a test moves by hand. */
export interface FakeClock extends Clock {
  time: number;
  chance: number;
  readonly waiting: number;
  /** Moves time, running what is due in order and letting promises settle in between. */
  advance(milliseconds: number): Promise<void>;
}

export function fakeClock(): FakeClock {
  const timers = new Set<Timer>();
  let steady = 0;
  const settle = async (): Promise<void> => {
    // A turn of the real event loop: every promise that can settle has settled.
    await new Promise((resolve) => setImmediate(resolve));
  };
  const clock: FakeClock = {
    time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    chance: 1,
    get waiting() {
      return timers.size;
    },
    now: () => clock.time,
    steady: () => steady,
    after(milliseconds, fn) {
      const timer = { at: steady + milliseconds, fn };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    // `advance` lets the event loop turn by itself.
    turn: async () => undefined,
    random: () => clock.chance,
    fill: randomFillSync,
    async advance(milliseconds) {
      const end = steady + milliseconds;
      await settle();
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        clock.time += due.at - steady;
        steady = Math.max(steady, due.at);
        due.fn();
        await settle();
      }
      clock.time += end - steady;
      steady = end;
      await settle();
    },
  };
  return clock;
}
