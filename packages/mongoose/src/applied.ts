import type { Doc } from './like.js';

type Holder = Record<string, unknown>;

/**
 * What an update makes of a document, where that can be told without asking the database: a replacement, or `$set`,
 * `$unset`, `$inc` of whole numbers and `$push` at the end. `undefined` for everything else. Changes the document that it
 * is given.
 */
export function applied(document: Doc, update: Doc | readonly unknown[]): Doc | undefined {
  if (Array.isArray(update)) return undefined;
  const operators = Object.entries(update as Doc);
  if (!operators.some(([name]) => name.startsWith('$'))) return { _id: document['_id'], ...(update as Doc) };
  for (const [operator, fields] of operators) {
    if (operator === '$setOnInsert') continue;
    const apply = OPERATORS[operator];
    if (apply === undefined) return undefined;
    for (const [path, value] of Object.entries(fields as Doc)) {
      const place = placeOf(document as Holder, path, operator !== '$unset');
      if (place === undefined || (place !== 'nowhere' && !apply(place.holder, place.name, value))) return undefined;
    }
  }
  return document;
}

type Apply = (holder: Holder, name: string, value: unknown) => boolean;

/** Each says whether it could be done as the database does it. */
const OPERATORS: Readonly<Record<string, Apply>> = {
  $set: (holder, name, value) => {
    holder[name] = value;
    return true;
  },
  $unset: (holder, name) => {
    if (Array.isArray(holder)) holder[name as never] = null;
    else delete holder[name];
    return true;
  },
  $inc: (holder, name, by) => {
    const sum = Number(holder[name] ?? 0) + Number(by);
    const isWhole = [holder[name] ?? 0, by, sum].every((each) => Number.isSafeInteger(each));
    if (isWhole) holder[name] = sum;
    return isWhole;
  },
  $push: (holder, name, value) => {
    const each = (value as { $each?: unknown } | null)?.$each;
    const isPlain = each === undefined ? !hasOperator(value) : Object.keys(value as Doc).length === 1;
    const held = holder[name] ?? [];
    if (!isPlain || !Array.isArray(held)) return false;
    holder[name] = [...held, ...(Array.isArray(each) ? each : [value])];
    return true;
  },
};

function hasOperator(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).some((name) => name.startsWith('$'));
}

/** Where a path ends. `nowhere`: there is nothing to take away; `undefined`: only the database can tell. */
function placeOf(
  document: Holder,
  path: string,
  makes: boolean,
): { readonly holder: Holder; readonly name: string } | 'nowhere' | undefined {
  const names = path.split('.');
  if (names.some((name) => name.startsWith('$'))) return undefined;
  const last = names.pop() ?? '';
  let holder = document;
  for (const name of names) {
    if (!fits(holder, name)) return undefined;
    if (!Object.hasOwn(holder, name)) {
      if (!makes) return 'nowhere';
      holder[name] = {};
    }
    const next = holder[name];
    if (typeof next !== 'object' || next === null || '_bsontype' in next || next instanceof Date) return undefined;
    holder = next as Holder;
  }
  if (!makes && !Object.hasOwn(holder, last)) return 'nowhere';
  return fits(holder, last) ? { holder, name: last } : undefined;
}

/** An item of an array is known by its place in it, at most the one after the last. */
function fits(holder: Holder, name: string): boolean {
  return !Array.isArray(holder) || (/^\d+$/.test(name) && Number(name) <= holder.length);
}
