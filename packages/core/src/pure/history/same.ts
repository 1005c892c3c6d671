import { canonicalJson } from '../canonical.js';
import { absenceIn, isList, isMembers, memberAt, objectOf, type Stored } from './stored.js';

/** Names under which items have their id, as changes align them. */
const IDS = ['id', '_id', 'uuid', 'key'];

/** May these be the same value? What is not there may be anything, but something. */
export function mayEqual(a: Stored | undefined, b: Stored | undefined): boolean {
  return a === undefined || b === undefined
    ? a === b
    : isSame(a, b) || absenceIn(a) !== undefined || absenceIn(b) !== undefined;
}

/** Are these the same value? Items with ids may stand in any order, as no event tells it. */
export function isSame(a: Stored, b: Stored): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return canonicalJson(a) === canonicalJson(b) || canonicalJson(inOrder(a)) === canonicalJson(inOrder(b));
}

/** The id of an item: its own, or itself when it is one. */
export function idOf(item: Stored): string | undefined {
  if (typeof item === 'string' || typeof item === 'number') return String(item);
  if (!isMembers(item)) return undefined;
  for (const name of IDS) {
    const id = memberAt(item, name);
    if (typeof id === 'string' || typeof id === 'number') return String(id);
  }
  return undefined;
}

/** A value whose items with ids stand in the order of their ids. */
function inOrder(value: Stored): Stored {
  if (isList(value)) {
    const items = value.map(inOrder);
    return items.every((item) => isMembers(item) && idOf(item) !== undefined) ? [...items].sort(byId) : items;
  }
  if (!isMembers(value)) return value;
  return objectOf(Object.entries(value).map(([name, held]) => [name, inOrder(held)]));
}

function byId(a: Stored, b: Stored): number {
  const [one, other] = [idOf(a) ?? '', idOf(b) ?? ''];
  return one < other ? -1 : one > other ? 1 : 0;
}
