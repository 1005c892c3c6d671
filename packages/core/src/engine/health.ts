import type { SinkStats } from './dispatch/contract.js';
import type { Engine } from './engine.js';

/** Counted truth since the auditor was made. */
export interface AuditorStats {
  /** Events that were sealed. */
  readonly accepted: number;
  /** Captured requests and events that a rule turned down. */
  readonly ruledOut: number;
  /** Events that were lost before they were sealed, by reason. */
  readonly dropped: { readonly journal_full: number; readonly closed: number; readonly capture_failed: number };
  readonly journal: { readonly kind: 'memory'; readonly events: number; readonly bytes: number };
  readonly sinks: Readonly<Record<string, SinkStats>>;
}

/** Whether the trail can be relied on right now; `reasons` says what is wrong and what to look at. */
export interface AuditorHealth {
  readonly status: 'ok' | 'degraded' | 'closed';
  readonly reasons: readonly string[];
}

const LAG_LIMIT_MS = 60_000;

export function statsOf(engine: Engine): AuditorStats {
  const { accepted, ruledOut, dropped } = engine.counts;
  return {
    accepted,
    ruledOut,
    dropped: { ...dropped },
    journal: { kind: 'memory', events: engine.journal.count, bytes: engine.journal.bytes },
    sinks: Object.fromEntries(engine.lanes.map((lane) => [lane.name, lane.stats()])),
  };
}

export function healthOf(engine: Engine, closed: boolean): AuditorHealth {
  const reasons: string[] = [];
  for (const lane of engine.lanes) {
    const { breaker, lagMs, lost, state } = lane.stats();
    if (state === 'gone') reasons.push(`sink ${lane.name} is gone: it said that it takes no more events`);
    if (breaker !== 'closed') reasons.push(`sink ${lane.name} fails: its breaker is ${breaker}`);
    if (lagMs > LAG_LIMIT_MS) reasons.push(`sink ${lane.name} lags ${Math.round(lagMs / 1000)} s behind`);
    if (lost > 0) reasons.push(`sink ${lane.name} will never have ${lost} event(s)`);
  }
  const { journal, settings, counts } = engine;
  if (journal.count > settings.journal.maxEvents / 2 || journal.bytes > settings.journal.maxBytes / 2) {
    reasons.push('the journal is more than half full');
  }
  if (counts.dropped.journal_full > 0)
    reasons.push(`${counts.dropped.journal_full} event(s) were lost: the journal was full`);
  return { status: closed ? 'closed' : reasons.length > 0 ? 'degraded' : 'ok', reasons };
}
