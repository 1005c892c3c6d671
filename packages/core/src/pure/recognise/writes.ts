import type { Operation } from '../../model/event.js';
import { answer, tenantParamIn } from './answer.js';
import { hasCreated } from './method.js';
import { FILES, ID_WORDS, PICTURES, READ_AREAS, SET_BY_POST } from './nouns.js';
import { isPlural, singularOf } from './plurals.js';
import { isExport, isList } from './reads.js';
import type { Route } from './route.js';
import { type Shape, shapeOf } from './shape.js';
import type { RecogniseInput, Recognition } from './types.js';
import { wordsOf } from './words.js';

type Made = readonly [verb: string, operation: Operation, kind: 'crud' | 'verb', why: string];

/** What a POST, PUT, PATCH or DELETE does: by the verb in the route, else by method and shape. */
export function writeOf(method: string, route: Route, input: RecogniseInput): Recognition {
  const shape = shapeOf(route, method);
  const [verb, operation, kind, why] =
    byVerb(method, shape) ?? byPlace(method, route) ?? byMethod(method, shape, input);
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
    why: `${method} ${input.route.slice(0, 120)} ${why}`,
  });
  return hasCreated(method, input) ? { ...found, varies: true } : found;
}

function byVerb(method: string, { verb, verbKind }: Shape): Made | undefined {
  if (verb === undefined || verbKind === undefined) return undefined;
  const why = `says ${verb}`;
  switch (verbKind) {
    case 'read':
    case 'list':
      return method === 'POST' || method === 'PUT' ? [verbKind, 'read', 'crud', `${why}: it only reads`] : undefined;
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
  if (route.procedure && (isPlural(word) || /[^e]ed$/.test(word)))
    return ['list', 'read', 'crud', 'names what it lists'];
  if (word === 'info' || word === 'userinfo') return ['read', 'read', 'crud', 'asks for information'];
  if (parts.some((part) => part.words?.length === 1 && READ_AREAS.has(part.words[0] as string))) {
    return [isList(route) ? 'list' : 'read', 'read', 'crud', 'asks a question'];
  }
  return undefined;
}

function byMethod(method: string, shape: Shape, input: RecogniseInput): Made {
  const { noun, idParam, endsInParam } = shape;
  if (method === 'DELETE') return ['delete', 'delete', 'crud', 'deletes'];
  if (hasCreated(method, input)) return ['create', 'create', 'crud', 'was answered 201: it created'];
  if (method !== 'POST') return ['update', 'update', 'crud', 'updates'];
  const isOwnId = endsInParam && idParam !== undefined && noun !== undefined && !isForeign(idParam, noun);
  const isSet = !endsInParam && noun?.length === 1 && SET_BY_POST.has(noun[0] as string);
  return isOwnId || isSet ? ['update', 'update', 'crud', 'updates'] : ['create', 'create', 'crud', 'creates'];
}

/** What names no other thing when it is the whole name of a parameter: `:id`, `:slug`. */
const OWN_NAMES: ReadonlySet<string> = new Set(
  'code file filename guid handle hash id identifier key kind locale name number param path pk ref sha slug splat tag token type uid uri uuid version'.split(
    ' ',
  ),
);

/** True for the id or the name of something else: `/comments/:postId`, `/items/:collection`. */
function isForeign(param: string, noun: readonly string[]): boolean {
  const words = wordsOf(param);
  const last = words[words.length - 1] as string;
  const isId = ID_WORDS.has(last);
  if (words.length === 1 ? last.length < 4 || OWN_NAMES.has(last) : !isId && !OWN_NAMES.has(last)) return false;
  const own = singularOf(noun.join(''));
  const stem = (words.length === 1 ? words : words.slice(0, -1)).map(singularOf);
  return !stem.some((word) => own.includes(word) || OWN_NAMES.has(word)) && !stem.join('').includes(own);
}

/** `DELETE /me`, `PATCH /users/me`, `DELETE /account`: somebody changes or deletes his own account. */
function isOwnAccount(verb: string, { parts }: Route): boolean {
  if ((verb !== 'delete' && verb !== 'update') || parts.length > 2) return false;
  const [first, second] = parts.map((part) => part.words?.join(' ') ?? ':');
  if (parts.length === 2)
    return /^(?:users?|accounts?|auth)$/.test(first ?? '') && /^(?:me|self|current|profile)$/.test(second ?? '');
  return /^(?:me|self|myself|current user|my account|account|profile|user|(?:change|update) (?:email|phone|profile|username))$/.test(
    first ?? '',
  );
}
