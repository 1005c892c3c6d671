import { HOWS, MANY, ONES, PREPOSITIONS, WHICH, WHOLE } from './nouns.js';
import { isPlural } from './plurals.js';
import type { Part } from './route.js';
import { lastOf } from './words.js';

/** True for a segment that says which ones or how, and not what: `/orders/bulk`, `/users/me`, `/orders/by-code/:code`. */
export function isQualifier(words: readonly string[]): boolean {
  const word = words[0] as string;
  if (words.length > 1) return word === 'by';
  return ONES.has(word) || MANY.has(word) || WHOLE.has(word) || HOWS.has(word);
}

/** True directly behind a plural for what says which of them: `/orders/upcoming`, `/tasks/assigned-to-me`. */
export function saysWhich(parts: readonly Part[], at: number): boolean {
  const words = parts[at]?.words;
  const many = parts[at - 1]?.words;
  if (words === undefined || many === undefined || !isPlural(lastOf(many))) return false;
  const [first = '', second] = words;
  if (second === undefined) return WHICH.has(first);
  return PREPOSITIONS.has(second) && (WHICH.has(first) || MANY.has(first) || /[^e]ed$/.test(first));
}
