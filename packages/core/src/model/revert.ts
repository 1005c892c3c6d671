import type { JsonValue, Resource, Tenant } from './event.js';
import type { ActorInput } from './options.js';

/**
 * What carrying a plan out means:
 * - `update` sets fields
 * - `recreate` brings back what was deleted
 * - `delete` deletes what was created
 * - `nothing` it is already as it shall be
 */
export type RevertKind = 'update' | 'recreate' | 'delete' | 'nothing';

/** One step of a plan. */
export interface RevertOperation {
  /** RFC 6901 pointer into the resource; `''` is all of it. */
  readonly path: string;
  readonly op: 'add' | 'remove' | 'replace';
  /** What must be there now: what the event set. Absent: nothing. */
  readonly from?: JsonValue;
  /** What shall be there. Absent: nothing. */
  readonly to?: JsonValue;
  /** Later events that set the same field. */
  readonly setSince?: readonly string[];
}

/**
 * Why a plan, or a part of it, cannot be carried out, whatever the resource is now:
 * - `masked`, `truncated`, `opaque`, `untold` the value to put back was not stored
 * - `not_exact` the event, or the state to go back to, is not known whole
 * - `nothing_to_undo` the event changed nothing, or did not succeed
 * - `gone` the resource was deleted since
 */
export type RefusalCode = 'masked' | 'truncated' | 'opaque' | 'untold' | 'not_exact' | 'nothing_to_undo' | 'gone';

/** One reason why a plan cannot be carried out. */
export interface RevertRefusal {
  readonly code: RefusalCode;
  readonly path?: string;
  /** For people. Holds no values. */
  readonly why: string;
}

/**
 * A precondition that does not hold:
 * - `changed` the value is not the one that the event left: somebody changed it since
 * - `schema_changed` the field is not there any more, or of another type
 * - `gone` there is no resource; `exists` there is one already
 */
export interface RevertConflict {
  readonly code: 'changed' | 'schema_changed' | 'gone' | 'exists';
  readonly path: string;
  /** For people. Holds no values. */
  readonly why: string;
}

/** What would happen. */
export interface RevertDryRun {
  /** Nothing refuses it, and every precondition holds. */
  readonly isPossible: boolean;
  readonly conflicts: readonly RevertConflict[];
  /** Fields that a delete would take along and that nobody can compare, as they were not stored. */
  readonly unchecked: readonly string[];
  /** What `write` is given. */
  readonly patch: RevertPatch;
}

/**
 * The members of the resource itself that are to be set, each with the whole value that it shall have; `null` where there
 * was nothing. Values are JSON: dates are text. Of a `recreate` all of it, of a `delete` none.
 */
export type RevertPatch = Readonly<Record<string, unknown>>;

/** The inverse of a change as a plan: nothing happens before `apply`. */
export interface RevertPlan {
  readonly kind: RevertKind;
  readonly resource: Resource;
  readonly tenant?: Tenant;
  /** Id of the event that is undone; of several, the last. */
  readonly revertOf: string;
  /** Id of the event whose state is brought back, when a version is. */
  readonly revertTo?: string;
  readonly operations: readonly RevertOperation[];
  /** Any of them refuses the plan: it is carried out whole or not at all. `fields` leaves out those that cannot. */
  readonly refusals: readonly RevertRefusal[];
  /**
   * Says what would happen to the resource as it is now (`undefined`: there is none). Changes nothing. Of `current` its own
   * members are looked at and no getters: of an ORM that hides the row behind an instance pass the row (`toJSON()`, `lean()`).
   */
  dryRun(current: unknown): RevertDryRun;
  /**
   * Carries it out: checks every precondition, calls `write` (the application's own way to write, with all that it checks),
   * and records what was done as a new event with `metadata.revertOf`. Resolves to that event's id, `undefined` when it
   * could not be taken.
   *
   * `write` runs when `current` may be old already: where two may write at once, let it compare, too, with `plan.operations`.
   *
   * @param write resolves when it is written; what it resolves to is not looked at
   * @throws AuditError `AUDIT_REVERT_REFUSED`, `AUDIT_REVERT_CONFLICT`; and what `write` throws, which is recorded
   */
  apply(
    current: unknown,
    write: (patch: RevertPatch, plan: RevertPlan) => unknown,
    options?: RevertApplyOptions,
  ): Promise<string | undefined>;
}

/** Who reverts, and why. */
export interface RevertApplyOptions {
  /** @default who the current request or job says */
  readonly actor?: ActorInput;
  readonly reason?: string;
}

/** What to revert: the change of one event, or all since a version. */
export type RevertChoice =
  | { readonly event: string; readonly fields?: readonly string[] }
  | { readonly version: number; readonly fields?: readonly string[] };
