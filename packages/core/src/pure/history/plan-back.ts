import type { JsonValue } from '../../model/event.js';
import type { Doubt } from '../../model/history.js';
import type { RevertOperation, RevertRefusal } from '../../model/revert.js';
import { canonicalJson } from '../canonical.js';
import type { Folded } from './folded.js';
import { planDelete, planRecreate } from './plan-whole.js';
import { operationOf, type Plan, refusalOf, refusedPlan } from './planned.js';
import { isWithin, overlap, pointerOf } from './pointer.js';
import { stateAt } from './state.js';

/** Brings the resource back to what a version left. */
export function planBack(
  folded: Folded,
  index: number,
  fields: readonly string[] | undefined,
  isQuiet: (name: string) => boolean,
): Plan {
  const last = folded.versions.length - 1;
  const [latest, target] = [folded.versions[last]?.event, folded.versions[index]?.event];
  if (latest === undefined) throw new Error('unreachable: there is no version');
  const [now, then] = [stateAt(folded, last), stateAt(folded, index)];
  if (then.exists === undefined || (index < 0 && then.exists)) return refusedPlan(latest, refusalOf('not_exact'));
  const both = target === undefined ? {} : { revertTo: target };
  if (!now.exists && !then.exists) return refusedPlan(latest, refusalOf('nothing_to_undo'));
  if (!now.exists) return planRecreate(folded, index, latest, target);
  if (!then.exists) return planDelete(folded, last, isQuiet, target);
  const isWanted = (path: string): boolean =>
    !isQuiet(path.slice(1)) && (fields === undefined || fields.some((field) => overlap(path, field)));
  const operations = operationsBetween(now.value, then.value, []).filter(({ path }) => isWanted(path));
  const refusals = refusalsOf(
    folded,
    index,
    [...now.doubts, ...then.doubts],
    operations,
    isWanted,
    fields !== undefined,
  );
  return {
    kind: operations.length === 0 ? 'nothing' : 'update',
    operations,
    refusals,
    unchecked: [],
    revertOf: latest,
    ...both,
  };
}

/** What makes one state of the other. Members one by one, lists whole. */
function operationsBetween(
  from: JsonValue | undefined,
  to: JsonValue | undefined,
  names: readonly string[],
): RevertOperation[] {
  if (isMembers(from) && isMembers(to)) {
    const all = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return all.flatMap((name) => operationsBetween(memberOf(from, name), memberOf(to, name), [...names, name]));
  }
  if (from === to || (from !== undefined && to !== undefined && canonicalJson(from) === canonicalJson(to))) return [];
  return [operationOf(pointerOf(names), from, to)];
}

/** What was set since and is not known at both ends cannot be brought back. */
function refusalsOf(
  folded: Folded,
  index: number,
  doubts: readonly Doubt[],
  operations: readonly RevertOperation[],
  isWanted: (path: string) => boolean,
  isSome: boolean,
): RevertRefusal[] {
  const since = folded.versions.slice(index + 1);
  const isSet = (path: string): boolean =>
    since.some(({ changes, kind }) => kind !== 'update' || changes.some((change) => overlap(change.path, path)));
  const refusals = new Map<string, RevertRefusal>();
  for (const { code, path, why } of doubts) {
    // What may be wrong anywhere is wrong where it is asked for, or nowhere that anybody asks.
    if (path === undefined && (code === 'no_base' || isSome)) continue;
    const concerns =
      path === undefined || (isWanted(`/${path.split('/')[1]}`) && (isSet(path) || isIn(operations, path)));
    if (!concerns) continue;
    const isAbsent = code === 'masked' || code === 'truncated' || code === 'opaque' || code === 'untold';
    refusals.set(`${code} ${path}`, refusalOf(isAbsent && path !== undefined ? code : 'not_exact', path, why));
  }
  return [...refusals.values()];
}

function isIn(operations: readonly RevertOperation[], path: string): boolean {
  return operations.some((operation) => isWithin(path, operation.path) || isWithin(operation.path, path));
}

function isMembers(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(holder: { readonly [name: string]: JsonValue }, name: string): JsonValue | undefined {
  return Object.hasOwn(holder, name) ? holder[name] : undefined;
}
