import { type Call, graphqlCalls, MAX_CALLS } from './graphql.js';
import { meaningOf } from './meaning.js';
import { memberOf } from './member.js';
import { readOf } from './reads.js';
import type { Part, Route } from './route.js';
import { silent } from './silent.js';
import type { CallPlace, RecogniseInput, Recognition } from './types.js';
import { wordsOf } from './words.js';

/** GraphQL, JSON-RPC and tRPC batches say what is called in the body, or several calls in one route. */
export function callOf(method: string, route: Route, input: RecogniseInput): Recognition | undefined {
  const last = route.parts[route.parts.length - 1];
  const name = last?.words?.[last.words.length - 1] ?? '';
  const bodies = bodiesOf(input.body);
  const placeOf = (at: number) => (Array.isArray(input.body) ? at : undefined);
  if (name === 'graphql' || name === 'gql') {
    const calls = bodies.flatMap((body, at) => graphqlCalls(body, placeOf(at)));
    return (
      together(calls, 'GraphQL') ?? { ...silent('preflight', `${method} without a GraphQL operation`), varies: true }
    );
  }
  const batch = trpcBatch(method, input.route);
  if (batch?.length === 1) return { ...meaningOf(method, route, input), call: { protocol: 'trpc' } };
  if (batch !== undefined) return together(batch, 'tRPC');
  if (method !== 'POST') return undefined;
  return together(
    bodies.flatMap((body, at) => jsonRpcCall(body, placeOf(at), name === 'rpc' || name === 'jsonrpc')),
    'JSON-RPC',
  );
}

function bodiesOf(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body.slice(0, MAX_CALLS) : [body];
}

function jsonRpcCall(body: unknown, at: number | undefined, isEndpoint: boolean): readonly Call[] {
  const procedure = memberOf(body, 'method');
  if (typeof procedure !== 'string' || !(isEndpoint || memberOf(body, 'jsonrpc') !== undefined)) return [];
  const place: CallPlace = { protocol: 'json-rpc', ...(at === undefined ? {} : { at }) };
  return [{ type: 'unknown', name: namesOf(procedure), place }];
}

/** `/trpc/order.cancel,order.notify`: one request, one call or several. */
function trpcBatch(method: string, route: string): readonly Call[] | undefined {
  const procedures = /\/trpc\/([^/?{:*]+)$/.exec(route.slice(-2048))?.[1]?.split(',');
  if (procedures === undefined) return undefined;
  const type = method === 'GET' ? 'query' : 'unknown';
  const calls = procedures.slice(0, MAX_CALLS);
  return calls.map((procedure, at) => ({ type, name: namesOf(procedure), place: { protocol: 'trpc', at } }));
}

function namesOf(procedure: string): Call['name'] {
  const names = procedure.slice(0, 256).split(/[./:]/);
  return names.filter((each) => each !== '').map(wordsOf);
}

/** The first call that writes names the request, else the first one; the others that write stand beside it. */
function together(calls: readonly Call[], protocol: string): Recognition | undefined {
  const seen = calls.slice(0, MAX_CALLS).map((call) => called(call, protocol));
  const writing = seen.filter(({ event, operation }) => event && operation !== 'read');
  const [first, ...also] = writing.length > 0 ? writing : seen.slice(0, 1);
  return first === undefined || also.length === 0
    ? first
    : { ...first, also: Object.freeze(also.map((each) => Object.freeze(each))) };
}

function called({ type, name, place }: Call, protocol: string): Recognition {
  const parts: Part[] = name.map((words) => ({ words, text: words.join('') }));
  const route: Route = { parts, procedure: true, folder: undefined, ending: undefined };
  const text = name.map((words) => words.join(' ')).join('.');
  const why = `${protocol} ${type === 'unknown' ? 'call' : type} ${text.slice(0, 120)}`;
  if (HEALTH.has(name.at(-1)?.join(' ') ?? '')) return { ...silent('health', why), varies: true, call: place };
  const meaning =
    type === 'query'
      ? readOf(route, { method: 'GET', route: '' })
      : meaningOf('POST', route, { method: 'POST', route: '' });
  return { ...meaning, why, varies: true, call: place };
}

/** Procedures that only ask whether anybody is there. */
const HEALTH: ReadonlySet<string> = new Set(['health', 'health check', 'healthcheck', 'heartbeat', 'ping']);
