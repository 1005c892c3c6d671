import { type Applying, byName, type GroupAfter, type Misfit, newValue } from './applying.js';
import type { ToldChange } from './links.js';
import { indexOf, pointerOf } from './pointer.js';
import { idOf, mayEqual } from './same.js';
import type { Stored } from './stored.js';

/**
 * Applies changes in a list. An item that is gone is told by its place in the list before, everything else by its place in
 * the list after; the order itself is not told. So items are found by what the changes say was there, and by their place
 * only where that leaves a choice.
 */
export function applyInList(
  list: readonly Stored[],
  changes: readonly ToldChange[],
  depth: number,
  how: Applying,
  groupAfter: GroupAfter,
): readonly Stored[] {
  const gone = new Set<number>();
  const added: ToldChange[] = [];
  const rest: ToldChange[] = [];
  for (const change of changes) {
    const isItem = change.names.length === depth + 1;
    if (isItem && change.op === 'remove') remove(list, change, gone, depth, how);
    else if (isItem && change.op === 'add') added.push(change);
    else rest.push(change);
  }
  const kept = list.filter((_, i) => !gone.has(i));
  const slots = Array.from({ length: kept.length + added.length }, (): Stored | undefined => undefined);
  const late: Stored[] = [];
  for (const change of added) {
    const at = indexOf(change.names[depth] as string);
    const item = newValue(change);
    if (at !== undefined && at < slots.length && slots[at] === undefined) slots[at] = item;
    else late.push(item);
  }
  const placed = rest.length === 0 ? kept : change(kept, rest, slots, depth, how, groupAfter);
  return fill(slots, [...placed, ...late]);
}

/** An item that is gone is the one that is like it, at its place or elsewhere; else the one with its id. */
function remove(
  list: readonly Stored[],
  { names, old, path }: ToldChange,
  gone: Set<number>,
  depth: number,
  how: Applying,
): void {
  const name = names[depth] as string;
  const at = indexOf(name);
  const isThere = (i: number | undefined): i is number => i !== undefined && i >= 0 && i < list.length && !gone.has(i);
  const isLike = (i: number): boolean => isThere(i) && (old === undefined || mayEqual(list[i], old));
  const like = at !== undefined && isLike(at) ? at : list.findIndex((_, i) => old !== undefined && isLike(i));
  const id = old === undefined ? name : idOf(old);
  const found = isThere(like) ? like : list.findIndex((item, i) => isThere(i) && idOf(item) === id && id !== undefined);
  if (!isThere(like)) how.misfits.push({ path, kind: 'differs' });
  if (isThere(found)) gone.add(found);
}

/** What changes in one item, and the items that it goes with. */
interface Wanted {
  readonly name: string;
  readonly group: readonly ToldChange[];
  /** `undefined`: there were too many to try. */
  readonly fitting: readonly number[] | undefined;
}

/** Changes items that stay. Puts those whose place is told at their place; gives the others, in their order. */
function change(
  kept: readonly Stored[],
  changes: readonly ToldChange[],
  slots: (Stored | undefined)[],
  depth: number,
  how: Applying,
  groupAfter: GroupAfter,
): readonly Stored[] {
  const assumed = new Map<number, number>();
  for (let slot = 0, i = 0; slot < slots.length; slot++) if (slots[slot] === undefined) assumed.set(slot, i++);
  const free = new Set(kept.keys());
  const after = [...kept];
  let isClear = true;
  for (const { fitting, group, name } of wantedIn(kept, changes, depth, how, groupAfter)) {
    const slot = indexOf(name);
    const first = slot === undefined ? kept.findIndex((item) => idOf(item) === name) : (assumed.get(slot) ?? -1);
    const { at, isOnly } = itemMeant(free, first, fitting);
    const item = kept[at];
    if (item === undefined) {
      how.misfits.push(...group.map(({ path }): Misfit => ({ path, kind: 'missing' })));
      continue;
    }
    isClear &&= isOnly;
    const changed = groupAfter(item, group, depth, how) as Stored;
    after[at] = changed;
    free.delete(at);
    if (slot === undefined || at === first || slots[slot] !== undefined) continue;
    // The list was put in another order, which no event told.
    slots[slot] = changed;
    after[at] = GONE;
  }
  if (!isClear) how.misfits.push({ path: pointerOf(changes[0]?.names.slice(0, depth) ?? []), kind: 'which' });
  return after.filter((item) => item !== GONE);
}

const GONE: Stored = Object.freeze({ $gone: true });

/** What goes with the fewest items comes first: it leaves the others less choice. */
function wantedIn(
  kept: readonly Stored[],
  changes: readonly ToldChange[],
  depth: number,
  how: Applying,
  groupAfter: GroupAfter,
): Wanted[] {
  const wanted = [...byName(changes, depth)].map(([name, group]): Wanted => {
    how.budget.tries -= kept.length;
    if (how.budget.tries < 0) return { name, group, fitting: undefined };
    const fits = (item: Stored): boolean => {
      const misfits: Misfit[] = [];
      groupAfter(item, group, depth, { ...how, misfits });
      return misfits.every(({ kind }) => kind === 'which');
    };
    return { name, group, fitting: kept.flatMap((item, i) => (fits(item) ? [i] : [])) };
  });
  return wanted.sort((a, b) => count(a) - count(b));
}

function count({ fitting }: Wanted): number {
  return fitting?.length ?? Number.MAX_SAFE_INTEGER;
}

/** The item that a change goes with; where several do, or none, the one at the place that the list would have it. */
function itemMeant(
  free: ReadonlySet<number>,
  first: number,
  fitting: readonly number[] | undefined,
): { readonly at: number; readonly isOnly: boolean } {
  const fallback = free.has(first) ? first : -1;
  if (fitting === undefined) return { at: fallback, isOnly: false };
  const left = fitting.filter((i) => free.has(i));
  const at = left.length === 0 || left.includes(first) ? fallback : (left[0] as number);
  return { at, isOnly: fitting.length <= 1 };
}

function fill(slots: (Stored | undefined)[], items: readonly Stored[]): readonly Stored[] {
  let next = 0;
  const out = slots.map((held) => (held === undefined ? items[next++] : held));
  return Object.freeze([...out, ...items.slice(next)].filter((item): item is Stored => item !== undefined));
}
