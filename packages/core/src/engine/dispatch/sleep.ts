import type { Clock } from '../clock.js';

/** Waits that can be cut short. */
export interface Sleeper {
  for(milliseconds: number): Promise<void>;
  /** Ends the waits under way. */
  wake(): void;
  /** Ends the waits under way and all later ones. */
  end(): void;
}

export function sleeper(clock: Clock): Sleeper {
  const waits = new Set<() => void>();
  let ended = false;
  const wake = (): void => {
    for (const done of [...waits]) done();
  };
  return {
    for: (milliseconds) =>
      new Promise((resolve) => {
        if (ended) return resolve();
        const done = (): void => {
          waits.delete(done);
          cancel();
          resolve();
        };
        const cancel = clock.after(milliseconds, done);
        waits.add(done);
      }),
    wake,
    end() {
      ended = true;
      wake();
    },
  };
}
