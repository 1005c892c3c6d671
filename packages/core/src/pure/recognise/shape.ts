import { ADVERBS, HOWS, MANY, ONES, PREPOSITIONS } from './nouns.js';
import { isPlural } from './plurals.js';
import type { Part, Route } from './route.js';
import {
  ATTRIBUTES,
  NOUN_OR_VERB,
  OPPOSITES,
  TOGGLES,
  VERBS_ALONE,
  VERBS_OF_PUT,
  type VerbKind,
  verbOf,
  verbOfState,
} from './verbs.js';
import { typeOf } from './words.js';

/** What the segments of a route are to each other. */
export interface Shape {
  readonly verb: string | undefined;
  readonly verbKind: VerbKind | undefined;
  readonly resource: string | undefined;
  readonly idParam: string | undefined;
  readonly parent: { readonly type: string; readonly param: string } | undefined;
  /** Words of the last segment that is neither verb nor qualifier: the noun of the route, as it was written. */
  readonly noun: readonly string[] | undefined;
  readonly endsInParam: boolean;
}

interface Found {
  readonly verb: string;
  readonly kind: VerbKind;
  /** The noun next to the verb in the same segment: `sync-organizations`. */
  readonly object: readonly string[];
}

/** Finds verb, resource, id and parent of a route. */
export function shapeOf(route: Route, method: string): Shape {
  const { parts } = route;
  const last = parts.length - 1;
  let verbAt = -1;
  let found: Found | undefined;
  for (let at = last; at >= 0 && at >= last - 2; at--) {
    const words = parts[at]?.words;
    if (words === undefined) continue;
    found = verbIn(parts, at, method, route.procedure && at === last);
    if (found !== undefined) {
      verbAt = at;
      break;
    }
    if (!isQualifier(words)) {
      found = objectOf(parts, at, method);
      if (found !== undefined) verbAt = at;
      break;
    }
  }
  const end = found === undefined ? last : verbAt - 1;
  const endsInParam = parts[last]?.words === undefined && last >= 0;
  let nounAt = -1;
  for (let at = end; at >= 0; at--) {
    const words = parts[at]?.words;
    if (words !== undefined && !isQualifier(words)) {
      nounAt = at;
      break;
    }
  }
  let noun = parts[nounAt]?.words;
  let idParam = lastParam(parts, nounAt + 1, end);
  if (found !== undefined && verbAt < last) idParam = lastParam(parts, verbAt + 1, last) ?? idParam;
  if (
    found !== undefined &&
    found.object.length > 0 &&
    found.kind !== 'own' &&
    !(found.kind === 'update' && idParam !== undefined)
  ) {
    noun = found.object;
    idParam = verbAt < last ? lastParam(parts, verbAt + 1, last) : undefined;
    nounAt = verbAt;
  } else if (found !== undefined && found.object.length > 0) {
    if (parts[verbAt - 1]?.words === undefined && verbAt > 0)
      found = { ...found, verb: `${found.verb}_${found.object.join('_')}` };
    else {
      noun = found.object;
      idParam = verbAt < last ? lastParam(parts, verbAt + 1, last) : undefined;
      nounAt = verbAt;
    }
  }
  const resource = noun === undefined ? undefined : typeOf(noun);
  return {
    endsInParam,
    verb: found?.verb,
    verbKind: found?.kind,
    resource: resource === '' ? undefined : resource,
    noun,
    idParam,
    parent: parentOf(parts, nounAt),
  };
}

function isQualifier(words: readonly string[]): boolean {
  const word = words[0] as string;
  return words.length === 1 && (ONES.has(word) || MANY.has(word) || HOWS.has(word));
}

/** A verb with its object behind it: `/import/github`, `/account/unlink/google`. */
function objectOf(parts: readonly Part[], at: number, method: string): Found | undefined {
  const verb = parts[at - 1]?.words;
  const object = parts[at]?.words;
  if (method !== 'POST' || verb?.length !== 1 || object === undefined || at !== parts.length - 1) return undefined;
  const word = verb[0] as string;
  const kind = verbOf(word);
  if (kind === undefined || isPlural(word) || kind === 'create') return undefined;
  const ambiguous = NOUN_OR_VERB.has(word);
  if (
    ambiguous &&
    (isPlural(object[object.length - 1] as string) ||
      !(at === 1 || parts[at - 2]?.words === undefined || VERBS_ALONE.has(word) || word === 'link'))
  )
    return undefined;
  return { verb: word, kind, object };
}

function lastParam(parts: readonly Part[], from: number, to: number): string | undefined {
  for (let at = to; at >= from; at--) {
    const param = parts[at]?.param;
    if (param !== undefined) return param;
  }
  return undefined;
}

function parentOf(parts: readonly Part[], nounAt: number): { type: string; param: string } | undefined {
  for (let at = nounAt - 1; at >= 0; at--) {
    const param = parts[at]?.param;
    if (param === undefined) continue;
    for (let before = at - 1; before >= 0; before--) {
      const words = parts[before]?.words;
      if (words !== undefined && !isQualifier(words)) return { type: typeOf(words), param };
    }
    return undefined;
  }
  return undefined;
}

function verbIn(parts: readonly Part[], at: number, method: string, procedure: boolean): Found | undefined {
  const words = parts[at]?.words ?? [];
  const core = words.length > 1 ? words.filter((word) => !ADVERBS.has(word)) : words;
  const lead = core[0];
  const tail = core[core.length - 1];
  if (lead === undefined || tail === undefined) return undefined;
  if (core.length === 1) return singleVerb(parts, at, lead, method, procedure);
  const reading = method === 'GET' || method === 'HEAD';
  if (reading && !procedure && !VERBS_OF_GET.has(lead)) return undefined;
  const leading = verbOf(lead);
  if (leading !== undefined && (procedure || !(ATTRIBUTES.has(lead) || (lead === 'change' && isPlural(tail)))))
    return { verb: lead, kind: leading, object: PREPOSITIONS.has(core[1] as string) ? [] : core.slice(1) };
  const trailing = verbOf(tail);
  if (trailing !== undefined && (procedure || !NOUN_OR_VERB.has(tail) || TRAILING.has(tail))) {
    return { verb: tail, kind: trailing, object: core.slice(0, -1) };
  }
  return undefined;
}

/** Ambiguous words that at the end of a compound are the verb: `ldap_sync`, `account-clone`. */
const TRAILING: ReadonlySet<string> = new Set('clone import reset run sync'.split(' '));

/** The verbs of a GET; every other one is a noun there. */
const VERBS_OF_GET: ReadonlySet<string> = new Set(
  'browse download export fetch find get list lookup query search show'.split(' '),
);

function singleVerb(
  parts: readonly Part[],
  at: number,
  word: string,
  method: string,
  procedure: boolean,
): Found | undefined {
  const kind = verbOf(word);
  const before = parts[at - 1];
  const last = at === parts.length - 1;
  if (method === 'DELETE') return deleted(word, kind, before, last);
  if (method === 'GET' || method === 'HEAD') {
    return kind !== undefined && VERBS_OF_GET.has(word) ? { verb: word, kind, object: [] } : undefined;
  }
  if (kind === undefined) {
    const state = method === 'PUT' ? verbOfState(word) : undefined;
    return state === undefined ? undefined : { verb: state, kind: 'own', object: [] };
  }
  if (procedure || !NOUN_OR_VERB.has(word)) return { verb: word, kind, object: [] };
  if ((method === 'PUT' || method === 'PATCH') && !VERBS_OF_PUT.has(word)) return undefined;
  const isState =
    TOGGLES.has(word) && at === parts.length - 2 && parts[at + 1]?.param !== undefined && before !== undefined;
  if (isState && method === 'POST') return { verb: word, kind, object: [] };
  const stands = last && (before === undefined ? VERBS_ALONE.has(word) : true);
  return stands ? { verb: word, kind, object: [] } : undefined;
}

function deleted(word: string, kind: VerbKind | undefined, before: Part | undefined, last: boolean): Found | undefined {
  if (kind === 'delete') return { verb: word, kind, object: [] };
  if (kind === undefined) {
    const state = verbOfState(word);
    return state === undefined ? undefined : { verb: oppositeOf(state), kind: 'own', object: [] };
  }
  if (kind !== 'own') return undefined;
  if (last && before?.param !== undefined && TOGGLES.has(word)) return { verb: oppositeOf(word), kind, object: [] };
  return NOUN_OR_VERB.has(word) ? undefined : { verb: word, kind, object: [] };
}

function oppositeOf(verb: string): string {
  return OPPOSITES.get(verb) ?? (verb.startsWith('un') ? verb : `un${verb}`);
}
