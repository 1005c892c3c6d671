import { type Call, graphqlCalls } from './graphql.js';
import { meaningOf } from './meaning.js';
import { memberOf } from './member.js';
import type { Route } from './route.js';
import { silent } from './silent.js';
import { together } from './together.js';
import type { CallPlace, RecogniseInput, Recognition } from './types.js';

/** GraphQL, JSON-RPC and tRPC batches say what is called in the body, or several calls in one route. */
export function callOf(method: string, route: Route, input: RecogniseInput): Recognition | undefined {
  const last = route.parts[route.parts.length - 1];
  const name = last?.words?.[last.words.length - 1] ?? '';
  const bodies = bodiesOf(input.body);
  const unseen = Array.isArray(input.body) ? input.body.length - bodies.length : 0;
  const placeOf = (at: number) => (Array.isArray(input.body) ? at : undefined);
  if (name === 'graphql' || name === 'gql') {
    const calls = bodies.flatMap((body, at) => graphqlCalls(body, placeOf(at)));
    return together(calls, 'GraphQL', unseen) ?? unreadable(method, input, 'graphql');
  }
  const batch = trpcBatch(method, input.route);
  if (batch?.length === 1) return { ...meaningOf(method, route, input), call: { protocol: 'trpc' } };
  if (batch !== undefined) return together(batch, 'tRPC') ?? unreadable(method, input, 'rpc');
  if (method !== 'POST') return undefined;
  // Anywhere else a body could say so of itself, to be taken for something harmless.
  const isNamed = name === 'rpc' || name === 'jsonrpc';
  if (!isNamed && route.parts.length > 0) return undefined;
  const calls = bodies.flatMap((body, at) => jsonRpcCall(body, placeOf(at), isNamed));
  if (calls.length === 0) return undefined;
  return together(calls, 'JSON-RPC', unseen) ?? unreadable(method, input, 'rpc');
}

/** More elements of a batch than this are not looked at. */
const MAX_BODIES = 1_000;

function bodiesOf(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body.slice(0, MAX_BODIES) : [body];
}

/** What a server ran although nobody can say what it was: too long, too many, or persisted under a hash. */
function unreadable(method: string, { body, route, status }: RecogniseInput, what: 'graphql' | 'rpc'): Recognition {
  // Of a route alone, without a request, nothing ran.
  const ran = status === undefined ? body !== undefined : status < 400;
  if (method !== 'POST' || !ran) {
    const brings = what === 'graphql' ? 'no GraphQL operation' : 'no call';
    return { ...silent('preflight', method), why: `${method} ${route.slice(0, 120)} brings ${brings}`, varies: true };
  }
  return {
    event: true,
    action: `${what}.execute`,
    category: 'data',
    operation: 'execute',
    kind: 'verb',
    why: 'calls that could not be read',
    varies: true,
  };
}

function jsonRpcCall(body: unknown, at: number | undefined, isEndpoint: boolean): readonly Call[] {
  const procedure = memberOf(body, 'method');
  if (typeof procedure !== 'string' || !(isEndpoint || memberOf(body, 'jsonrpc') !== undefined)) return [];
  const place: CallPlace = { protocol: 'json-rpc', ...(at === undefined ? {} : { at }) };
  return [{ type: 'unknown', name: procedure, place }];
}

/** `/trpc/order.cancel,order.notify`: one request, one call or several. */
function trpcBatch(method: string, route: string): readonly Call[] | undefined {
  const procedures = /\/trpc\/([^/?{:*]+)$/.exec(route.slice(-2048))?.[1]?.split(',');
  const type = method === 'GET' ? 'query' : 'unknown';
  return procedures?.map((name, at) => ({ type, name, place: { protocol: 'trpc', at } }));
}
