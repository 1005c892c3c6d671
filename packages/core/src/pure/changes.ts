import { types } from 'node:util';
import type { Change, JsonValue } from '../model/event.js';
import { canonicalJson } from './canonical.js';
import { type Fields, isQuietIn, type Treatment } from './fields.js';
import { readMember, readOwn } from './members.js';
import { type PathNode, stepInto } from './redact/paths.js';
import { REDACTED } from './redact/redactor.js';
import { isMembered, LIMITS, safeText, snapshot, type Walk } from './snapshot.js';

/** Arrays longer than this are compared as a whole: alignment must stay bounded. */
const MAX_ALIGNED = 1_000;

/**
 * What is different between two states of a resource, by RFC 6901 path, redacted as it is found. Shared subtrees are
 * skipped by reference; arrays of objects with ids are aligned by id; a date equals its ISO text; states that differ
 * only in `updatedAt` and the like (or in what `fields` calls quiet) have no changes at all. Neither state is executed or
 * changed.
 */
export function changesBetween(before: unknown, after: unknown, walk: Walk, fields?: Fields): Change[] {
  const changes: Change[] = [];
  compare(absent(before) ? {} : before, absent(after) ? {} : after, '', walk, walk.redactor.paths, 0, changes, fields);
  return changes.every((change) => isQuiet(change.path, fields)) ? [] : changes;
}

/**
 * What somebody said a resource shall be, when nothing is known of what it was: one change for every member, redacted as
 * it is found. The same cautions as `changesBetween`.
 */
export function changesStated(state: object, op: 'add' | 'replace', walk: Walk, fields?: Fields): Change[] {
  const changes: Change[] = [];
  if (!isMembered(state)) {
    push('', undefined, snapshot(state, walk), changes);
    return changes.map((change): Change => ({ ...change, op }));
  }
  let allQuiet = true;
  for (const name of Object.keys(state)) {
    if (walk.nodes <= 0) {
      walk.cut = true;
      break;
    }
    walk.nodes -= 1;
    const step = walk.redactor.paths === undefined ? undefined : stepInto(walk.redactor.paths, name);
    const treatment = fields?.treatment(name);
    const isSecret = step?.secret === true || walk.redactor.isSecret(name) || treatment === 'mask';
    const held = treatment === 'drop' ? undefined : readOwn(state, name);
    const value = isSecret && held !== undefined ? REDACTED : treated(snapshot(held, walk, step), treatment);
    if (value === undefined) continue;
    changes.push({ new: value, op, path: pointerTo(name) });
    allQuiet &&= isQuietIn(fields, name);
  }
  return allQuiet ? [] : changes;
}

function absent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isQuiet(path: string, fields: Fields | undefined): boolean {
  return isQuietIn(fields, path.slice(1));
}

function compare(
  a: unknown,
  b: unknown,
  path: string,
  walk: Walk,
  node: PathNode | undefined,
  depth: number,
  out: Change[],
  fields?: Fields,
): void {
  if (Object.is(a, b)) return;
  if (
    depth < LIMITS.depth &&
    walk.nodes > 0 &&
    typeof a === 'object' &&
    typeof b === 'object' &&
    a !== null &&
    b !== null
  ) {
    if (Array.isArray(a) && Array.isArray(b) && !types.isProxy(a) && !types.isProxy(b)) {
      if (compareArrays(a, b, path, walk, node, depth, out)) return;
    } else if (isMembered(a) && isMembered(b)) {
      compareMembers(a, b, path, walk, node, depth, out, fields);
      return;
    }
  }
  emit(path, a, b, walk, node, out);
}

function compareMembers(
  a: object,
  b: object,
  path: string,
  walk: Walk,
  node: PathNode | undefined,
  depth: number,
  out: Change[],
  fields: Fields | undefined,
): void {
  for (const name of Object.keys(a)) {
    compareMember(name, readOwn(a, name), readMember(b, name), path, walk, node, depth, out, fields);
  }
  for (const name of Object.keys(b)) {
    if (!Object.hasOwn(a, name)) compareMember(name, undefined, readOwn(b, name), path, walk, node, depth, out, fields);
  }
}

function compareMember(
  name: string,
  a: unknown,
  b: unknown,
  path: string,
  walk: Walk,
  node: PathNode | undefined,
  depth: number,
  out: Change[],
  fields?: Fields,
): void {
  if (Object.is(a, b)) return;
  if (walk.nodes <= 0) {
    walk.cut = true;
    return;
  }
  walk.nodes -= 1;
  const treatment = fields?.treatment(name);
  if (treatment === 'drop') return;
  const step = node === undefined ? undefined : stepInto(node, name);
  const at = `${path}/${pointerSegment(name)}`;
  const isSecret = step?.secret === true || walk.redactor.isSecret(name) || treatment === 'mask';
  if (isSecret) emitSecret(at, a, b, walk, out);
  else if (treatment === undefined) compare(a, b, at, walk, step, depth + 1, out);
  else emit(at, a, b, walk, step, out, treatment);
}

/** True when the arrays were compared item by item; false when they are better told as a whole. */
function compareArrays(
  a: readonly unknown[],
  b: readonly unknown[],
  path: string,
  walk: Walk,
  node: PathNode | undefined,
  depth: number,
  out: Change[],
): boolean {
  if (a.length > MAX_ALIGNED || b.length > MAX_ALIGNED) return false;
  const before = byId(a);
  const after = before && byId(b);
  if (before === undefined || after === undefined) return false;
  for (const [id, [item, index]] of before) {
    if (!after.has(id)) compareMember(String(index), item, undefined, path, walk, node, depth, out);
  }
  for (const [id, [item, index]] of after) {
    compareMember(String(index), before.get(id)?.[0], item, path, walk, node, depth, out);
  }
  return true;
}

/** Items by their id, when every item is an object that has one and no two are alike. */
function byId(items: readonly unknown[]): Map<unknown, readonly [unknown, number]> | undefined {
  const found = new Map<unknown, readonly [unknown, number]>();
  for (let i = 0; i < items.length; i++) {
    const item = readMember(items, String(i));
    if (typeof item !== 'object' || item === null || !isMembered(item)) return undefined;
    const id = readMember(item, 'id') ?? readMember(item, '_id') ?? readMember(item, 'uuid') ?? readMember(item, 'key');
    const key = typeof id === 'object' && id !== null ? String(snapshotOf(id)) : id;
    if (key === undefined || key === null || found.has(key)) return undefined;
    found.set(key, [item, i]);
  }
  return found;
}

function emit(
  path: string,
  a: unknown,
  b: unknown,
  walk: Walk,
  node: PathNode | undefined,
  out: Change[],
  treatment?: Treatment,
): void {
  const before = snapshot(a, walk, node);
  const after = snapshot(b, walk, node);
  // Bytes are told by their number alone; that they are others must show all the same.
  if (before === after && !areOtherBytes(a, b)) return;
  if (typeof before === 'object' && typeof after === 'object' && canonicalJson(before) === canonicalJson(after)) return;
  push(path, treated(before, treatment), treated(after, treatment), out);
}

function treated(value: JsonValue | undefined, treatment: Treatment | undefined): JsonValue | undefined {
  return typeof treatment === 'function' && value !== undefined && value !== null ? treatment(value) : value;
}

function areOtherBytes(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) !== 0;
}

/** A secret that changed shows that it changed, and nothing else. */
function emitSecret(path: string, a: unknown, b: unknown, walk: Walk, out: Change[]): void {
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const inside: Change[] = [];
    compare(a, b, '', { ...walk, redactor: { isSecret: () => false, paths: undefined } }, undefined, 0, inside);
    if (inside.length === 0) return;
  }
  push(path, a === undefined ? undefined : REDACTED, b === undefined ? undefined : REDACTED, out);
}

/** Members in canonical order (RFC 8785): new, old, op, path. */
function push(path: string, before: JsonValue | undefined, after: JsonValue | undefined, out: Change[]): void {
  if (before === undefined && after === undefined) return;
  if (before === undefined) out.push({ new: after as JsonValue, op: 'add', path });
  else if (after === undefined) out.push({ old: before, op: 'remove', path });
  else out.push({ new: after, old: before, op: 'replace', path });
}

const MAX_POINTERS = 1_000;
const pointers = new Map<string, string>();

/** The pointer to a member of the resource itself. Its members are few and come again and again. Bounded memory. */
function pointerTo(name: string): string {
  const known = pointers.get(name);
  if (known !== undefined) return known;
  const pointer = `/${pointerSegment(name)}`;
  if (pointers.size >= MAX_POINTERS) pointers.clear();
  if (name.length <= LIMITS.keys) pointers.set(name, pointer);
  return pointer;
}

function pointerSegment(name: string): string {
  const short = safeText(name.length > LIMITS.keys ? name.slice(0, LIMITS.keys) : name);
  return short.includes('~') || short.includes('/') ? short.replaceAll('~', '~0').replaceAll('/', '~1') : short;
}

function snapshotOf(value: object): JsonValue | undefined {
  return snapshot(
    value,
    { redactor: { isSecret: () => false, paths: undefined }, nodes: 8, cut: false, unordered: false },
    undefined,
  );
}
