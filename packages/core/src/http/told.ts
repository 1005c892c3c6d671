import type { Engine } from '../engine/engine.js';
import { nameOf } from '../engine/scope.js';
import type { Change, Diff, Operation } from '../model/event.js';
import { changesBetween } from '../pure/changes.js';
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

/** Bodies that say how, not what: credentials, GraphQL, JSON-RPC. */
const NO_STATE = /^account\.(?:password|mfa|verify)/;
const CALLS = ['query', 'jsonrpc', 'operationName'];

/** What the body of a create or update says: the new values, and nothing about the old ones. */
export function toldByRoute(
  engine: Engine,
  deed: { readonly action: string; readonly operation: Operation },
  given: unknown,
  isCall: boolean,
): Told | undefined {
  const { action, operation } = deed;
  if (operation === 'execute' || NO_STATE.test(action)) return undefined;
  const body = isCall ? stateIn(given) : given;
  const isState =
    typeof body === 'object' &&
    body !== null &&
    !Array.isArray(body) &&
    !CALLS.some((name) => Object.hasOwn(body, name));
  if (operation === 'delete' || !isState) return { diff: UNKNOWN };
  const walk = newWalk(engine.settings.redactor);
  const added = changesBetween(undefined, body, walk);
  if (added.length === 0) return { diff: UNKNOWN };
  const changes = operation === 'create' ? added : added.map((change): Change => ({ ...change, op: 'replace' }));
  return { changes, diff: FROM_BODY, unordered: walk.unordered };
}

const WRAPPERS = ['input', 'data', 'attributes', 'payload'];

/** The part of a call's arguments that is the state of the resource: `updateOrder(id: 7, input: { ... })`. */
function stateIn(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  const wrapper = WRAPPERS.find((name) => Object.hasOwn(args, name));
  const inner: unknown = wrapper === undefined ? undefined : Reflect.get(args, wrapper);
  if (typeof inner === 'object' && inner !== null) return inner;
  const { id: _id, ...rest } = args as Readonly<Record<string, unknown>>;
  return rest;
}
