import { types } from 'node:util';
import type { JsonValue } from '../../model/event.js';
import type { RevertConflict, RevertDryRun, RevertOperation, RevertPatch } from '../../model/revert.js';
import { canonicalJson } from '../canonical.js';
import { readMember } from '../members.js';
import { newWalk, snapshot } from '../snapshot.js';
import { plainOf } from './plain.js';
import type { Plan } from './planned.js';
import { namesIn } from './pointer.js';
import { isList } from './stored.js';

/** The resource is the application's own: what is looked at stays in this process, and is not redacted. */
const OPEN = { isSecret: () => false, paths: undefined };

/** What would happen to the resource as it is now. Neither executes nor changes it. */
export function dryRunOf({ kind, operations, refusals, unchecked }: Plan, current: unknown): RevertDryRun {
  const isThere = current !== undefined && current !== null;
  const conflicts = conflictsOf(kind, operations, current, isThere);
  const isPossible = refusals.length === 0 && conflicts.length === 0;
  const patch =
    kind === 'recreate' ? wholeOf(operations) : kind === 'update' && isThere ? patchOf(operations, current) : {};
  return Object.freeze({
    isPossible,
    conflicts: Object.freeze(conflicts),
    unchecked,
    patch,
  });
}

function conflictsOf(
  kind: Plan['kind'],
  operations: readonly RevertOperation[],
  current: unknown,
  isThere: boolean,
): RevertConflict[] {
  if (kind === 'nothing') return [];
  if (kind === 'recreate')
    return isThere ? [{ code: 'exists', path: '', why: 'there is such a resource already' }] : [];
  if (!isThere) return [{ code: 'gone', path: '', why: 'there is no such resource any more' }];
  return operations.flatMap((operation) => conflictOf(operation, current) ?? []);
}

function conflictOf({ from, op, path, to }: RevertOperation, current: unknown): RevertConflict | undefined {
  const held = heldAt(current, namesIn(path) ?? []);
  if (held === NOWHERE)
    return { code: 'schema_changed', path, why: 'the field is in an object that is not there any more' };
  const now = held === undefined ? undefined : jsonOf(held);
  if (now === UNKNOWN)
    return { code: 'changed', path, why: 'the value is too large, or of no kind that can be compared' };
  if (from === undefined) return now === undefined ? undefined : { code: 'changed', path, why: 'it was set since' };
  if (now === undefined) {
    // A field that a record does not have at all is another schema; what an event added may have been taken away again.
    return op === 'replace'
      ? { code: 'schema_changed', path, why: 'there is no such field any more' }
      : { code: 'changed', path, why: 'it was removed since' };
  }
  if (canonicalJson(now) === canonicalJson(from)) return undefined;
  const isOther = kindOf(now) !== kindOf(from) && kindOf(now) !== kindOf(to ?? null) && now !== null && from !== null;
  if (isOther) return { code: 'schema_changed', path, why: `it is ${kindOf(now)} now, and was ${kindOf(from)}` };
  return { code: 'changed', path, why: 'it was changed since' };
}

const NOWHERE = Symbol('nowhere');
const UNKNOWN = Symbol('unknown');

function heldAt(current: unknown, names: readonly string[]): unknown {
  let held = current;
  for (const [i, name] of names.entries()) {
    if (typeof held !== 'object' || held === null || types.isProxy(held)) return NOWHERE;
    held = readMember(held, name);
    if (held === undefined && i < names.length - 1) return NOWHERE;
  }
  return held;
}

/** A value as events have it. */
function jsonOf(value: unknown): JsonValue | undefined | typeof UNKNOWN {
  const walk = newWalk(OPEN);
  const { absent, value: plain } = plainOf(snapshot(value, walk));
  return walk.cut || absent.length > 0 ? UNKNOWN : plain;
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  return isList(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function wholeOf(operations: readonly RevertOperation[]): RevertPatch {
  const whole = operations[0]?.to;
  return typeof whole === 'object' && whole !== null && !Array.isArray(whole) ? (own(whole) as RevertPatch) : {};
}

/** The members that are set, whole: what they hold besides stays the very value that is there. */
function patchOf(operations: readonly RevertOperation[], current: unknown): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const { path, to } of operations) {
    const [name, ...inside] = namesIn(path) ?? [];
    if (name === undefined) continue;
    const held = Object.hasOwn(patch, name) ? patch[name] : heldAt(current, [name]);
    const value = inside.length === 0 ? own(to ?? null) : changed(held, inside, to);
    Object.defineProperty(patch, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return patch;
}

/** A copy that may be changed: not every way to write leaves alone what it is given. */
function own(value: JsonValue | undefined): unknown {
  return typeof value === 'object' && value !== null ? JSON.parse(JSON.stringify(value)) : value;
}

function changed(holder: unknown, [name, ...inside]: readonly string[], to: JsonValue | undefined): unknown {
  if (name === undefined) return own(to);
  const isHolder = typeof holder === 'object' && holder !== null && !types.isProxy(holder);
  const out: Record<string, unknown> = isHolder ? { ...holder } : {};
  const value = changed(isHolder ? readMember(holder, name) : undefined, inside, to);
  if (value === undefined) delete out[name];
  else Object.defineProperty(out, name, { value, enumerable: true, configurable: true, writable: true });
  return out;
}
