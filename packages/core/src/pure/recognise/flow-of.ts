import { tenantParamIn } from './answer.js';
import { endsInSecret, idOf } from './flow-id.js';
import { FLOWS, type Flow } from './flows/index.js';
import { grantOf } from './grants.js';
import { keysOf } from './keys.js';
import { mayBe, phraseOf, unify } from './phrases.js';
import type { Route } from './route.js';
import { shapeOf } from './shape.js';
import type { RecogniseInput, Recognition } from './types.js';

/** What the table of flows says about a request. */
export interface FlowAnswer {
  readonly flow?: Recognition;
  /** True when another body, or another visitor, could make the same route a flow. */
  readonly varies: boolean;
}

const NO_FLOW: FlowAnswer = { varies: false };

/** The first row of the table of flows that matches, if it means anything. */
export function flowOf(method: string, route: Route, input: RecogniseInput): FlowAnswer {
  let varies = false;
  for (const flow of rowsFor(method, route)) {
    const isBound = flow.keys !== undefined || flow.anonymous === true;
    varies ||= isBound;
    if (flow.keys !== undefined && !hasKey(flow.keys, keysOf(input))) continue;
    if (flow.anonymous === true && input.anonymous !== true) continue;
    if (flow.secret === true && !endsInSecret(route)) continue;
    if (flow.then === undefined) break;
    const granted = grantOf(flow, input.body, input.bodyKeys);
    const how = granted === flow ? howOf(flow) : ', by what its body brings';
    return { flow: found(granted, method, route, input, varies, how), varies };
  }
  return varies ? { varies } : NO_FLOW;
}

/** The rows of the table that match method and route, in the order of the table. */
export function rowsFor(method: string, { parts }: Route): readonly Flow[] {
  let about: Set<Flow> | undefined;
  for (const { words } of parts) {
    if (words === undefined) continue;
    for (const flow of aboutWords(words)) about = (about ?? new Set()).add(flow);
  }
  if (about === undefined) return NONE;
  const phrase = phraseOf(parts);
  const rows: Flow[] = [];
  for (const flow of FLOWS) if (about.has(flow) && isFor(flow.on, method) && flow.phrase.test(phrase)) rows.push(flow);
  return rows;
}

const TOPICS: ReadonlySet<string> = new Set(FLOWS.map((flow) => flow.about));
const NONE: readonly Flow[] = [];
const known = new WeakMap<readonly string[], readonly Flow[]>();

/** The rows about any word of one segment. */
function aboutWords(words: readonly string[]): readonly Flow[] {
  // Most segments are about none: they are not worth remembering.
  if (!words.some((word) => mayBe(word, TOPICS))) return NONE;
  const before = known.get(words);
  if (before !== undefined) return before;
  const here = unify(words).split(' ');
  const rows = here.some((word) => TOPICS.has(word)) ? FLOWS.filter((flow) => here.includes(flow.about)) : NONE;
  known.set(words, rows);
  return rows;
}

const METHODS: Readonly<Record<Flow['on'], ReadonlySet<string>>> = {
  any: new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  write: new Set(['POST', 'PUT', 'PATCH', 'DELETE']),
  set: new Set(['POST', 'PUT', 'PATCH']),
  put: new Set(['PUT', 'PATCH']),
  get: new Set(['GET']),
  post: new Set(['POST']),
  delete: new Set(['DELETE']),
};

function isFor(on: Flow['on'], method: string): boolean {
  return METHODS[on].has(method);
}

/** A full update often carries a password field; a short one with it is a change of password. */
const SHORT = 4;

function hasKey(keys: Flow['keys'], names: readonly string[] | undefined): boolean {
  if (keys === undefined || names === undefined) return false;
  return names.some((name) => keys.sure.test(name) || (names.length <= SHORT && keys.short.test(name)));
}

/** What more than the route told it. */
function howOf(flow: Flow): string {
  if (flow.keys !== undefined) return ', by what its body brings';
  return flow.anonymous === true ? ', as nobody is signed in' : '';
}

function found(
  flow: Flow,
  method: string,
  route: Route,
  input: RecogniseInput,
  varies: boolean,
  how: string,
): Recognition {
  const idParam = idOf(flow, route);
  const { parent } = shapeOf(route, method);
  const tenantParam = tenantParamIn(route, idParam);
  return {
    event: flow.silent !== true,
    action: flow.then ?? '',
    category: flow.category,
    operation: flow.operation,
    kind: flow.silent === true ? 'silent' : flow.named === true ? 'crud' : 'flow',
    resource: flow.resource,
    ...(idParam === undefined ? {} : { idParam }),
    ...(parent === undefined ? {} : { parent }),
    ...(tenantParam === undefined ? {} : { tenantParam }),
    why: `${method} ${input.route.slice(0, 120)} is ${flow.is}${how}`,
    varies: varies || flow.grant === true,
  };
}
