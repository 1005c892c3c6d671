import { singularOf } from './plurals.js';
import type { Part } from './route.js';
import { SPELLINGS } from './spellings.js';

const BY_FIRST = compile();

/** No pattern of the table of flows is given more. */
export const MAX_PHRASE = 512;

/**
 * The fixed words of a route in one line, spellings unified, parameters as `:`, `/users/:/reset password`. Bounded: 512
 * characters, the last ones count.
 */
export function phraseOf(parts: readonly Part[]): string {
  let phrase = '';
  for (const part of parts) phrase += part.words === undefined ? '/:' : `/${unify(part.words)}`;
  return phrase.length > MAX_PHRASE ? phrase.slice(-MAX_PHRASE) : phrase;
}

/** False when the word, also in the plural, is none of these and no part of a spelling of one. */
export function mayBe(word: string, wanted: ReadonlySet<string>): boolean {
  if (wanted.has(word) || BY_FIRST.has(word)) return true;
  if (!word.endsWith('s')) return false;
  const singular = singularOf(word);
  return wanted.has(singular) || BY_FIRST.has(singular);
}

const unified = new WeakMap<readonly string[], string>();

/** The words of one segment, spellings unified. */
export function unify(words: readonly string[]): string {
  const before = unified.get(words);
  if (before !== undefined) return before;
  const out: string[] = [];
  const singular = words.map(singularOf);
  for (let at = 0; at < singular.length; ) {
    const word = singular[at] as string;
    const spelling = BY_FIRST.get(word)?.find(([from]) => from.every((each, k) => singular[at + k] === each));
    out.push(spelling === undefined ? word : spelling[1]);
    at += spelling === undefined ? 1 : spelling[0].length;
  }
  const phrase = out.join(' ');
  unified.set(words, phrase);
  return phrase;
}

function compile(): ReadonlyMap<string, readonly (readonly [readonly string[], string])[]> {
  const table = new Map<string, (readonly [readonly string[], string])[]>();
  for (const [from, to] of SPELLINGS) {
    const words = from.split(' ');
    const first = words[0] as string;
    const rows = table.get(first) ?? [];
    rows.push([words, to]);
    rows.sort((a, b) => b[0].length - a[0].length);
    table.set(first, rows);
  }
  return table;
}
