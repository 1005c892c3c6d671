import type { AuditEvent, JsonValue } from '../../model/event.js';
import type { RefusalCode, RevertKind, RevertOperation, RevertRefusal } from '../../model/revert.js';
import type { Folded } from './folded.js';
import { overlap } from './pointer.js';

/** A plan before anybody can carry it out. */
export interface Plan {
  readonly kind: RevertKind;
  readonly operations: readonly RevertOperation[];
  readonly refusals: readonly RevertRefusal[];
  /** Places of which the value is not known. */
  readonly unchecked: readonly string[];
  readonly revertOf: AuditEvent;
  readonly revertTo?: AuditEvent;
}

const WHY: Readonly<Record<RefusalCode, string>> = {
  masked: 'the value is a secret, and was not stored',
  truncated: 'the value was too large, and was not stored',
  opaque: 'JSON has no word for the value, so it was not stored',
  untold: 'no event tells the value',
  not_exact: 'it is not known whole what is to be brought back',
  nothing_to_undo: 'the event changed nothing of the resource',
  gone: 'the resource was deleted since; undo that first',
};

export function refusalOf(code: RefusalCode, path?: string, why: string = WHY[code]): RevertRefusal {
  return path === undefined ? { code, why } : { code, path, why };
}

/** A plan that cannot be carried out. */
export function refusedPlan(revertOf: AuditEvent, ...refusals: readonly RevertRefusal[]): Plan {
  return { kind: 'nothing', operations: [], refusals, unchecked: [], revertOf };
}

/** One operation, from what is there to what shall be; `undefined` when they are the same. */
export function operationOf(
  path: string,
  from: JsonValue | undefined,
  to: JsonValue | undefined,
  setSince: readonly string[] = [],
): RevertOperation {
  const since = setSince.length === 0 ? {} : { setSince };
  if (from === undefined) return { path, op: 'add', ...(to === undefined ? {} : { to }), ...since };
  return to === undefined ? { path, op: 'remove', from, ...since } : { path, op: 'replace', from, to, ...since };
}

/** Ids of the events after a version that set a field again. */
export function setSince({ versions }: Folded, index: number, path: string): string[] {
  return versions
    .slice(index + 1)
    .filter(({ changes }) => changes.some((change) => overlap(change.path, path)))
    .map(({ event }) => event.id);
}
