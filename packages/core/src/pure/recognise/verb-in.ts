import { ATTRIBUTES, NOUN_OR_VERB, OPPOSITES, TOGGLES, VERBS_ALONE, VERBS_OF_PUT } from './ambiguous.js';
import { ADVERBS, ID_WORDS, PREPOSITIONS } from './nouns.js';
import { isPlural } from './plurals.js';
import type { Part } from './route.js';
import { type VerbKind, verbOf, verbOfState } from './verbs.js';
import { wordsOf } from './words.js';

/** A verb in a route. */
export interface Verb {
  readonly verb: string;
  readonly kind: VerbKind;
  /** The noun next to the verb in the same segment: `sync-organizations`. */
  readonly object: readonly string[];
}

/** The verb that the segment at `at` holds, if it holds one. `procedure`: the segment is the name of a procedure. */
export function verbIn(parts: readonly Part[], at: number, method: string, procedure: boolean): Verb | undefined {
  const words = parts[at]?.words ?? [];
  const core = words.length > 1 ? words.filter((word) => !ADVERBS.has(word)) : words;
  const [lead] = core;
  if (lead === undefined) return undefined;
  if (core.length > 1) return compound(core, method, procedure);
  if (isNamedAfter(parts[at + 1]?.param, lead)) return undefined;
  if (method === 'DELETE') return undone(parts, at, lead);
  if (isReading(method)) return VERBS_OF_GET.has(lead) ? alone(lead, verbOf(lead)) : undefined;
  return single(parts, at, lead, method, procedure);
}

/** A verb with its object behind it: `/import/github`, `/account/unlink/google`. */
export function verbWithObject(parts: readonly Part[], at: number, method: string): Verb | undefined {
  const words = parts[at - 1]?.words;
  const object = parts[at]?.words;
  if (method !== 'POST' || words?.length !== 1 || object === undefined || at !== parts.length - 1) return undefined;
  const [word] = words as [string];
  const kind = verbOf(word);
  if (kind === undefined || isPlural(word) || kind === 'create') return undefined;
  if (NOUN_OR_VERB.has(word)) {
    const opens = at === 1 || parts[at - 2]?.words === undefined || VERBS_ALONE.has(word) || word === 'link';
    if (!opens || isPlural(object[object.length - 1] as string)) return undefined;
  }
  return { verb: word, kind, object };
}

/** The verbs of a GET; every other one is a noun there. */
const VERBS_OF_GET: ReadonlySet<string> = new Set(
  'browse download export fetch find get list lookup query search show'.split(' '),
);

/** Ambiguous words that at the end of a compound are the verb: `ldap_sync`, `account-clone`. */
const TRAILING: ReadonlySet<string> = new Set('clone import reset run sync'.split(' '));

/** Several words: `refund-order`, `order_refund`. */
function compound(core: readonly string[], method: string, procedure: boolean): Verb | undefined {
  const lead = core[0] as string;
  const tail = core[core.length - 1] as string;
  if (isReading(method) && !procedure && !VERBS_OF_GET.has(lead)) return undefined;
  if (lead === 'set' && core.length === 2 && STATES.has(tail)) return stateSet(tail);
  if (lead === 'mark' && !isReading(method) && !isPlural(tail)) return markedAs(core.slice(1));
  const leading = verbOf(lead);
  if (leading !== undefined && (procedure || !isAttribute(lead, tail)))
    return { verb: lead, kind: leading, object: PREPOSITIONS.has(core[1] as string) ? [] : core.slice(1) };
  const trailing = verbOf(tail);
  if (trailing !== undefined && (procedure || !NOUN_OR_VERB.has(tail) || TRAILING.has(tail)))
    return { verb: tail, kind: trailing, object: core.slice(0, -1) };
  return undefined;
}

/** `set-default` sets a state of what stands before it; `set-active` only says which one somebody works with now. */
const STATES: ReadonlySet<string> = new Set(
  'active current default featured main primary private public visible'.split(' '),
);

function stateSet(state: string): Verb {
  const isChoice = state === 'active' || state === 'current';
  return { verb: isChoice ? `set_${state}` : 'set', kind: isChoice ? 'own' : 'update', object: [] };
}

/** `mark-as-read` and `mark-read` are one verb. */
function markedAs(state: readonly string[]): Verb {
  return { verb: ['mark', ...state.filter((word) => word !== 'as')].join('_'), kind: 'own', object: [] };
}

/** What somebody is done with: `POST /notifications/:id/read` writes. */
const MARKS: ReadonlySet<string> = new Set(['read', 'seen', 'unread']);

function marked(parts: readonly Part[], at: number, word: string): Verb | undefined {
  const isLast = at === parts.length - 1 && parts[at - 1]?.param !== undefined;
  return isLast && MARKS.has(word) ? markedAs([word]) : undefined;
}

/** Verbs that take one thing: `upload-certificate`, `import_config`; but `upload_url` and `import_jobs` are nouns. */
const TAKING: ReadonlySet<string> = new Set('export import upload'.split(' '));
/** `check-slug` asks; `check-runs` and a `check_report` are things. */
const CHECK_PART: ReadonlySet<string> = new Set('in list out point report result run suite'.split(' '));
const TAKING_PART: ReadonlySet<string> = new Set('job link request session task token uri url'.split(' '));

/** True for `merge_requests` and `change_events`, where the first word is part of a noun. */
function isAttribute(lead: string, tail: string): boolean {
  if (TAKING.has(lead) && !isPlural(tail) && !TAKING_PART.has(tail)) return false;
  if (lead === 'check' && !isPlural(tail) && !CHECK_PART.has(tail)) return false;
  return ATTRIBUTES.has(lead) || (lead === 'change' && isPlural(tail));
}

/** One word, in a request that writes. */
function single(
  parts: readonly Part[],
  at: number,
  word: string,
  method: string,
  procedure: boolean,
): Verb | undefined {
  const mark = procedure ? undefined : marked(parts, at, word);
  if (mark !== undefined) return mark;
  const kind = verbOf(word);
  if (kind === undefined) {
    const state = method === 'PUT' ? verbOfState(word) : undefined;
    return state === undefined ? undefined : alone(state, 'own');
  }
  if (procedure || !NOUN_OR_VERB.has(word)) return alone(word, kind);
  if ((method === 'PUT' || method === 'PATCH') && !VERBS_OF_PUT.has(word)) return undefined;
  if (method === 'POST' && standsBefore(parts, at, word)) return alone(word, kind);
  return at === parts.length - 1 && (at > 0 || VERBS_ALONE.has(word)) ? alone(word, kind) : undefined;
}

/** `/import/:source` and `/posts/:id/star/:userId`: the verb is told what it is done with. */
function standsBefore(parts: readonly Part[], at: number, word: string): boolean {
  if (at !== parts.length - 2 || parts[at + 1]?.param === undefined) return false;
  return VERBS_ALONE.has(word) || (TOGGLES.has(word) && at > 0);
}

/** `/locks/:lockId` and `/request/:request_id`: what has an id of its own is a thing. */
function isNamedAfter(param: string | undefined, word: string): boolean {
  if (param === undefined) return false;
  const words = wordsOf(param);
  return words.length === 2 && words[0] === word && ID_WORDS.has(words[1] as string);
}

/** One word, in a DELETE: what it takes back. */
function undone(parts: readonly Part[], at: number, word: string): Verb | undefined {
  const kind = verbOf(word);
  if (kind === 'delete') return alone(word, kind);
  if (kind === undefined) {
    const state = verbOfState(word);
    return state === undefined ? undefined : alone(oppositeOf(state), 'own');
  }
  if (kind !== 'own') return undefined;
  const ends = at >= parts.length - 1 || standsBefore(parts, at, word);
  if (ends && parts[at - 1]?.param !== undefined && TOGGLES.has(word)) return alone(oppositeOf(word), kind);
  return NOUN_OR_VERB.has(word) ? undefined : alone(word, kind);
}

function oppositeOf(verb: string): string {
  return OPPOSITES.get(verb) ?? (verb.startsWith('un') ? verb : `un${verb}`);
}

function alone(verb: string, kind: VerbKind | undefined): Verb | undefined {
  return kind === undefined ? undefined : { verb, kind, object: [] };
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
