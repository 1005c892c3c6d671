import type { AuditEvent } from '../../model/event.js';
import type { Folded } from './folded.js';
import { plainOf } from './plain.js';
import { operationOf, type Plan, refusalOf, refusedPlan, setSince } from './planned.js';
import { pointerOf } from './pointer.js';
import { stateAt } from './state.js';

/** Undoes a create: deletes what is still as it was created. */
export function planDelete(
  folded: Folded,
  index: number,
  isQuiet: (name: string) => boolean,
  revertTo?: AuditEvent,
): Plan {
  const version = folded.versions[index];
  if (version === undefined) throw new Error('unreachable: there is no such version');
  const { event: revertOf, state } = version;
  const inDoubt = folded.doubts.about(index).map(({ why }) => refusalOf('not_exact', undefined, why));
  if (inDoubt.length > 0) return refusedPlan(revertOf, ...inDoubt);
  if (folded.versions.at(-1)?.exists === false) return refusedPlan(revertOf, refusalOf('gone'));
  const { absent, value } = plainOf(state);
  const members = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const operations = members
    .filter(([name]) => !isQuiet(name))
    .map(([name, held]) => [pointerOf([name]), held] as const)
    .map(([path, held]) => operationOf(path, held, undefined, setSince(folded, index, path)));
  const unchecked = absent.map(({ path }) => path);
  return { kind: 'delete', operations, refusals: [], unchecked, revertOf, ...(revertTo && { revertTo }) };
}

/** Undoes a delete: brings back the state before it, when every field of it is known. */
export function planRecreate(folded: Folded, before: number, revertOf: AuditEvent, revertTo?: AuditEvent): Plan {
  const { doubts, exists, status, value } = stateAt(folded, before);
  if (status !== 'exact' || exists !== true || value === undefined) {
    const absent = doubts.map(({ code, path, why }) =>
      code === 'masked' || code === 'truncated' || code === 'opaque' || code === 'untold'
        ? refusalOf(code, path, why)
        : refusalOf('not_exact', path, why),
    );
    return refusedPlan(revertOf, ...(absent.length === 0 ? [refusalOf('not_exact')] : absent));
  }
  const operations = [operationOf('', undefined, value)];
  return { kind: 'recreate', operations, refusals: [], unchecked: [], revertOf, ...(revertTo && { revertTo }) };
}
