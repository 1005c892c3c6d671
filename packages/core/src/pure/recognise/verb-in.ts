import { AFTER_ID, AREAS, NOUN_OR_VERB, TOGGLES, VERBS_ALONE, VERBS_OF_PUT } from './ambiguous.js';
import { compound, VERBS_OF_GET, type Verb } from './compound.js';
import { isReading } from './method.js';
import { ADVERBS, ID_WORDS, MANY } from './nouns.js';
import { isPlural } from './plurals.js';
import { isQualifier } from './qualifiers.js';
import type { Part } from './route.js';
import { oppositeOf, toggledOf } from './toggles.js';
import { isUnknownVerb } from './unknown-verb.js';
import { type VerbKind, verbOf, verbOfState } from './verbs.js';
import { lastOf, wordsOf } from './words.js';

/** The verb that the segment at `at` holds, if it holds one. `procedure`: the segment is the name of a procedure. */
export function verbIn(parts: readonly Part[], at: number, method: string, procedure: boolean): Verb | undefined {
  const words = parts[at]?.words ?? [];
  const core = words.length > 1 ? words.filter((word) => !ADVERBS.has(word)) : words;
  const [lead] = core;
  if (lead === undefined) return undefined;
  if (core.length > 1) {
    // `/mute-rules/:id` are rules, unless a POST mutes some.
    const isCollection = method !== 'POST' && parts[at + 1]?.param !== undefined && isPlural(lastOf(core));
    const onOne = parts[at - 1]?.param !== undefined;
    return isCollection ? undefined : compound(core, method, procedure, onOne);
  }
  // `update_many` is no noun, as `update` alone may be.
  if (words.length > 1 && !isReading(method) && words.some((word) => word !== lead && MANY.has(word))) {
    return lead === 'read' ? alone('mark_read', 'own') : alone(lead, verbOf(lead));
  }
  if (isNamedAfter(parts[at + 1]?.param, lead)) return undefined;
  const toggled = toggledOf(parts, at, lead, method);
  if (toggled !== undefined) return toggled;
  if (method === 'DELETE') return undone(parts, at, lead);
  if (isReading(method)) return VERBS_OF_GET.has(lead) ? alone(lead, verbOf(lead)) : undefined;
  return single(parts, at, lead, method, procedure);
}

/** A verb with its object behind it: `/import/github`, `/account/unlink/google`. */
export function verbWithObject(parts: readonly Part[], at: number, method: string): Verb | undefined {
  const words = parts[at - 1]?.words?.filter((word, _at, all) => all.length === 1 || !ADVERBS.has(word));
  const object = parts[at]?.words;
  if (method !== 'POST' || words?.length !== 1 || object === undefined || at !== parts.length - 1) return undefined;
  const [word] = words as [string];
  const kind = verbOf(word);
  if (kind === undefined || isPlural(word) || kind === 'create') return undefined;
  if (AREAS.has(word) && isPlural(lastOf(object))) return undefined;
  if (NOUN_OR_VERB.has(word)) {
    const opens = at === 1 || parts[at - 2]?.words === undefined || VERBS_ALONE.has(word) || word === 'link';
    const isFirst = at === 1 && VERBS_ALONE.has(word);
    if (!opens || (isPlural(lastOf(object)) && !isFirst)) return undefined;
  }
  return { verb: word, kind, object };
}

/** What somebody is done with. */
const MARKS: ReadonlySet<string> = new Set(['read', 'seen', 'unread']);

/** One word, in a request that writes. */
function single(
  parts: readonly Part[],
  at: number,
  word: string,
  method: string,
  procedure: boolean,
): Verb | undefined {
  // `PUT /messages/:id/read` marks it.
  const isMark = MARKS.has(word) && !procedure && (method !== 'POST' || parts[at - 1]?.param !== undefined);
  if (isMark) return alone(`mark_${word}`, 'own');
  const kind = verbOf(word);
  if (kind === undefined) {
    const state = method === 'PUT' ? verbOfState(word) : undefined;
    if (state !== undefined) return alone(state, 'own');
    return method === 'POST' && isUnknownVerb(parts, at, word, procedure) ? alone(word, 'own') : undefined;
  }
  if (procedure || !NOUN_OR_VERB.has(word)) return alone(word, kind);
  if (AFTER_ID.has(word) && !isBehindMany(parts, at)) return undefined;
  if ((method === 'PUT' || method === 'PATCH') && !VERBS_OF_PUT.has(word)) return undefined;
  if (method === 'POST' && standsBefore(parts, at, word)) return alone(word, kind);
  return isAtEnd(parts, at) && (at > 0 || VERBS_ALONE.has(word)) ? alone(word, kind) : undefined;
}

/** Behind an id or behind a collection: `/reports/email`. */
function isBehindMany(parts: readonly Part[], at: number): boolean {
  const before = parts[at - 1];
  return before !== undefined && (before.words === undefined || isPlural(lastOf(before.words)));
}

/** True for the last segment, and for the last one but for qualifiers: `/alerts/test/bulk`. */
function isAtEnd(parts: readonly Part[], at: number): boolean {
  for (let behind = at + 1; behind < parts.length; behind++) {
    const words = parts[behind]?.words;
    if (words === undefined || !isQualifier(words)) return false;
  }
  return true;
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
  // `DELETE /trash` empties what has that name.
  if (kind === 'delete') return at === 0 ? undefined : alone(word, kind);
  if (kind === undefined) {
    const state = verbOfState(word);
    return state === undefined ? undefined : alone(oppositeOf(state), 'own');
  }
  if (kind !== 'own') return undefined;
  const ends = at >= parts.length - 1 || standsBefore(parts, at, word);
  if (ends && parts[at - 1]?.param !== undefined && TOGGLES.has(word)) return alone(oppositeOf(word), kind);
  return NOUN_OR_VERB.has(word) ? undefined : alone(word, kind);
}

function alone(verb: string, kind: VerbKind | undefined): Verb | undefined {
  return kind === undefined ? undefined : { verb, kind, object: [] };
}
