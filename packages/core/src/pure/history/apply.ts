import { type Applying, byName, type Misfit, newValue } from './applying.js';
import type { ToldChange } from './links.js';
import { applyInList } from './lists.js';
import { mayEqual } from './same.js';
import { absenceOf, isList, isMembers, memberAt, type Stored, withMember } from './stored.js';

/** Where an event does not go with the state, and the state after it. */
export interface Applied {
  readonly state: Stored | undefined;
  readonly misfits: readonly Misfit[];
}

/** The state after the changes of one event; neither is changed. */
export function applyChanges(
  state: Stored | undefined,
  changes: readonly ToldChange[],
  given: Omit<Applying, 'misfits'>,
): Applied {
  const how: Applying = { ...given, misfits: [] };
  let now = state;
  const inside: ToldChange[] = [];
  for (const change of changes) {
    if (change.names.length > 0) inside.push(change);
    else now = valueAfter(now, change, how);
  }
  if (inside.length > 0) now = applyInside(now, inside, 0, how);
  return { state: now, misfits: how.misfits };
}

/** Applies changes whose paths go through this place, and have `depth` names before it. */
function applyInside(
  holder: Stored | undefined,
  changes: readonly ToldChange[],
  depth: number,
  how: Applying,
): Stored | undefined {
  if (isList(holder)) return applyInList(holder, changes, depth, how, groupAfter);
  if (isMembers(holder)) return applyInMembers(holder, changes, depth, how);
  if (holder !== undefined && absenceOf(holder) !== undefined) return holder;
  if (holder === undefined && changes.every((change) => change.op === 'add' && change.names.length === depth + 1)) {
    // Only the members of a set are told without the set itself.
    return Object.freeze(changes.map((change) => newValue(change)));
  }
  for (const { path } of changes) how.misfits.push({ path, kind: 'missing' });
  return holder;
}

function applyInMembers(
  holder: { readonly [name: string]: Stored },
  changes: readonly ToldChange[],
  depth: number,
  how: Applying,
): Stored {
  let now = holder;
  for (const [name, group] of byName(changes, depth)) {
    const misfits = depth === 0 && how.isQuiet(name) ? [] : how.misfits;
    now = withMember(now, name, groupAfter(memberAt(now, name), group, depth, { ...how, misfits }));
  }
  return now;
}

/** What one place holds after the changes of it and in it. */
function groupAfter(
  held: Stored | undefined,
  group: readonly ToldChange[],
  depth: number,
  how: Applying,
): Stored | undefined {
  let now = held;
  const inside: ToldChange[] = [];
  for (const change of group) {
    if (change.names.length > depth + 1) inside.push(change);
    else now = valueAfter(now, change, how);
  }
  return inside.length === 0 ? now : applyInside(now, inside, depth + 1, how);
}

function valueAfter(held: Stored | undefined, change: ToldChange, how: Applying): Stored | undefined {
  const after = change.op === 'remove' ? undefined : newValue(change);
  if (!fits(held, change) && !(how.isAgain && mayEqual(held, after)))
    how.misfits.push({ path: change.path, kind: 'differs' });
  return after;
}

/** Was there what the change says that there was? One that does not say fits everything but the opposite. */
function fits(held: Stored | undefined, { old, op }: ToldChange): boolean {
  if (op === 'add') return held === undefined;
  return old === undefined ? op === 'replace' || held !== undefined : mayEqual(held, old);
}
