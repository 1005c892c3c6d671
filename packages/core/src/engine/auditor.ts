import { AuditError } from '../model/errors.js';
import type { AuditEvent } from '../model/event.js';
import type { BaselineCounts, BaselineOptions, HistoryOptions, ResourceHistory } from '../model/history.js';
import type { HttpRequest } from '../model/http.js';
import type { EventInput } from '../model/input.js';
import type { AuditorOptions } from '../model/options.js';
import type { TenantScope } from '../model/reader.js';
import type { Sink } from '../model/sink.js';
import type { Coverage } from '../pure/coverage/index.js';
import { normaliseAction } from '../pure/words.js';
import { baselineOf } from './baseline.js';
import { type Clock, systemClock } from './clock.js';
import { consoleSink } from './console-sink.js';
import { coverageOfAll } from './coverage.js';
import { failureOf } from './dispatch/failure.js';
import { createEngine, type Engine } from './engine.js';
import { flushBeforeExit } from './exit.js';
import { type AuditorHealth, type AuditorStats, healthOf, statsOf } from './health.js';
import { historyOf } from './history.js';
import { closeAll, flushAll, notTaken, settleAll, storedEvent } from './lifecycle.js';
import { live } from './live.js';
import { relay } from './relay.js';
import { submitByHand, submitRemains } from './remains.js';
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
  /**
   * What happened to one resource: its versions, its state at any time and how far that can be relied on, what is different
   * between two of them, who set which field, and plans that undo. Reads `maxEvents` events at most, and says so if that
   * is not all. What the scope does not include is not there.
   *
   * @throws AuditError `AUDIT_READ_DENIED` without a scope; `AUDIT_OPTION_INVALID` without `reader`; what the reader throws
   */
  history(
    resource: { readonly type: string; readonly id: string },
    scope: TenantScope | undefined,
    options?: HistoryOptions,
  ): Promise<ResourceHistory>;
  /**
   * Records the state of rows that are older than the trail: one event `<type>.baseline` for each of which no create and no
   * baseline tells the state yet, so that what comes later has something to go on from. Redacted like every event. Run it as
   * often as you like, but not twice at once. Takes the rows one by one and waits for the sinks, so that neither memory nor
   * the journal fills up.
   *
   * The operation is `read`, as nothing is changed; the category is `data` whatever the type, as the journal keeps room
   * for events of the other categories, which a million rows must not take.
   *
   * @throws AuditError `AUDIT_NOT_STORED` when the sinks do not keep up: what they have is recorded, so run it again;
   * `AUDIT_OPTION_INVALID` without `reader`; `AUDIT_JOURNAL_FULL`; `AUDIT_CLOSED`; what the rows or the reader throw
   */
  baseline<Row>(
    type: string,
    rows: Iterable<Row> | AsyncIterable<Row>,
    options?: BaselineOptions<Row>,
  ): Promise<BaselineCounts>;
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
  const cancelExit = flushBeforeExit(async () => {
    settleAll(engine);
    if (engine.journal.count === 0) return;
    await flushAll(engine, relaying).catch((error: AuditError) => {
      engine.report(error, 'exit');
      throw error;
    });
  });
  let closing: Promise<void> | undefined;

  const auditor: Auditor = {
    record(input) {
      const entry = submitByHand(engine, input);
      return entry === undefined || entry === 'ruled out' ? undefined : entry.sealed.id;
    },
    async recordDurable(input, { timeoutMs = settings.dispatch.closeTimeoutMs } = {}) {
      const entry = submitByHand(engine, input);
      if (entry === 'ruled out')
        throw new AuditError(
          'AUDIT_NOT_STORED',
          'A rule has level `none` for this event. Change the rule to store it.',
        );
      if (entry === undefined) throw notTaken(closing !== undefined);
      return storedEvent(engine, entry, timeoutMs);
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
    flush: () => flushAll(engine, relaying),
    close() {
      closing ??= closeAll(engine, relaying, () => {
        live.delete(engine);
        cancelExit();
      });
      return closing;
    },
    stats() {
      settleAll(engine);
      return statsOf(engine);
    },
    health: () => healthOf(engine, closing !== undefined),
    coverage: () => coverageOfAll(engine),
    history: (resource, scope, options) => historyOf(engine, resource, scope, options),
    baseline: (type, rows, options) => baselineOf(engine, type, rows, options),
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

function developmentSinks(environment: string | undefined): readonly Sink[] {
  if (environment !== 'production') return [consoleSink()];
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    "createAuditor: `sinks` is missing and NODE_ENV is 'production'. Name where events are stored, e.g. sinks: [fileSink('audit.ndjson')].",
  );
}
