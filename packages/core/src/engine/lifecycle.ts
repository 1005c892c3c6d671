import { AuditError } from '../model/errors.js';
import type { AuditEvent } from '../model/event.js';
import type { Engine } from './engine.js';
import type { Entry } from './journal.js';
import { settled } from './pending.js';
import type { Relay } from './relay.js';

/** Does what waits for its slice. */
export function settleAll(engine: Engine): void {
  for (const work of engine.waiting) work();
}

/** Sends what was recorded so far. @throws AuditError `AUDIT_NOT_STORED` */
export async function flushAll(engine: Engine, relaying?: Relay): Promise<void> {
  const { closeTimeoutMs } = engine.settings.dispatch;
  const late = (): never => {
    throw notStored(engine, 'flush()');
  };
  settleAll(engine);
  if (engine.pending.size > 0) await settled(engine);
  if (relaying !== undefined) await within(closeTimeoutMs, relaying.drain(), late);
  for (const lane of engine.lanes) lane.urge();
  await within(closeTimeoutMs, engine.journal.drained(), late);
}

/** Sends what is left and closes every sink. @throws AuditError `AUDIT_NOT_STORED` */
export async function closeAll(engine: Engine, relaying: Relay | undefined, stopped: () => void): Promise<void> {
  const deadline = new AbortController();
  // Not unref'd: what is left is worth waiting for, and the wait is bounded.
  const timer = setTimeout(() => deadline.abort(), engine.settings.dispatch.closeTimeoutMs);
  await endRequests(engine);
  await relaying?.stop(deadline.signal);
  engine.stop();
  stopped();
  const closed = await Promise.allSettled(engine.lanes.map((lane) => lane.close(deadline.signal)));
  clearTimeout(timer);
  if (engine.journal.count > 0) throw notStored(engine, 'close()');
  for (const result of closed) if (result.status === 'rejected') throw result.reason;
}

/** Resolves to the event when every sink has it. @throws AuditError `AUDIT_NOT_STORED` */
export async function storedEvent(engine: Engine, entry: Entry, timeoutMs: number): Promise<AuditEvent> {
  const stored = new Promise<void>((resolve) => {
    if (entry.pending === 0) resolve();
    else entry.settled = resolve;
  });
  for (const lane of engine.lanes) lane.urge();
  await within(timeoutMs, stored, () => {
    throw notStored(engine, 'recordDurable()');
  });
  if (entry.lost !== undefined)
    throw new AuditError('AUDIT_NOT_STORED', `A sink will never have the event (${entry.lost}). See auditor.stats().`);
  return entry.event;
}

/** Why an event was not taken. */
export function notTaken(isClosed: boolean): AuditError {
  const why = isClosed ? 'the auditor is closed' : 'the journal is full';
  return new AuditError(
    isClosed ? 'AUDIT_CLOSED' : 'AUDIT_JOURNAL_FULL',
    `The event was not recorded: ${why}. See auditor.health().`,
  );
}

/** Waits for open requests, half of the time that there is; the rest become events with outcome `unknown`. */
async function endRequests(engine: Engine): Promise<void> {
  settleAll(engine);
  const until = engine.clock.steady() + engine.settings.dispatch.closeTimeoutMs / 2;
  while (engine.open.size > 0 && engine.clock.steady() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    settleAll(engine);
  }
  for (const request of [...engine.open]) request.interrupt();
  settleAll(engine);
  await settled(engine);
}

function notStored(engine: Engine, what: string): AuditError {
  const waiting = engine.lanes.map((lane) => `${lane.name}: ${lane.stats().pending}`).join(', ');
  return new AuditError(
    'AUDIT_NOT_STORED',
    `${what} ended with events that are not stored (${waiting}). See auditor.health() for the sink that is down.`,
  );
}

/** Waits no longer than this; the timer keeps the process alive, as somebody waits for the answer. */
async function within(milliseconds: number, done: Promise<void>, late: () => never): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, milliseconds, 'late');
  });
  const first = await Promise.race([done, timeout]);
  clearTimeout(timer);
  if (first === 'late') late();
}
