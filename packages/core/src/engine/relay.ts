import { AuditError } from '../model/errors.js';
import type { AuditEvent } from '../model/event.js';
import type { Claimed, Outbox } from '../model/outbox.js';
import type { SealedLine } from '../model/sink.js';
import { timeWriter } from '../pure/id.js';
import { Chain } from '../pure/seal.js';
import type { Engine } from './engine.js';
import type { Entry } from './journal.js';

/** Events that are claimed at once. */
const MAX_CLAIM = 400;

/** How often the outbox is looked into when nobody says that there is something. */
const POLL_MS = 1_000;

/** After a failure; the outbox keeps everything meanwhile. */
const MAX_POLL_MS = 30_000;

/** So much of the journal is for what comes from the outbox, so that it never pushes out what comes by itself. */
const SHARE = 0.5;

/** What brings the events of an outbox to every sink. */
export interface Relay {
  /** Resolves when nothing is left that could be delivered now. */
  drain(): Promise<void>;
  /** Takes nothing more; waits for what is on its way until `signal`; the rest is left for another process. */
  stop(signal: AbortSignal): Promise<void>;
}

/**
 * Relays an outbox: claims events, seals them, hands them to the journal and takes them out when every sink has them. Any
 * number of processes may do so with one outbox. Its turns: `claim` while there is room, `remove` what has arrived, `extend`
 * what is still on its way; then it waits, for a second or until it is woken.
 */
export function relay(engine: Engine, outbox: Outbox): Relay {
  const { clock, journal, settings } = engine;
  const writeTime = timeWriter();
  const flying = new Map<string, Entry>();
  let arrived: string[] = [];
  let returned: string[] = [];
  let chain = new Chain(engine.newId());
  let extendedAt = clock.steady();
  let wait = POLL_MS;
  let cancel: (() => void) | undefined;
  let turning: Promise<void> | undefined;
  let isAwake = false;
  let isStopped = false;

  const hasRoom = (): boolean => journal.count + MAX_CLAIM <= settings.journal.maxEvents * SHARE;

  /** Lines that are kept before anybody gets them: who comes after us must deliver the same. */
  const sealed = async (claimed: readonly Claimed[]): Promise<SealedLine[]> => {
    const known = claimed.filter(({ isSealed }) => isSealed).map(({ line }) => lineOf(line));
    const fresh = claimed
      .filter(({ isSealed }) => !isSealed)
      .map(({ line }) => chain.seal(line, writeTime(clock.now())));
    if (fresh.length === 0) return known;
    try {
      const kept = await outbox.seal(fresh);
      const mine = fresh.filter(({ id }) => kept.has(id));
      // A place in the stream that nobody will ever see would look like a loss.
      if (mine.length < fresh.length) chain = new Chain(engine.newId());
      return [...known, ...mine];
    } catch (error) {
      chain = new Chain(engine.newId());
      throw error;
    }
  };

  const deliver = (line: SealedLine): void => {
    const { category } = JSON.parse(line.line) as AuditEvent;
    const entry = engine.adopt(line, category);
    if (entry === undefined) {
      returned.push(line.id);
      return;
    }
    const land = (): void => {
      flying.delete(line.id);
      // What a sink refuses for ever was counted as its loss; whatever else was lost comes again.
      if (entry.lost === undefined || entry.lost === 'sink_rejected') arrived.push(line.id);
      else returned.push(line.id);
      wake();
    };
    flying.set(line.id, entry);
    entry.settled = land;
    if (entry.pending === 0) land();
  };

  const tidy = async (): Promise<void> => {
    const [gone, back] = [arrived, returned];
    [arrived, returned] = [[], []];
    try {
      if (gone.length > 0) await outbox.remove(gone);
      if (back.length > 0) await outbox.release(back);
    } catch (error) {
      arrived.push(...gone);
      returned.push(...back);
      throw error;
    }
    if (flying.size === 0 || clock.steady() - extendedAt < outbox.leaseMs / 3) return;
    extendedAt = clock.steady();
    await outbox.extend([...flying.keys()]);
  };

  const turn = async (): Promise<void> => {
    isAwake = false;
    try {
      await tidy();
      while (!isStopped && hasRoom()) {
        const claimed = await outbox.claim(MAX_CLAIM);
        if (claimed.length === 0) break;
        if (flying.size === 0) extendedAt = clock.steady();
        for (const line of await sealed(claimed)) deliver(line);
        if (claimed.length < MAX_CLAIM) break;
      }
      wait = POLL_MS;
    } catch (cause) {
      wait = Math.min(wait * 2, MAX_POLL_MS);
      const message = 'The outbox could not be relayed; its events wait in it and are tried again. See `cause`.';
      engine.report(new AuditError('AUDIT_SINK_FAILED', message, { cause }), 'outbox');
    }
  };

  const run = (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    turning ??= turn().finally(() => {
      turning = undefined;
      if (isStopped) return;
      if (isAwake && wait === POLL_MS) void run();
      else cancel = clock.after(wait, () => void run());
    });
    return turning;
  };

  const wake = (): void => {
    isAwake = true;
    if (turning === undefined && !isStopped) void run();
  };

  const landed = async (signal?: AbortSignal): Promise<void> => {
    while (flying.size > 0 && signal?.aborted !== true) {
      for (const lane of engine.lanes) lane.urge();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  engine.wakeRelay = wake;
  cancel = clock.after(0, () => void run());
  return {
    async drain() {
      // What was committed before is seen by a turn that begins now.
      await turning;
      await run();
      await landed();
      // What has arrived is taken out, unless the database is down.
      do await run();
      while ((turning !== undefined || arrived.length + returned.length > 0) && wait === POLL_MS);
    },
    async stop(signal) {
      isStopped = true;
      cancel?.();
      await turning;
      await landed(signal);
      returned.push(...flying.keys());
      await tidy().catch((cause) => {
        const message =
          'The last events of the outbox could not be taken out; they are delivered once more. See `cause`.';
        engine.report(new AuditError('AUDIT_SINK_FAILED', message, { cause }), 'outbox');
      });
    },
  };
}

function lineOf(line: string): SealedLine {
  const { id, time } = JSON.parse(line) as AuditEvent;
  return { id, time, line, bytes: Buffer.byteLength(line) };
}
