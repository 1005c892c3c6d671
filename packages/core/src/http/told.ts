import type { Engine } from '../engine/engine.js';
import { nameOf } from '../engine/scope.js';
import type { Change, Diff } from '../model/event.js';
import { changesBetween, changesStated } from '../pure/changes.js';
import { changesState, type Deed } from '../pure/deed.js';
import { newWalk } from '../pure/snapshot.js';

/** What is known of a change, and how true it is. */
export interface Told {
  readonly changes?: readonly Change[] | undefined;
  readonly diff?: Diff | undefined;
  readonly unordered?: boolean | undefined;
  readonly name?: string | undefined;
}

/** The state before and after, as the application's own loader read them. */
export function toldByLoader(
  engine: Engine,
  type: string | undefined,
  states: { readonly before: unknown; readonly after: unknown },
): Told {
  const { before, after } = states;
  const { ignore, name: member } = engine.resource(type) ?? {};
  const walk = newWalk(engine.settings.redactor);
  const changes = changesBetween(before, after, walk, ignore);
  const diff: Diff = walk.cut ? { fidelity: 'partial', why: 'too large to compare whole' } : { fidelity: 'exact' };
  return { changes, diff, unordered: walk.unordered, name: nameOf(after, member) ?? nameOf(before, member) };
}

const FROM_BODY: Diff = Object.freeze({
  fidelity: 'partial',
  why: 'from the request body: no loader and no ORM package',
});
const UNKNOWN: Diff = Object.freeze({ fidelity: 'none', why: 'no loader and no ORM package' });

/** Bodies that say how, not what: GraphQL, JSON-RPC. */
const CALLS = ['query', 'jsonrpc', 'operationName'];

/** What the body of a create or update says: the new values, and nothing about the old ones. */
export function toldByRoute(engine: Engine, deed: Deed, body: unknown): Told | undefined {
  if (!changesState(deed)) return undefined;
  const { operation } = deed;
  const isState =
    typeof body === 'object' &&
    body !== null &&
    !Array.isArray(body) &&
    !CALLS.some((name) => Object.hasOwn(body, name));
  if (operation === 'delete' || !isState) return { diff: UNKNOWN };
  const walk = newWalk(engine.settings.redactor);
  const changes = changesStated(body, operation === 'create' ? 'add' : 'replace', walk);
  if (changes.length === 0) return { diff: UNKNOWN };
  return { changes, diff: FROM_BODY, unordered: walk.unordered };
}
