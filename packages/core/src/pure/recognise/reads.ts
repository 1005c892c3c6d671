import { answer, tenantParamIn } from './answer.js';
import { COUNTED, LISTS, MANY, ONES, PEOPLE, PREPOSITIONS, SINGLETONS, WHOLE } from './nouns.js';
import { isPlural } from './plurals.js';
import { DOCUMENTS } from './prefixes.js';
import { saysWhich } from './qualifiers.js';
import type { Part, Route } from './route.js';
import { type Shape, shapeOf } from './shape.js';
import type { RecogniseInput, Recognition } from './types.js';
import { lastOf } from './words.js';

/** What a GET asks for: one, many, an export or a download. */
export function readOf(route: Route, input: RecogniseInput): Recognition {
  const shape = shapeOf(route, 'GET');
  const { resource, idParam, parent } = shape;
  const verb = verbOfRead(route, shape);
  return answer({
    verb,
    operation: 'read',
    kind: verb === 'export' ? 'verb' : 'crud',
    resource,
    idParam,
    parent,
    tenantParam: tenantParamIn(route, idParam),
    why: `${input.method.toUpperCase()} ${input.route.slice(0, 120)} ${WHAT[verb]}`,
  });
}

const WHAT = {
  read: 'asks for one',
  list: 'asks for many',
  export: 'is an export',
  download: 'is a download',
} as const;

function verbOfRead(route: Route, shape: Shape): keyof typeof WHAT {
  if (shape.verbKind === 'export' || isExport(route)) return 'export';
  if (isDocument(route)) return 'export';
  if (shape.verbKind === 'download') return 'download';
  return isList(route) ? 'list' : 'read';
}

/** `/orders.csv` and `/orders/csv`; `/orders/:id/pdf` is how one order is read. */
function isDocument({ parts, ending }: Route): boolean {
  if (ending !== undefined && DOCUMENTS.has(ending)) return true;
  const words = parts[parts.length - 1]?.words;
  const many = parts[parts.length - 2]?.words;
  return words?.length === 1 && DOCUMENTS.has(words[0] as string) && isPlural(lastOf(many ?? []));
}

/** `/export`, `/export_relations`, `/projects/:id/export/download`; `/exports` is a list of exports. */
export function isExport({ parts }: Route): boolean {
  const last = parts[parts.length - 1]?.words;
  return (
    last !== undefined &&
    last[last.length - 1] !== 'status' &&
    (last[0] === 'export' || last[last.length - 1] === 'export' || parts[parts.length - 2]?.words?.[0] === 'export')
  );
}

/** `get-user` asks for one. */
const ASKING: ReadonlySet<string> = new Set('check describe fetch get is lookup read retrieve show view'.split(' '));

/** `count-orders` and `verify-credentials` ask one question, of however many. */
const ANSWERED_ONCE: ReadonlySet<string> = new Set('count has is validate verify'.split(' '));

/** Does it answer with many? Plurals do; a singular at the top is a collection with a singular name. */
export function isList({ parts, procedure }: Route): boolean {
  const at = parts.length - 1;
  const words = parts[at]?.words;
  const first = words?.[0];
  if (words === undefined || first === undefined) return false;
  if (first === 'list' || (procedure && words.includes('list'))) return true;
  const preposition = words.findIndex((word) => PREPOSITIONS.has(word));
  const head = preposition > 0 ? preposition : words.length;
  const word = words[head - 1] as string;
  if (isPlural(word)) return !SINGLETONS.has(word) && !(words.length > 1 && ANSWERED_ONCE.has(first));
  const alone = words.length === 1;
  if (alone && (LISTS.has(word) || (WHOLE.has(word) && at > 0))) return true;
  if (procedure && parts[at - 1]?.words?.includes('list')) return true;
  const before = parts[at - 1]?.words;
  const owner = before?.[before.length - 1] ?? '';
  if (saysWhich(parts, at)) return true;
  if (MANY.has(word) || word === 'following' || (head <= 2 && /[^e]ed$/.test(word))) {
    return before === undefined || isPlural(owner) || PEOPLE.has(owner) || ONES.has(owner);
  }
  // `/search/code` asks for many, whatever it is about.
  if (parts[0]?.words?.[0] === 'search') return true;
  if (SINGLETONS.has(word) || (alone && ONES.has(word))) return false;
  if (ASKING.has(first) || procedure) return false;
  return parts.length === 1 || (COUNTED.has(word) && speaksInSingular(parts));
}

/** True when no collection of the route has a plural name: `/board/:id/sprint`, not `/boards/:id/sprint`. */
function speaksInSingular(parts: readonly Part[]): boolean {
  for (let at = 0; at < parts.length - 1; at++) {
    const words = parts[at]?.words;
    if (words !== undefined && isPlural(lastOf(words))) return false;
  }
  return true;
}
