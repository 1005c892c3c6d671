import { answer } from './answer.js';
import { flowOf } from './flow-of.js';
import { readOf } from './reads.js';
import type { Part, Route } from './route.js';
import type { RecogniseInput, Recognition } from './types.js';
import { verbOf } from './verbs.js';
import { wordsOf } from './words.js';
import { writeOf } from './writes.js';

/** A flow of the table; else what the handler is called, where that says more; else method and shape of the route. */
export function meaningOf(method: string, route: Route, input: RecogniseInput): Recognition {
  const { flow, varies } = flowOf(method, route, input);
  if (flow !== undefined) return flow;
  const plain = plainOf(method, route, input);
  const told = handlerOf(method, plain, input) ?? plain;
  return varies || mayBeCall(route, method) ? { ...told, varies: true } : told;
}

/** What the link of a mail does: `GET /unsubscribe/:ticket`. */
const WRITTEN_BY_GET: ReadonlySet<string> = new Set(['optout', 'unsubscribe']);

function plainOf(method: string, route: Route, input: RecogniseInput): Recognition {
  if (method === 'HEAD' || method === 'QUERY') return readOf(route, input);
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

/** Names that frameworks and habits give to every handler. */
const HABITS: ReadonlySet<string> = new Set(
  'call execute handle index invoke perform post process put render run submit'.split(' '),
);

/** `OrdersController.refund` says more than `POST /orders/:id/actions`. */
function handlerOf(method: string, plain: Recognition, input: RecogniseInput): Recognition | undefined {
  const name = input.handler?.method;
  if (name === undefined || plain.kind !== 'crud' || plain.operation === 'read') return undefined;
  const words = wordsOf(name);
  const controller = wordsOf(input.handler?.controller ?? '').filter((word) => word !== 'controller' && word !== 'app');
  const parts: Part[] = [controller, words]
    .filter((each) => each.length > 0)
    .map((each) => ({ words: each, text: each.join('') }));
  const { flow } = flowOf(
    method,
    { parts, procedure: true, folder: undefined, ending: undefined },
    { method, route: '' },
  );
  if (flow !== undefined) return { ...flow, ...keptOf(plain), why: `the handler ${name.slice(0, 80)}: ${flow.why}` };
  const verb = words[0];
  if (verb === undefined || HABITS.has(verb) || verbOf(verb) !== 'own') return undefined;
  const { resource, idParam, parent, tenantParam } = plain;
  const why = `the handler is called ${name.slice(0, 80)}`;
  return answer({ verb, operation: 'execute', kind: 'verb', resource, idParam, parent, tenantParam, why });
}

function keptOf({
  idParam,
  parent,
  tenantParam,
}: Recognition): Pick<Recognition, 'idParam' | 'parent' | 'tenantParam'> {
  return {
    ...(idParam === undefined ? {} : { idParam }),
    ...(parent === undefined ? {} : { parent }),
    ...(tenantParam === undefined ? {} : { tenantParam }),
  };
}
