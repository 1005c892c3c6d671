import type { Operation } from '../../model/event.js';
import { answer, tenantParamIn } from './answer.js';
import { isForeign } from './foreign.js';
import { hasCreated } from './method.js';
import { ANALYSES, FILES, ONES, PICTURES, READ_AREAS, SET_BY_POST, SINGLETONS } from './nouns.js';
import { isPlural } from './plurals.js';
import { isQualifier } from './qualifiers.js';
import { isExport, isList } from './reads.js';
import type { Route } from './route.js';
import { type Shape, shapeOf } from './shape.js';
import type { RecogniseInput, Recognition } from './types.js';
import { lastOf } from './words.js';

type Made = readonly [verb: string, operation: Operation, kind: 'crud' | 'verb', why: string];

/** What a POST, PUT, PATCH or DELETE does: by the verb in the route, else by method and shape. */
export function writeOf(method: string, route: Route, input: RecogniseInput): Recognition {
  const shape = shapeOf(route, method);
  const [verb, operation, kind, why] =
    byVerb(method, shape, input.route) ?? byPlace(method, route) ?? byMethod(method, route, shape, input);
  const idParam = operation === 'create' && method !== 'PUT' ? undefined : shape.idParam;
  const own = isOwnAccount(verb, route);
  const found = answer({
    verb: own ? `${verb}_own` : verb,
    operation,
    kind,
    resource: own ? 'user' : shape.resource,
    idParam,
    parent: shape.parent,
    tenantParam: tenantParamIn(route, idParam),
    unnamed: shape.between,
    why: `${method} ${input.route.slice(0, 120)} ${own ? `${why} one's own account` : why}`,
  });
  return hasCreated(method, input) ? { ...found, varies: true } : found;
}

function byVerb(method: string, shape: Shape, route: string): Made | undefined {
  const { verb, verbKind } = shape;
  if (verb === undefined || verbKind === undefined) return undefined;
  // `DELETE /posts/:id/star` does not say that it means unstar.
  const isSaid = lettersOf(route).includes(lettersOf(verb));
  const why = `${isSaid ? 'says' : 'means'} ${verb.replace(/_/g, ' ')}`;
  switch (verbKind) {
    case 'read':
    case 'list':
      if (method !== 'POST' && method !== 'PUT') return undefined;
      return [asksForMany(shape) ? 'list' : verbKind, 'read', 'crud', `${why}: it only reads`];
    case 'create':
    case 'update':
    case 'delete':
      return [verbKind, verbKind, 'crud', why];
    case 'export':
    case 'download':
      return [verbKind, 'read', 'verb', why];
    default:
      return [verb, 'execute', 'verb', why];
  }
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** An analysis is one answer, however many things it is about. */
function isAnalysis({ parts }: Route): boolean {
  return parts.some(({ words }) => words?.length === 1 && ANALYSES.has(words[0] as string));
}

/** `POST /orders/get` asks for orders, `POST /orders/:id/get` for one. */
function asksForMany({ verb, noun, idParam }: Shape): boolean {
  if (idParam !== undefined || noun === undefined || (verb !== 'get' && verb !== 'fetch')) return false;
  const word = lastOf(noun);
  return isPlural(word) && !SINGLETONS.has(word);
}

function byPlace(method: string, route: Route): Made | undefined {
  if (method !== 'POST' && method !== 'PUT') return undefined;
  const { parts } = route;
  const words = parts[parts.length - 1]?.words;
  const word = words?.[words.length - 1] ?? '';
  const isPart = words?.length === 1 && parts.length > 1;
  if (isPart && (FILES.has(word) || (method === 'POST' && PICTURES.has(word))))
    return ['upload', 'execute', 'verb', 'takes a file'];
  if (method !== 'POST') return undefined;
  if (isExport(route) || word === 'exports') return ['export', 'read', 'verb', 'starts an export'];
  if (words?.length === 1 && word === 'imports') return ['import', 'execute', 'verb', 'starts an import'];
  if (route.procedure && words?.length === 1 && isQualifier(words))
    return [ONES.has(word) ? 'read' : 'list', 'read', 'crud', 'names what it asks for'];
  if (route.procedure && (isPlural(word) || /[^e]ed$/.test(word)))
    return ['list', 'read', 'crud', 'names what it lists'];
  if (words?.length === 1 && IDS.has(word) && parts[parts.length - 2]?.words !== undefined)
    return ['list', 'read', 'crud', 'asks for what it names'];
  if (words?.[0] === 'by' && words.length > 1)
    return [isPlural(word) ? 'list' : 'read', 'read', 'crud', 'asks for what it names'];
  if (word === 'info' || word === 'userinfo') return ['read', 'read', 'crud', 'asks for information'];
  if (parts.some((part) => part.words?.length === 1 && READ_AREAS.has(part.words[0] as string))) {
    return [!isAnalysis(route) && isList(route) ? 'list' : 'read', 'read', 'crud', 'asks a question'];
  }
  return undefined;
}

/** `POST /users/ids` asks for those users. */
const IDS: ReadonlySet<string> = new Set(['ids', 'usernames', 'uuids']);

function byMethod(method: string, { parts }: Route, shape: Shape, input: RecogniseInput): Made {
  const { noun, idParam, endsInParam } = shape;
  if (method === 'DELETE') return ['delete', 'delete', 'crud', 'deletes'];
  if (hasCreated(method, input)) return ['create', 'create', 'crud', 'was answered 201: it created'];
  if (method !== 'POST') return ['update', 'update', 'crud', 'updates'];
  const isOwnId = endsInParam && idParam !== undefined && noun !== undefined && !isForeign(idParam, noun);
  const isSet = !endsInParam && noun?.length === 1 && SET_BY_POST.has(noun[0] as string);
  const last = parts[parts.length - 1]?.words;
  const isOne = last?.length === 1 && parts.length > 1 && ONES.has(last[0] as string);
  if (isOwnId || isOne) return ['update', 'update', 'crud', 'names one: it updates'];
  return isSet ? ['update', 'update', 'crud', 'sets the only one'] : ['create', 'create', 'crud', 'creates'];
}

/** `DELETE /me`, `PATCH /users/me`, `DELETE /account`: somebody changes or deletes his own account. */
function isOwnAccount(verb: string, { parts, procedure }: Route): boolean {
  if ((verb !== 'delete' && verb !== 'update') || parts.length > 3) return false;
  const names = parts.map((part) => part.words?.join(' ') ?? ':');
  if (names[names.length - 1] === verb) names.pop();
  if (names.length > 2) return false;
  const [first, second] = names;
  // The procedure `user.delete` is for any of them.
  if (procedure && first === 'user') return false;
  if (names.length === 2)
    return /^(?:users?|accounts?|auth)$/.test(first ?? '') && /^(?:me|self|current|profile)$/.test(second ?? '');
  return /^(?:me|self|myself|current user|my account|account|profile|user|(?:change|update) (?:email|phone|profile|username))$/.test(
    first ?? '',
  );
}
