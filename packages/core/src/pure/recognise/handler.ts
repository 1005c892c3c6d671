import type { Operation } from '../../model/event.js';
import { answer } from './answer.js';
import { flowOf } from './flow-of.js';
import type { Part } from './route.js';
import type { RecogniseInput, Recognition } from './types.js';
import { verbOf } from './verbs.js';
import { wordsOf } from './words.js';

/** Names that frameworks and habits give to every handler. */
const HABITS: ReadonlySet<string> = new Set(
  'call execute handle index invoke perform post process put render run submit'.split(' '),
);

/** What the first word of a handler's name does to the resource, where method and shape of the route may be wrong. */
export const HANDLER_VERBS: ReadonlyMap<string, readonly [verb: string, operation: Operation]> = new Map(
  (
    [
      ['create', 'create', 'add create insert make new'],
      ['update', 'update', 'amend change edit modify patch rename update'],
      ['delete', 'delete', 'delete destroy erase purge remove'],
      ['list', 'read', 'list query search'],
      ['read', 'read', 'count fetch find get has is lookup preview read retrieve show'],
    ] as const
  ).flatMap(([verb, operation, words]) => words.split(' ').map((word) => [word, [verb, operation]] as const)),
);

/** `OrdersController.refund` says more than `POST /orders/:id/actions`, and `create` more than PUT. */
export function handlerOf(method: string, plain: Recognition, input: RecogniseInput): Recognition | undefined {
  const name = input.handler?.method;
  if (name === undefined || plain.kind !== 'crud' || plain.operation === 'read') return undefined;
  const words = wordsOf(name);
  const flow = flowOfHandler(method, words, input);
  if (flow !== undefined) return { ...flow, ...keptOf(plain), why: `by its handler, ${flow.why}` };
  // What was answered 201 has created, whatever its handler is called.
  if (method === 'PUT' && plain.operation === 'create') return undefined;
  const [verb, operation] = doneBy(words, method) ?? [];
  if (verb === undefined || operation === undefined || operation === plain.operation) return undefined;
  // To book is to create a booking.
  if (plain.operation === 'create' && plain.resource?.startsWith(verb.replace(/e$/, '')) === true) return undefined;
  const { resource, idParam, parent, tenantParam } = plain;
  const why = `the handler is called ${name.slice(0, 80)}`;
  const kind = operation === 'execute' ? 'verb' : 'crud';
  return answer({ verb, operation, kind, resource, idParam, parent, tenantParam, why });
}

/** What the name says is done: a verb of the product's own, or what a POST, PUT or PATCH is not known by. */
function doneBy(words: readonly string[], method: string): readonly [string, Operation] | undefined {
  const [verb] = words;
  if (verb === undefined || HABITS.has(verb)) return undefined;
  const known = HANDLER_VERBS.get(verb);
  if (known !== undefined) {
    // `findOrCreate` writes, and whatever a DELETE is called, it deletes.
    return words.includes('or') || words.includes('and') || method === 'DELETE' ? undefined : known;
  }
  return verbOf(verb) === 'own' ? [verb, 'execute'] : undefined;
}

function flowOfHandler(method: string, words: readonly string[], input: RecogniseInput): Recognition | undefined {
  const controller = wordsOf(input.handler?.controller ?? '').filter((word) => word !== 'controller' && word !== 'app');
  const parts: Part[] = [controller, words]
    .filter((each) => each.length > 0)
    .map((each) => ({ words: each, text: each.join('') }));
  const route = { parts, procedure: true, folder: undefined, ending: undefined };
  const called = [input.handler?.controller, input.handler?.method].filter((each) => each !== undefined).join('.');
  return flowOf(method, route, { method, route: called }).flow;
}

function keptOf({ idParam, parent, tenantParam }: Recognition): Partial<Recognition> {
  return {
    ...(idParam === undefined ? {} : { idParam }),
    ...(parent === undefined ? {} : { parent }),
    ...(tenantParam === undefined ? {} : { tenantParam }),
  };
}
