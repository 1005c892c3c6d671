import type { AuditEvent, Change, JsonValue } from './event.js';
import type { RevertChoice, RevertPlan } from './revert.js';

/**
 * How far a state that was put together from events can be relied on:
 * - `exact` every field, from an unbroken chain of exact events since a create or a baseline
 * - `partial` what is there is right, but something is missing: `doubts` says what and why
 * - `approximate` what is there may be wrong: something changed the resource without an event
 * - `unavailable` nothing is known
 */
export type HistoryStatus = 'exact' | 'partial' | 'approximate' | 'unavailable';

/**
 * Why something is not known for certain:
 * - `masked`, `truncated`, `opaque` the value was not stored: a secret, too large, or nothing that JSON has a word for
 * - `untold` an event did not tell what changed, or from what
 * - `no_base` no event tells the state from which the others go on: it is older than the trail, or than what is kept of it
 * - `events_missing` there are older events than were read: raise `maxEvents`
 * - `events_lost` events were lost, as `audit.gap` says
 * - `out_of_band` something changed the resource without an event
 * - `uncertain` an attempt that did not succeed names this field
 * - `which_item` the change of a list item is told by its place, and several items fit
 */
export type DoubtCode =
  | 'masked'
  | 'truncated'
  | 'opaque'
  | 'untold'
  | 'no_base'
  | 'events_missing'
  | 'events_lost'
  | 'out_of_band'
  | 'uncertain'
  | 'which_item';

/** One thing that is not known for certain, and why. */
export interface Doubt {
  readonly code: DoubtCode;
  /** RFC 6901 pointer to the field; absent when it may be any. */
  readonly path?: string;
  /** For people. Holds no values. */
  readonly why: string;
  /** Id of the event that says so, or that shows it. */
  readonly event?: string;
}

/** One event that made the resource what it is, oldest first. */
export interface HistoryVersion {
  /** 1, 2, 3, ...: the place in what was read of the history. */
  readonly number: number;
  readonly kind: 'create' | 'baseline' | 'update' | 'delete';
  readonly event: AuditEvent;
  /** Id of the event with which this life of the resource begins: an id may be used again after a delete. */
  readonly incarnation: string;
  readonly status: HistoryStatus;
}

/** What the resource was at one time. */
export interface HistoryState {
  readonly status: HistoryStatus;
  /** Was it there? `undefined`: nobody can say. */
  readonly exists: boolean | undefined;
  /** What is known of it, as JSON: dates are text. Fields that are not known are left out, never made up. */
  readonly value: JsonValue | undefined;
  readonly doubts: readonly Doubt[];
  /** Number of the version that it is; 0 before the first. */
  readonly version: number;
}

/** What is different between two states. */
export interface HistoryDiff {
  readonly changes: readonly Change[];
  /** The weaker of the two states'. */
  readonly status: HistoryStatus;
  readonly doubts: readonly Doubt[];
}

/** An event that set a field. */
export interface FieldTouch {
  readonly version: number;
  readonly event: AuditEvent;
  /** The change as the event tells it: of the field itself, of what it is in, or of something in it. */
  readonly change: Change;
}

/** Who set a field. */
export interface FieldBlame {
  readonly path: string;
  /** The event that set it last. */
  readonly last: FieldTouch;
  /** All that set it, oldest first. */
  readonly touches: readonly FieldTouch[];
}

/** A version by its number (0: before the first), or the state at a time. */
export type HistoryPoint = number | Date | string;

/** Everything that happened to one resource, as far as it can be read. Nothing is read again: it stays as it was made. */
export interface ResourceHistory {
  readonly resource: { readonly type: string; readonly id: string };
  /** Oldest first. The one before is `number - 1`. */
  readonly versions: readonly HistoryVersion[];
  /** False when there are older events than `maxEvents` allowed to read. */
  readonly isComplete: boolean;
  /** What the resource was. @default point the last version @throws AuditError `AUDIT_QUERY_INVALID`: there is no such */
  at(point?: HistoryPoint): HistoryState;
  /** What is different between two versions or times, in the form of `changes` of an event. */
  diff(from: HistoryPoint, to: HistoryPoint): HistoryDiff;
  /** Who set a field (RFC 6901 pointer), or each member of the resource; none for what no event set. Of its present life. */
  blame(path?: string): readonly FieldBlame[];
  /**
   * The inverse of one event, or of all since a version, as a plan. Nothing is changed before `apply`, and history never is.
   *
   * @throws AuditError `AUDIT_QUERY_INVALID` when there is no such event or version
   */
  revertPlan(target: RevertChoice): RevertPlan;
}

/** How a history is read. */
export interface HistoryOptions {
  /** Earlier names of resource types, by the name of today: `{ invoice: ['bill'] }`. */
  readonly types?: Readonly<Record<string, readonly string[]>>;
  /** Events that are read at most, newest first. @default 10000 */
  readonly maxEvents?: number;
}

/** Where a baseline finds what it needs in a row. */
export interface BaselineOptions<Row> {
  /** The id of a row, or the member that holds it. @default 'id' */
  readonly id?: string | ((row: Row) => unknown);
  /** For which customer. */
  readonly tenant?: string | ((row: Row) => string | undefined);
}

/** What became of the rows. */
export interface BaselineCounts {
  readonly rows: number;
  /** Events that every sink has now. */
  readonly recorded: number;
  /** Rows that a create or an earlier baseline told already. */
  readonly known: number;
  /** Rows that a rule of the application turned down. */
  readonly ruledOut: number;
  /** Rows without an id: nothing can be recorded of them. */
  readonly withoutId: number;
}
