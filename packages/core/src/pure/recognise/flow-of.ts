import { tenantParamOf } from '../actor/tenant.js';
import { tenantParamIn } from './answer.js';
import { FLOWS, type Flow } from './flows.js';
import { grantOf } from './grants.js';
import { phraseOf } from './phrases.js';
import type { Route } from './route.js';
import { shapeOf } from './shape.js';
import type { RecogniseInput, Recognition } from './types.js';
import { typeOf } from './words.js';

const TOPICS: ReadonlySet<string> = new Set(FLOWS.map((flow) => flow.about));

/** The first row of the table of flows that matches, if it means anything. */
export function flowOf(method: string, route: Route, input: RecogniseInput): Recognition | undefined {
  for (const flow of rowsFor(method, route)) {
    if (flow.keys !== undefined && !hasKey(flow.keys, input.bodyKeys)) continue;
    if (flow.anonymous === true && input.anonymous !== true) continue;
    if (flow.then === '') return undefined;
    return found(grantOf(flow, input.body, input.bodyKeys), method, route, input);
  }
  return undefined;
}

/** True when another body, or another visitor, could make the same route a flow. */
export function mayFlow(method: string, route: Route): boolean {
  for (const flow of rowsFor(method, route)) {
    if (flow.then === '') return false;
    if (flow.keys !== undefined || flow.anonymous === true) return true;
  }
  return false;
}

/** The rows of the table that match method and route, in the order of the table. */
export function* rowsFor(method: string, { parts }: Route): Generator<Flow> {
  const phrase = phraseOf(parts);
  let topics: Set<string> | undefined;
  for (const word of phrase.split(/[/ ]/)) if (TOPICS.has(word)) topics = (topics ?? new Set()).add(word);
  if (topics === undefined) return;
  for (const flow of FLOWS) {
    if (topics.has(flow.about) && isFor(flow.on, method) && flow.phrase.test(phrase)) yield flow;
  }
}

const METHODS: Readonly<Record<Flow['on'], string>> = {
  any: 'GET POST PUT PATCH DELETE',
  write: 'POST PUT PATCH DELETE',
  set: 'POST PUT PATCH',
  put: 'PUT PATCH',
  get: 'GET',
  post: 'POST',
  delete: 'DELETE',
};

function isFor(on: Flow['on'], method: string): boolean {
  return METHODS[on].split(' ').includes(method);
}

/** A full update often carries a password field; a short one with it is a change of password. */
const SHORT = 4;

function hasKey(keys: Flow['keys'], names: readonly string[] | undefined): boolean {
  if (keys === undefined || names === undefined) return false;
  return names.some((name) => keys.sure.test(name) || (names.length <= SHORT && keys.short.test(name)));
}

function found(flow: Flow, method: string, route: Route, input: RecogniseInput): Recognition {
  const idParam = idOf(flow, route);
  const { parent } = shapeOf(route, method);
  const tenantParam = tenantParamIn(route, idParam);
  return {
    event: flow.silent !== true,
    action: flow.then,
    category: flow.category,
    operation: flow.operation,
    kind: flow.silent === true ? 'silent' : flow.named === true ? 'crud' : 'flow',
    resource: flow.resource,
    ...(idParam === undefined ? {} : { idParam }),
    ...(parent === undefined ? {} : { parent }),
    ...(tenantParam === undefined ? {} : { tenantParam }),
    why: `${method} ${input.route.slice(0, 120)} is ${flow.is}`,
    varies: flow.keys !== undefined || flow.anonymous === true || flow.grant === true,
  };
}

const SECRET = /token|secret|key|code|hash|signature/i;

/** Whose account, session or invitation it is: the last parameter, unless that is a secret or the tenant. */
function idOf(flow: Flow, { parts }: Route): string | undefined {
  if (flow.then === 'auth.login' || flow.then === 'account.signup') return undefined;
  for (let at = parts.length - 1; at >= 0; at--) {
    const param = parts[at]?.param;
    if (param === undefined) continue;
    if (SECRET.test(param)) return undefined;
    if (at === parts.length - 1) return param;
    const before = parts[at - 1]?.words;
    const isTenant = tenantParamOf(param, before === undefined ? undefined : typeOf(before));
    return isTenant || flow.then === 'member.invite' ? undefined : param;
  }
  return undefined;
}
