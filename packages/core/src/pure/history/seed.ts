import type { Link, ToldChange } from './links.js';
import { hasIndex, pointerOf } from './pointer.js';
import { isMembers, memberAt, objectOf, type Stored, withMember } from './stored.js';

const MAX_PATHS = 2_000;

/**
 * What a resource was before its first event, as far as later ones tell: the old value of the first change of each field,
 * and what a baseline finds unchanged. Lists are told whole or not at all.
 */
export function seedOf(links: readonly Link[]): Stored | undefined {
  const touched = new Set<string>();
  let seed: Stored | undefined;
  for (const { changes, kind } of links) {
    if (kind === 'create' || touched.size > MAX_PATHS) break;
    for (const change of kind === 'attempt' ? [] : changes) {
      const { names, path } = change;
      const isKnown = isTouched(names, touched);
      touched.add(path);
      const value = kind === 'baseline' ? change.new : change.op === 'add' ? undefined : change.old;
      if (isKnown || value === undefined || names.length === 0 || hasIndex(names)) continue;
      seed = put(seed ?? objectOf([]), change, value);
    }
    if (kind === 'delete' || kind === 'baseline') break;
  }
  return seed;
}

/** Was the field, or what it is in, or something in it, told of before? */
function isTouched(names: readonly string[], touched: ReadonlySet<string>): boolean {
  for (let length = 0; length <= names.length; length++) {
    if (touched.has(pointerOf(names.slice(0, length)))) return true;
  }
  const inside = `${pointerOf(names)}/`;
  for (const path of touched) if (path.startsWith(inside)) return true;
  return false;
}

function put(holder: Stored, change: ToldChange, value: Stored, depth = 0): Stored {
  if (!isMembers(holder)) return holder;
  const name = change.names[depth] as string;
  if (depth === change.names.length - 1) return withMember(holder, name, value);
  return withMember(holder, name, put(memberAt(holder, name) ?? objectOf([]), change, value, depth + 1));
}
