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
    const spelling = BY_FIRST.get(word)?.find((each) => isSpelled(each, singular, at));
    out.push(spelling?.to ?? word);
    at += spelling?.from.length ?? 1;
  }
  const phrase = out.join(' ');
  unified.set(words, phrase);
  return phrase;
}

interface Spelling {
  readonly from: readonly string[];
  readonly to: string;
  readonly alone: boolean;
}

function isSpelled({ from, alone }: Spelling, words: readonly string[], at: number): boolean {
  return (!alone || words.length === from.length) && from.every((each, k) => words[at + k] === each);
}

function compile(): ReadonlyMap<string, readonly Spelling[]> {
  const table = new Map<string, Spelling[]>();
  for (const [text, to, where] of SPELLINGS) {
    const from = text.split(' ');
    const first = from[0] as string;
    const rows = table.get(first) ?? [];
    rows.push({ from, to, alone: where === 'alone' });
    rows.sort((a, b) => b.from.length - a.from.length);
    table.set(first, rows);
  }
  return table;
}
