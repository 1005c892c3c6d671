import { AuditError } from '../model/errors.js';
import type { Clock } from './clock.js';

/** Tells the operator of a failure; never throws, never floods. */
export type Report = (error: AuditError, about?: string) => void;

const WINDOW_MS = 60_000;

/**
 * Rate limit of failure messages: for each code and thing it is about, the first at once, then one a minute that says how
 * many there were in between. Without `onError` a line goes to stderr.
 */
export function reporter(onError: ((error: AuditError) => void) | undefined, clock: Clock): Report {
  const seen = new Map<string, { at: number; held: number }>();
  const tell = onError ?? writeLine;

  return (error, about = '') => {
    const key = `${error.code} ${about}`;
    const last = seen.get(key);
    const now = clock.steady();
    if (last !== undefined && now - last.at < WINDOW_MS) {
      last.held += 1;
      return;
    }
    if (seen.size >= 256) seen.clear();
    seen.set(key, { at: now, held: 0 });
    const told = last === undefined || last.held === 0 ? error : repeated(error, last.held);
    try {
      tell(told);
    } catch {
      // A handler that fails must not take the application down; the failure itself stays counted in `stats`.
    }
  };
}

function repeated(error: AuditError, held: number): AuditError {
  return new AuditError(error.code, `${error.message} (${held} more like it in between)`, { cause: error.cause });
}

function writeLine(error: AuditError): void {
  // An own message, but it may carry a name from a configuration: nothing unprintable goes to a terminal.
  process.stderr.write(`whodunit: ${error.code}: ${error.message.replace(/[^\P{C}]/gu, ' ')}\n`);
}
