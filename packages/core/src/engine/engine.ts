import { AuditError } from '../model/errors.js';
import type { Category } from '../model/event.js';
import type { ResourceOptions } from '../model/options.js';
import type { Outbox, UnsealedLine } from '../model/outbox.js';
import type { SealedLine, Sink } from '../model/sink.js';
import { buildLine, captureOf } from '../pure/build.js';
import { canonicalJson } from '../pure/canonical.js';
import type { ListedRoute, WriteGap } from '../pure/coverage/index.js';
import type { Draft } from '../pure/draft.js';
import { type Fields, fieldsOf } from '../pure/fields.js';
import { idGenerator, timeWriter } from '../pure/id.js';
import { compileRules, type RuleInput, type Verdict } from '../pure/rules.js';
import { FIRST_PREV, leafHash, NO_SEAL } from '../pure/seal.js';
import { severityOf } from '../pure/words.js';
import type { Clock } from './clock.js';
import type { Lane, Loss } from './dispatch/contract.js';
import { lane } from './dispatch/lane.js';
import { type Entry, type Journal, type LossReason, memoryJournal } from './journal.js';
import { type Report, reporter } from './report.js';
import type { Settings } from './settings.js';

/** The running pipeline behind an auditor: what scopes and bindings work with. */
export interface Engine {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly lanes: readonly Lane[];
  readonly report: Report;
  readonly newId: () => string;
  /** Rules for what was captured: the application's own, then the built-in ones. */
  readonly decide: (input: RuleInput) => Verdict;
  /** Rules for what was recorded by hand: the application's own, else it is recorded. */
  readonly decideByHand: (input: RuleInput) => Verdict;
  /** Some rule has level `full`: answers are kept on every route. */
  readonly keepsAnswers: boolean;
  /** Resource types that have a loader, in their order. */
  readonly loadable: readonly string[];
  resource(type: string | undefined): ResourceOptions<never> | undefined;
  /** What may be stored of the fields of a resource type; `undefined` when the application says nothing. */
  fields(type: string | undefined): Fields | undefined;
  /** Builds, seals and appends. `undefined`: there was no room or the auditor is closed; counted and reported. */
  submit(draft: Draft): Entry | undefined;
  /** The line of an event that gets its place in a stream later, from an outbox. */
  unsealed(draft: Draft): UnsealedLine;
  /** Appends what was sealed elsewhere. `undefined`: there is no room now, or the auditor is closed. */
  adopt(sealed: SealedLine, category: Category): Entry | undefined;
  /** Where ORM packages put events within the application's transactions, when a sink has room for them. */
  readonly outbox: Outbox | undefined;
  /** Events of the outbox were committed here: they need not wait for its next turn. */
  wakeRelay: () => void;
  readonly counts: Counts;
  /** Requests whose response has not ended; `close` waits for them. */
  readonly open: Set<OpenRequest>;
  /** Work that waits for its slice; done before anybody looks at what was recorded. */
  readonly waiting: Set<() => void>;
  /** What waits for somebody's answer, each for a bounded time, before its event is made. */
  readonly pending: Set<Promise<unknown>>;
  /** What still has an event to give before the end. */
  readonly beforeStop: Set<() => void>;
  /** Lists the routes of each application that is known, by the application. */
  readonly listers: Map<object, RouteLister>;
  /** Writes that were made and that nobody saw, by kind. */
  readonly gaps: Map<string, WriteGap>;
  /** Why an event of this category would not be taken now, if so. */
  refusal(category: Category): AuditError | undefined;
  /** No more events are taken. */
  readonly isStopped: boolean;
  stop(): void;
}

/** Lists the routes of one application, as they are now. */
export type RouteLister = () => readonly ListedRoute[];

/** A request that is being watched. */
export interface OpenRequest {
  /** The process ends first: makes the event with outcome `unknown`. */
  interrupt(): void;
}

/** What happened to events before they reached the journal. */
export interface Counts {
  accepted: number;
  /** Captured and turned down by a rule. */
  ruledOut: number;
  dropped: Record<'journal_full' | 'closed' | 'capture_failed', number>;
}

export function createEngine(settings: Settings, sinks: readonly Sink[], clock: Clock): Engine {
  const report = reporter(settings.onError, clock);
  const journal = memoryJournal(settings.journal);
  const newId = idGenerator(clock.now, clock.fill);
  const writeTime = timeWriter();
  const stream = newId();
  const service = canonicalJson(settings.service);
  const counts: Counts = { accepted: 0, ruledOut: 0, dropped: { journal_full: 0, closed: 0, capture_failed: 0 } };
  const beforeStop = new Set<() => void>();
  const own = compileRules(settings.rules);
  const fields = new Map<string, Fields | undefined>();
  const resource = (type: string | undefined): ResourceOptions<never> | undefined =>
    type !== undefined && Object.hasOwn(settings.resources, type) ? settings.resources[type] : undefined;
  let seq = 0;
  let prev = FIRST_PREV;
  let stopped = false;
  let refused: { count: number; from: number; to: number } | undefined;

  /** The one place where an event is built, sealed and appended. */
  const seal = (draft: Draft): Entry => {
    const seal = { prev, recordedAt: writeTime(clock.now()), seq, stream };
    const time = writeTime(draft.time);
    const { leaf, line, bytes } = buildLine(draft, seal, service, time, settings.redactor);
    const sealed = Object.freeze({ id: draft.id, time, line, bytes });
    const entry = journal.append({ sealed, category: draft.category, seq, since: clock.steady() });
    seq += 1;
    prev = leafHash(leaf);
    counts.accepted += 1;
    for (const one of lanes) one.appended();
    return entry;
  };

  /** Seals what was lost, so that no gap is silent. */
  const sealGap = (reason: LossReason, metadata: Readonly<Record<string, unknown>>): void => {
    if (stopped || !journal.admit('audit')) return;
    seal({
      id: newId(),
      time: clock.now(),
      action: 'audit.gap',
      category: 'audit',
      operation: 'execute',
      outcome: 'failure',
      severity: severityOf('audit.gap', 'failure'),
      reason: { code: reason },
      actor: { type: 'system' },
      capture: GAP_CAPTURE,
      metadata,
    });
  };

  const lost = (loss: Loss): void => {
    const { sink, reason, count, from, to } = loss;
    const message = `Sink \`${sink}\` will never have ${count} event(s) (${reason}). See \`audit.gap\` and the sink's README.`;
    report(new AuditError(LOSS_CODES[reason], message), `${sink} ${reason}`);
    if (count === 0) return;
    // What was sealed elsewhere has no place in this stream.
    sealGap(reason, { count, reason, sink, ...(from < 0 ? {} : { from, to }) });
  };

  const sealRefused = (): void => {
    const gap = refused;
    refused = undefined;
    if (gap === undefined) return;
    sealGap('journal_full', { ...gap, from: writeTime(gap.from), reason: 'journal_full', to: writeTime(gap.to) });
  };

  const refuse = (draft: Draft): undefined => {
    counts.dropped.journal_full += 1;
    refused = { count: (refused?.count ?? 0) + 1, from: refused?.from ?? draft.time, to: draft.time };
    const message = `The journal is full, ${refused.count} event(s) were lost. A sink is down or too slow: see auditor.health().`;
    report(new AuditError('AUDIT_JOURNAL_FULL', message));
    return undefined;
  };

  let turns = Promise.resolve();
  /** One batch, of whichever sink, in one turn of the event loop. */
  const turn = (): Promise<void> => {
    turns = turns.then(() => clock.turn());
    return turns;
  };

  const lanes = sinks.map((sink) =>
    lane(sink, journal, settings.dispatch, clock, turn, { failed: (error) => report(error, sink.name), lost }),
  );

  return {
    settings,
    clock,
    journal,
    lanes,
    report,
    newId,
    counts,
    open: new Set(),
    waiting: new Set(),
    pending: new Set(),
    beforeStop,
    listers: new Map(),
    gaps: new Map(),
    refusal(category) {
      if (stopped) return new AuditError('AUDIT_CLOSED', 'The auditor is closed. Close it last.');
      if (journal.admit(category)) return undefined;
      return new AuditError(
        'AUDIT_JOURNAL_FULL',
        'The journal is full. A sink is down or too slow: see auditor.health().',
      );
    },
    decide: own.captured,
    decideByHand: own.byHand,
    keepsAnswers: settings.rules.some((rule) => rule.level === 'full'),
    loadable: Object.keys(settings.resources).filter((type) => settings.resources[type]?.load !== undefined),
    resource,
    fields(type) {
      const options = resource(type);
      if (type === undefined || options === undefined) return undefined;
      if (!fields.has(type)) fields.set(type, fieldsOf(options, settings.hashKey));
      return fields.get(type);
    },
    submit(draft) {
      if (stopped) {
        counts.dropped.closed += 1;
        report(new AuditError('AUDIT_CLOSED', 'An event came after close() and was lost. Close the auditor last.'));
        return undefined;
      }
      if (!journal.admit(draft.category)) return refuse(draft);
      if (refused !== undefined) sealRefused();
      return seal(draft);
    },
    unsealed(draft) {
      const { line } = buildLine(draft, NO_SEAL, service, writeTime(draft.time), settings.redactor);
      return { id: draft.id, line };
    },
    adopt(sealed, category) {
      if (stopped || !journal.admit(category)) return undefined;
      const entry = journal.append({ sealed, category, seq: -1, since: clock.steady() });
      counts.accepted += 1;
      for (const one of lanes) one.appended();
      return entry;
    },
    outbox: sinks.find((sink) => sink.outbox !== undefined)?.outbox,
    wakeRelay: () => undefined,
    get isStopped() {
      return stopped;
    },
    stop() {
      for (const last of [...beforeStop]) last();
      if (refused !== undefined) sealRefused();
      for (const one of lanes) one.tellLosses();
      stopped = true;
    },
  };
}

const GAP_CAPTURE = captureOf('whodunit', 'events were lost', 'changes', undefined);

const LOSS_CODES = {
  journal_full: 'AUDIT_JOURNAL_FULL',
  sink_lagging: 'AUDIT_JOURNAL_FULL',
  sink_rejected: 'AUDIT_SINK_REJECTED',
  sink_gone: 'AUDIT_SINK_GONE',
} as const;
