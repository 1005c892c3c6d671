import type { Call } from './graphql.js';
import { meaningOf } from './meaning.js';
import { readOf } from './reads.js';
import type { Part, Route } from './route.js';
import { silent } from './silent.js';
import type { Recognition } from './types.js';
import { wordsOf } from './words.js';

/** More calls in one request than this are not named one by one. */
const MAX_CALLS = 20;
/** More procedures in one request than this are not looked up. */
const MAX_NAMES = 100;

/**
 * The first call that writes names the request, else the first one; the others that write stand beside it. Where there are too
 * many, each procedure is named once before any is named twice, and the rest is counted: a crowd hides nobody. `undefined` when
 * there is none, or nothing but reads and more than anybody looks at.
 *
 * @param unseen how many calls there are besides these
 */
export function together(calls: readonly Call[], protocol: string, unseen = 0): Recognition | undefined {
  const known = new Map<string, Recognition>();
  const writing: Recognition[] = [];
  const again: Recognition[] = [];
  let reading: Recognition | undefined;
  let unknown = unseen;
  for (const call of calls) {
    const before = known.get(call.name);
    if (before === undefined && known.size >= MAX_NAMES) {
      unknown++;
      continue;
    }
    const meaning = before ?? called(call, protocol);
    known.set(call.name, meaning);
    if (!meaning.event || meaning.operation === 'read') reading ??= meaning;
    else (before === undefined ? writing : again).push({ ...meaning, call: call.place });
  }
  const named = new Set([...writing, ...again].slice(0, MAX_CALLS));
  const uncounted = writing.length + again.length - named.size + unknown;
  const [first, ...also] = inOrder(calls, named);
  if (first === undefined) return unknown === 0 ? reading : undefined;
  return {
    ...first,
    ...(also.length === 0 ? {} : { also: Object.freeze(also.map((each) => Object.freeze(each))) }),
    ...(uncounted === 0 ? {} : { more: uncounted }),
  };
}

function inOrder(calls: readonly Call[], named: ReadonlySet<Recognition>): readonly Recognition[] {
  const byPlace = new Map([...named].map((each) => [each.call, each] as const));
  return calls.flatMap(({ place }) => byPlace.get(place) ?? []);
}

function called({ type, name, place }: Call, protocol: string): Recognition {
  const words = name
    .slice(0, 256)
    .split(/[./:]/)
    .filter((each) => each !== '')
    .map(wordsOf);
  const parts: Part[] = words.map((each) => ({ words: each, text: each.join('') }));
  const route: Route = { parts, procedure: true, folder: undefined, ending: undefined };
  const text = words.map((each) => each.join(' ')).join('.');
  const said = `${protocol} ${type === 'unknown' ? 'call' : type} `;
  if (HEALTH.has(words.at(-1)?.join(' ') ?? ''))
    return { ...silent('health', `${said}${text}`), varies: true, call: place };
  const meaning =
    type === 'query'
      ? readOf(route, { method: 'GET', route: text })
      : meaningOf('POST', route, { method: 'POST', route: text });
  const why = meaning.why.replace(/^(?:GET|POST) /, said);
  return { ...meaning, why, varies: true, call: place };
}

/** Procedures that only ask whether anybody is there. */
const HEALTH: ReadonlySet<string> = new Set(['health', 'health check', 'healthcheck', 'heartbeat', 'ping']);
