import { flowOf } from './flow-of.js';
import { handlerOf } from './handler.js';
import { readOf } from './reads.js';
import type { Route } from './route.js';
import type { RecogniseInput, Recognition } from './types.js';
import { writeOf } from './writes.js';

/** A flow of the table; else what the handler is called, where that says more; else method and shape of the route. */
export function meaningOf(method: string, route: Route, input: RecogniseInput): Recognition {
  const { flow, varies } = flowOf(method, route, input);
  if (flow !== undefined) return flow;
  const plain = plainOf(method, route, input);
  const told = handlerOf(method, plain, input) ?? plain;
  return varies || plain.varies || mayBeCall(route, method) ? { ...told, varies: true } : told;
}

/** Methods that only read, besides GET; those of WebDAV too. */
const READING: ReadonlySet<string> = new Set(['HEAD', 'M-SEARCH', 'PROPFIND', 'QUERY', 'REPORT', 'SEARCH']);

/** What the link of a mail does: `GET /unsubscribe/:ticket`. */
const WRITTEN_BY_GET: ReadonlySet<string> = new Set(['optout', 'unsubscribe']);

function plainOf(method: string, route: Route, input: RecogniseInput): Recognition {
  if (READING.has(method)) return readOf(route, input);
  if (method !== 'GET') return writeOf(method, route, input);
  const { parts } = route;
  const last = parts[parts.length - 1]?.words ?? parts[parts.length - 2]?.words;
  if (last?.length !== 1 || !WRITTEN_BY_GET.has(last[0] as string)) return readOf(route, input);
  return { ...writeOf('POST', route, input), why: `GET ${input.route.slice(0, 120)} is a link that writes` };
}

/** A POST to the root may be JSON-RPC the next time. */
function mayBeCall({ parts }: Route, method: string): boolean {
  const name = parts[0]?.words?.[0];
  return method === 'POST' && (parts.length === 0 || (parts.length === 1 && (name === 'rpc' || name === 'jsonrpc')));
}
