import { types } from 'node:util';
import { idFrom } from '../pure/actor/index.js';
import type { Deed } from '../pure/deed.js';
import { readMember } from '../pure/members.js';
import { singularOf, wordsOf } from '../pure/recognise/index.js';
import type { Keep } from '../pure/stored-id.js';

/** Resources that one request is about, where its route names none. */
export interface Touched {
  readonly count: number;
  /** The first hundred; fewer than `count` also when some of them have no id yet. */
  readonly ids: readonly string[];
}

const IDS = ['id', '_id', 'uuid', 'uid', 'guid', 'slug'];
const WRAPPERS = ['data', 'input', 'where', 'filter', 'params', 'payload'];
const LISTS: ReadonlySet<string> = new Set('id item data record entry row result operation'.split(' '));
const MAX_IDS = 100;
const MAX_NAMES = 64;

/**
 * May the body say what an action is about? Whoever signs in or changes his own account cannot make it another's by an id in
 * it, and what a create makes has its id from the answer.
 */
export function mayNameIds({ action, category, operation }: Deed): boolean {
  if (operation === 'read' || operation === 'create') return false;
  return category === 'auth' ? action === 'auth.impersonate' : !action.startsWith('account.');
}

/**
 * The id in a body of the resource that it is about: `{ orderId }`, `{ id }`, `{ order: { slug } }`, and unless that may be a
 * new value `{ order: 7 }`.
 */
export function idInBody(body: unknown, type: string, keep: Keep, isWhole = true): string | undefined {
  const own = camelOf(type);
  const holders = [body, ...WRAPPERS.map((name) => memberOf(body, name))];
  const inside = [memberOf(body, type), memberOf(body, own)];
  const found =
    firstIn(holders, [`${own}Id`, `${type}_id`]) ??
    firstIn([...inside, ...holders], IDS) ??
    (isWhole ? (firstIn([body], [type, own]) ?? eitherIn(holders, `${own}IdOr`)) : undefined);
  return found === undefined ? undefined : keep(found.id, found.name === own ? type : found.name);
}

/**
 * The resources that one request is about, where it names no single one: those in a list of the body, which is the body
 * itself, `{ ids }`, `{ orderIds }`, `{ orders: [{ id }] }`; those that a create answered with.
 */
export function touchedOf(deed: Deed, type: string, { body, answer, keep }: Told): Touched | undefined {
  const isCreate = deed.operation === 'create';
  const asked = isCreate || mayNameIds(deed) ? touchedBy(body, type, keep) : undefined;
  if (asked === undefined || !isCreate) return asked;
  const made = touchedBy(answer, type, keep)?.ids ?? [];
  return { count: asked.count, ids: made.length > 0 ? made : asked.ids };
}

interface Told {
  readonly body: unknown;
  readonly answer: unknown;
  readonly keep: Keep;
}

function touchedBy(body: unknown, type: string, keep: Keep): Touched | undefined {
  const { list, name } = listIn(body, type) ?? { list: [], name: '' };
  if (list.length === 0) return undefined;
  const ids: string[] = [];
  for (let at = 0; at < list.length && at < MAX_IDS; at++) {
    const item = memberOf(list, String(at));
    const plain = idFrom(item);
    const id = plain === undefined ? idInBody(item, type, keep) : keep(plain, name);
    if (id !== undefined) ids.push(id);
  }
  return { count: list.length, ids };
}

function listIn(body: unknown, type: string): { readonly list: readonly unknown[]; readonly name: string } | undefined {
  if (typeof body !== 'object' || body === null || types.isProxy(body)) return undefined;
  if (Array.isArray(body)) return { list: body, name: 'ids' };
  for (const name of Object.keys(body).slice(0, MAX_NAMES)) {
    const value = memberOf(body, name);
    if (!Array.isArray(value) || types.isProxy(value)) continue;
    const holds = wordsOf(name).map(singularOf).join('_');
    if (holds === type || holds === `${type}_id` || LISTS.has(holds))
      return { list: value, name: holds === type ? type : name };
  }
  return undefined;
}

/** `orderIdOrNumber`, as procedures call an argument that takes both. */
function eitherIn(holders: readonly unknown[], start: string): ReturnType<typeof firstIn> {
  for (const holder of holders) {
    if (typeof holder !== 'object' || holder === null || types.isProxy(holder)) continue;
    const names = Object.keys(holder).slice(0, MAX_NAMES);
    const found = firstIn(
      [holder],
      names.filter((name) => name.startsWith(start)),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstIn(
  holders: readonly unknown[],
  names: readonly string[],
): { readonly id: string; readonly name: string } | undefined {
  for (const holder of holders) {
    for (const name of names) {
      const id = idFrom(memberOf(holder, name));
      if (id !== undefined) return { id, name };
    }
  }
  return undefined;
}

export function memberOf(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || types.isProxy(holder)) return undefined;
  const value = readMember(holder, name);
  return value === '[accessor]' ? undefined : value;
}

export function camelOf(type: string): string {
  return type.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
