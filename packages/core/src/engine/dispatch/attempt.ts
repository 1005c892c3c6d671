import type { Clock } from '../clock.js';
import { timeoutOf } from './failure.js';

/** How long a sink that was told to stop may take to say so, before it is given up. */
const GRACE_MS = 1_000;

/** What one call of a sink is bounded by. */
export interface Bounds {
  /** Name of the sink. */
  readonly name: string;
  readonly limitMs: number;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/**
 * One call of a sink, bounded in time. After the limit the signal is aborted and the sink gets a moment to stop, so
 * that two writes of one batch do not overlap; then the promise rejects, whatever the sink does.
 *
 * @throws SinkError `AUDIT_SINK_TIMEOUT`, or what the sink rejected with
 */
export function writeOnce(
  write: (signal: AbortSignal) => Promise<void>,
  { name, limitMs, clock, stop }: Bounds,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = new AbortController();
    let cancelTimer = (): void => undefined;
    const giveUp = (): void => {
      abort.abort();
      cancelTimer();
      cancelTimer = clock.after(GRACE_MS, () => reject(timeoutOf(name, limitMs)));
    };
    cancelTimer = clock.after(limitMs, giveUp);
    stop.addEventListener('abort', giveUp, { once: true });
    const over = (): void => {
      cancelTimer();
      stop.removeEventListener('abort', giveUp);
    };
    // An async function, so that a sink that throws at once is no different from one that rejects.
    const call = async (): Promise<void> => write(abort.signal);
    call().then(
      () => {
        over();
        resolve();
      },
      (error: unknown) => {
        over();
        reject(abort.signal.aborted ? timeoutOf(name, limitMs) : error);
      },
    );
  });
}
