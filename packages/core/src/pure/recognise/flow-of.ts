import { tenantParamOf } from '../actor/tenant.js';
import { tenantParamIn } from './answer.js';
import { FLOWS, type Flow } from './flows/index.js';
import { grantOf } from './grants.js';
import { keysOf } from './keys.js';
import { phraseOf, unify } from './phrases.js';
import type { Route } from './route.js';
import { shapeOf } from './shape.js';
import type { RecogniseInput, Recognition } from './types.js';
import { typeOf } from './words.js';

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
    if (flow.then === undefined) break;
    return { flow: found(grantOf(flow, input.body, input.bodyKeys), method, route, input, varies), varies };
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

function found(flow: Flow, method: string, route: Route, input: RecogniseInput, varies: boolean): Recognition {
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
    why: `${method} ${input.route.slice(0, 120)} is ${flow.is}`,
    varies: varies || flow.grant === true,
  };
}

const ROLE = /^roles?$/;
const PERSON = /^(?:users?|members?|people)$/;

function isWord(words: readonly string[] | undefined, wanted: RegExp): boolean {
  return words?.length === 1 && wanted.test(words[0] as string);
}

const SECRET = /token|secret|key|code|hash|signature/i;

/** Whose account, session or invitation it is: the last parameter, unless that is a secret or the tenant. */
function idOf(flow: Flow, { parts }: Route): string | undefined {
  if (flow.then === 'auth.login' || flow.then === 'account.signup') return undefined;
  for (let at = parts.length - 1; at >= 0; at--) {
    const param = parts[at]?.param;
    if (param === undefined) continue;
    if (SECRET.test(param)) return undefined;
    const before = parts[at - 1]?.words;
    // `/users/:userId/roles/:roleId` is about the user.
    if (flow.about === 'role' && isWord(before, ROLE) && isWord(parts[at - 3]?.words, PERSON)) continue;
    if (at === parts.length - 1) return param;
    const isTenant = tenantParamOf(param, before === undefined ? undefined : typeOf(before));
    return isTenant || flow.then === 'member.invite' ? undefined : param;
  }
  return undefined;
}
