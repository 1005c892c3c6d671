import type { Engine } from '../engine/engine.js';
import { nameOf } from '../engine/scope.js';
import type { Change, Diff } from '../model/event.js';
import { changesBetween, changesStated } from '../pure/changes.js';
import { changesState, type Deed } from '../pure/deed.js';
import { changesInPatch } from '../pure/pointed.js';
import { newWalk } from '../pure/snapshot.js';
import { stateIn, stateInArguments } from './body-state.js';

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
  const member = engine.resource(type)?.name;
  const walk = newWalk(engine.settings.redactor);
  const changes = changesBetween(before, after, walk, engine.fields(type));
  const diff: Diff = walk.cut ? { fidelity: 'partial', why: 'too large to compare whole' } : { fidelity: 'exact' };
  return { changes, diff, unordered: walk.unordered, name: nameOf(after, member) ?? nameOf(before, member) };
}

const FROM_BODY: Diff = Object.freeze({
  fidelity: 'partial',
  why: 'from the request body: no loader and no ORM package',
});
const UNKNOWN: Diff = Object.freeze({ fidelity: 'none', why: 'no loader and no ORM package' });

/** What stands for a content type where the body is the arguments of a call. */
export const CALL = 'call';

/** Bodies that say how, not what: GraphQL, JSON-RPC. */
const CALLS = ['query', 'jsonrpc', 'operationName'];

/** What the body of a create or update says: the new values, and nothing about the old ones. */
export function toldByRoute(
  engine: Engine,
  deed: Deed,
  type: string | undefined,
  body: unknown,
  contentType: string | undefined,
): Told | undefined {
  if (!changesState(deed)) return undefined;
  const { operation } = deed;
  const walk = newWalk(engine.settings.redactor);
  const patch = operation === 'update' && Array.isArray(body) ? changesInPatch(body, walk) : undefined;
  if (patch !== undefined) return { changes: patch, diff: FROM_BODY, unordered: true };
  const isState =
    typeof body === 'object' &&
    body !== null &&
    !Array.isArray(body) &&
    !CALLS.some((name) => Object.hasOwn(body, name));
  if (operation === 'delete' || !isState) return { diff: UNKNOWN };
  // Paths that the application calls secret begin at the body itself.
  const inside = contentType === CALL ? stateInArguments(body) : body;
  const state = walk.redactor.paths === undefined ? stateIn(inside, type) : inside;
  if (typeof state !== 'object' || state === null) return { diff: UNKNOWN };
  const stated = changesStated(state, operation === 'create' ? 'add' : 'replace', walk, engine.fields(type));
  if (stated.length === 0) return { diff: UNKNOWN };
  const isMerge = operation !== 'create' && contentType?.includes(MERGE) === true;
  const changes = isMerge ? stated.map(merged) : stated;
  return { changes, diff: FROM_BODY, unordered: walk.unordered };
}

/** JSON Merge Patch (RFC 7396): null takes a member away. */
const MERGE = 'merge-patch+json';

function merged(change: Change): Change {
  return change.new === null ? { op: 'remove', path: change.path } : change;
}
