import { type Deed, deedOf, idParamOf } from '../deed.js';
import { type RecogniseInput, type Recognition, recognise } from '../recognise/index.js';
import type { RuleInput, Verdict } from '../rules.js';
import { gapsOf } from './gaps.js';
import type { ListedRoute } from './listed.js';
import type { RouteCoverage } from './row.js';

/** Who decides about requests: the very functions that requests are asked with. */
export interface Deciders {
  readonly recognise: (input: RecogniseInput) => Recognition;
  readonly decide: (input: RuleInput) => Verdict;
  /** Resource types that have a loader, in their order. */
  readonly loadable: readonly string[];
}

/** A row, and whether the route by itself leaves no event: it only reads, or no trail wants it. */
export interface Judged {
  readonly row: RouteCoverage;
  readonly quiet: boolean;
}

const NEVER: ReadonlySet<string> = new Set(['HEAD', 'OPTIONS', 'TRACE', 'CONNECT']);
const WRITING = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** What becomes of the requests of a route; `undefined` for a read by GET. */
export function judge(listed: ListedRoute, deciders: Deciders): Judged | undefined {
  const { method, unnamed } = listed;
  if (NEVER.has(method)) return undefined;
  if (unnamed !== undefined) return method === 'GET' ? undefined : judgeUnnamed(listed, unnamed, deciders);
  return method === 'ALL' ? judgeAll(listed, deciders) : judgeNamed(listed, deciders);
}

function judgeNamed(listed: ListedRoute, deciders: Deciders): Judged | undefined {
  const { method, route, handler, told = {} } = listed;
  const input: RecogniseInput = { method, route, ...(handler === undefined ? {} : { handler }) };
  const recognition = deciders.recognise(input);
  const silent = !recognition.event && told.action === undefined && told.level === undefined;
  // GraphQL, for one: only a body says what it does.
  if (silent && recognition.varies) return judgeUnnamed(listed, 'each request says what it does', deciders);
  const deed = deedOf(told.action, recognition);
  const resource = told.resource ?? recognition.resource;
  const fate = fateOf(listed, silent ? recognition.why : undefined, deed, resource, deciders);
  // An application that silences what would be an event has decided so; that is to be seen.
  const isRead = deed.operation === 'read' || (silent && !recognise(input).event);
  if (method === 'GET' && isRead) return undefined;
  const usual = idParamOf(recognition, told.resource);
  const param = told.idParam === undefined ? usual : told.idParam;
  // What a wildcard matched is no id.
  const idParam = typeof param === 'string' && route.includes(`:${param}`) ? param : undefined;
  const { loadable } = deciders;
  const row = rowOf(listed, fate, {
    action: deed.action,
    ...(resource === undefined ? {} : { resource }),
    ...(idParam === undefined ? {} : { idParam }),
    why: told.action === undefined ? recognition.why : 'named by the application',
    varies: recognition.varies,
    gaps:
      fate.level === 'none'
        ? []
        : gapsOf({ method, route, deed, resource, idParam: usual, level: fate.level, loadable }),
  });
  return { row, quiet: isRead && !row.recorded };
}

/** A route whose requests have no common name: rules that look at no action still say whether they are recorded. */
function judgeUnnamed(listed: ListedRoute, why: string, deciders: Deciders): Judged {
  const deed: Deed = { action: 'request.execute', category: 'data', operation: 'execute' };
  const fate = fateOf(listed, undefined, deed, undefined, deciders);
  return { row: rowOf(listed, fate, { why, varies: true, gaps: [] }), quiet: false };
}

/** A route for every method is recorded when every method that writes is. */
function judgeAll(listed: ListedRoute, deciders: Deciders): Judged | undefined {
  const all = WRITING.map((method) => judge({ ...listed, method }, deciders)).filter((one) => one !== undefined);
  const told = all.filter(({ quiet }) => !quiet);
  const worst = (told.find(({ row }) => !row.recorded) ?? told[0] ?? all[0])?.row;
  if (worst === undefined) return undefined;
  const { action, idParam, ...rest } = worst;
  const [only, ...others] = new Set(told.map(({ row }) => row.action));
  const same = only !== undefined && others.length === 0 ? { action: only } : {};
  const why = others.length === 0 ? worst.why : 'each request is named by its method';
  const row = { ...rest, ...same, ...(idParam === undefined ? {} : { idParam }), why, method: 'ALL', varies: true };
  return { row: named(row), quiet: told.length === 0 };
}

type Fate = Pick<RouteCoverage, 'level' | 'rule' | 'unrecorded'>;

function fateOf(
  { method, route, told, unwatched }: ListedRoute,
  silence: string | undefined,
  deed: Deed,
  resource: string | undefined,
  { decide }: Deciders,
): Fate {
  const reason = unwatched ?? silence;
  if (reason !== undefined) return { level: 'none', unrecorded: reason };
  if (told?.level !== undefined)
    return told.level === 'none' ? { level: 'none', unrecorded: 'its decorator says so' } : { level: told.level };
  const { action, category, operation } = deed;
  const verdict = decide({ action, category, operation, outcome: 'success', resource, method, route });
  return verdict.level === 'none' ? { ...verdict, unrecorded: `rule \`${verdict.rule ?? ''}\`` } : verdict;
}

type Said = Pick<RouteCoverage, 'action' | 'resource' | 'idParam' | 'why' | 'varies' | 'gaps'>;

function rowOf({ method, route, handler }: ListedRoute, fate: Fate, said: Said): RouteCoverage {
  const name = handler === undefined ? {} : { handler: `${handler.controller}.${handler.method}` };
  return named({ method, route, ...name, ...said, ...fate, recorded: fate.level !== 'none' });
}

/** Gives a row its name, which no comparison of rows sees. */
function named(row: RouteCoverage): RouteCoverage {
  return Object.freeze(Object.defineProperty(row, 'toString', { value: () => `${row.method} ${row.route}` }));
}
