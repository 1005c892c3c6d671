import { AuditError } from '../model/errors.js';
import type { AuditEvent } from '../model/event.js';
import type { HttpRequest } from '../model/http.js';
import type { EventInput } from '../model/input.js';
import type { AuditorOptions } from '../model/options.js';
import type { Sink } from '../model/sink.js';
import type { Coverage } from '../pure/coverage/index.js';
import { normaliseAction } from '../pure/words.js';
import { draftByHand } from './by-hand.js';
import { type Clock, systemClock } from './clock.js';
import { consoleSink } from './console-sink.js';
import { coverageOfAll } from './coverage.js';
import { failureOf } from './dispatch/failure.js';
import { createEngine, type Engine } from './engine.js';
import { flushBeforeExit } from './exit.js';
import { type AuditorHealth, type AuditorStats, healthOf, statsOf } from './health.js';
import type { Entry } from './journal.js';
import { live } from './live.js';
import { settled } from './pending.js';
import { relay } from './relay.js';
import { submitRemains } from './remains.js';
import { draftOfRun, type RunOptions, scopeOfRun } from './run.js';
import { scopes } from './scope.js';
import { resolveSettings } from './settings.js';

/** The running pipeline that an application owns. */
export interface Auditor {
  /**
   * Records one event. Never throws, never waits. Returns the id of the event, or `undefined` when a rule turned it down
   * or it could not be taken (which is counted in `stats` and reported).
   */
  record(input: EventInput): string | undefined;
  /**
   * Records one event and resolves when every sink has stored it.
   *
   * @throws AuditError `AUDIT_NOT_STORED` when it is not stored after `timeoutMs` (it stays in the journal and may still
   * be stored later) or a sink will never have it; `AUDIT_JOURNAL_FULL`; `AUDIT_CLOSED`
   */
  recordDurable(input: EventInput, options?: { readonly timeoutMs?: number }): Promise<AuditEvent>;
  /**
   * Runs a job, a message handler or a script in a scope of its own, and records how it ended as one event. What is
   * recorded or changed inside belongs to it. Resolves and rejects with what `fn` does.
   */
  run<T>(options: RunOptions, fn: () => T | Promise<T>): Promise<T>;
  /**
   * Resolves when every sink has opened; rejects with what can never work before what does not work yet. Sinks that did
   * not open are opened again in the background either way.
   */
  open(): Promise<void>;
  /** Sends what was recorded so far. @throws AuditError `AUDIT_NOT_STORED` after `dispatch.closeTimeoutMs` */
  flush(): Promise<void>;
  /**
   * Takes no more events, sends what is left for at most `dispatch.closeTimeoutMs`, closes every sink. Twice is safe.
   *
   * @throws AuditError `AUDIT_NOT_STORED` when events are left that no sink took
   */
  close(): Promise<void>;
  stats(): AuditorStats;
  health(): AuditorHealth;
  /**
   * Every route that changes something, what its event will be called and why, and which leave none: for a test of yours,
   * `expect(auditor.coverage().unaudited).toEqual([])`. Of the applications that are known: Nest's from its start, Express's
   * from the first request; before that `audit(...).coverage(app)` of `@whodunit/express`. Made anew with every call.
   *
   * @throws AuditError `AUDIT_OPTION_INVALID` when no application is known, or when it has no routes yet
   */
  coverage(): Coverage;
}

const ENGINE = Symbol.for('whodunit.engine');

/**
 * Makes an auditor: the pipeline from an event to every sink.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID` for anything that is wrong with the options
 */
export function createAuditor<R extends HttpRequest = HttpRequest>(options: AuditorOptions<R> = {}): Auditor {
  return auditorWith(options as AuditorOptions<never>, systemClock);
}

/** For tests of the engine itself: an auditor with a clock of one's own. */
export function auditorWith(options: AuditorOptions<never>, clock: Clock): Auditor {
  const settings = resolveSettings(options);
  const engine = createEngine(settings, settings.sinks ?? developmentSinks(settings.service.environment), clock);
  live.add(engine);
  const relaying = engine.outbox === undefined ? undefined : relay(engine, engine.outbox);
  const settle = (): void => {
    for (const work of engine.waiting) work();
  };

  const cancelExit = flushBeforeExit(async () => {
    settle();
    if (engine.journal.count === 0) return;
    await flush().catch((error: AuditError) => {
      engine.report(error, 'exit');
      throw error;
    });
  });
  let closing: Promise<void> | undefined;

  const submitByHand = (input: EventInput): Entry | 'ruled out' | undefined => {
    try {
      const draft = draftByHand(engine, input, scopes.getStore());
      return draft === undefined ? 'ruled out' : engine.submit(draft);
    } catch (error) {
      return submitRemains(engine, input, error);
    }
  };

  const flush = async (): Promise<void> => {
    settle();
    if (engine.pending.size > 0) await settled(engine);
    if (relaying !== undefined) await within(settings.dispatch.closeTimeoutMs, relaying.drain(), unsent);
    for (const lane of engine.lanes) lane.urge();
    await within(settings.dispatch.closeTimeoutMs, engine.journal.drained(), unsent);
  };
  const unsent = (): never => {
    throw notStored(engine, 'flush()');
  };

  const close = async (): Promise<void> => {
    const deadline = new AbortController();
    // Not unref'd: what is left is worth waiting for, and the wait is bounded.
    const timer = setTimeout(() => deadline.abort(), settings.dispatch.closeTimeoutMs);
    await endRequests(engine, settle);
    await relaying?.stop(deadline.signal);
    engine.stop();
    live.delete(engine);
    cancelExit();
    const closed = await Promise.allSettled(engine.lanes.map((lane) => lane.close(deadline.signal)));
    clearTimeout(timer);
    if (engine.journal.count > 0) throw notStored(engine, 'close()');
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  };

  const auditor: Auditor = {
    record(input) {
      const entry = submitByHand(input);
      return entry === undefined || entry === 'ruled out' ? undefined : entry.sealed.id;
    },
    async recordDurable(input, { timeoutMs = settings.dispatch.closeTimeoutMs } = {}) {
      const entry = submitByHand(input);
      if (entry === 'ruled out')
        throw new AuditError(
          'AUDIT_NOT_STORED',
          'A rule has level `none` for this event. Change the rule to store it.',
        );
      if (entry === undefined) {
        const [code, why] =
          closing === undefined
            ? (['AUDIT_JOURNAL_FULL', 'the journal is full'] as const)
            : (['AUDIT_CLOSED', 'the auditor is closed'] as const);
        throw new AuditError(code, `The event was not recorded: ${why}. See auditor.health().`);
      }
      const stored = new Promise<void>((resolve) => {
        if (entry.pending === 0) resolve();
        else entry.settled = resolve;
      });
      for (const lane of engine.lanes) lane.urge();
      await within(timeoutMs, stored, () => {
        throw notStored(engine, 'recordDurable()');
      });
      if (entry.lost !== undefined)
        throw new AuditError(
          'AUDIT_NOT_STORED',
          `A sink will never have the event (${entry.lost}). See auditor.stats().`,
        );
      return entry.event;
    },
    async run(runOptions, fn) {
      const scope = scopeOfRun(engine, runOptions, scopes.getStore());
      const started = clock.steady();
      const time = clock.now();
      const finish = (error?: unknown): void => {
        try {
          for (const draft of draftOfRun(engine, scope, runOptions, time, clock.steady() - started, error))
            engine.submit(draft);
        } catch (problem) {
          submitRemains(engine, { action: normaliseAction(runOptions.action ?? 'job.run') }, problem);
        }
      };
      return scopes.run(scope, async () => {
        let result: Awaited<ReturnType<typeof fn>>;
        try {
          result = await fn();
        } catch (error) {
          finish(error ?? new Error('rejected with nothing'));
          throw error;
        }
        finish();
        return result;
      });
    },
    async open() {
      const results = await Promise.allSettled(engine.lanes.map((lane) => lane.opened));
      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      // What can never work weighs more than what does not work yet.
      const worst = failures.find((failure) => failureOf('', failure).kind !== 'retryable') ?? failures[0];
      if (worst !== undefined) throw worst;
    },
    flush,
    close() {
      closing ??= close();
      return closing;
    },
    stats() {
      settle();
      return statsOf(engine);
    },
    health: () => healthOf(engine, closing !== undefined),
    coverage: () => coverageOfAll(engine),
  };
  Object.defineProperty(auditor, ENGINE, { value: engine });
  return auditor;
}

/** The engine behind an auditor, for bindings: also of one that the other build of this package made. */
export function engineOf(auditor: Auditor): Engine {
  const engine = (auditor as { [ENGINE]?: Engine })[ENGINE];
  if (engine === undefined) {
    throw new AuditError('AUDIT_OPTION_INVALID', 'This is not an auditor. Pass what createAuditor() returned.');
  }
  return engine;
}

/** Is this what `createAuditor` returned? Also when the other build of this package made it. */
export function isAuditor(value: unknown): value is Auditor {
  return typeof value === 'object' && value !== null && ENGINE in value;
}

/** Waits for open requests, half of the time that there is; the rest become events with outcome `unknown`. */
async function endRequests(engine: Engine, settle: () => void): Promise<void> {
  settle();
  const until = engine.clock.steady() + engine.settings.dispatch.closeTimeoutMs / 2;
  while (engine.open.size > 0 && engine.clock.steady() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    settle();
  }
  for (const request of [...engine.open]) request.interrupt();
  settle();
  await settled(engine);
}

function developmentSinks(environment: string | undefined): readonly Sink[] {
  if (environment !== 'production') return [consoleSink()];
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    "createAuditor: `sinks` is missing and NODE_ENV is 'production'. Name where events are stored, e.g. sinks: [fileSink('audit.ndjson')].",
  );
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
