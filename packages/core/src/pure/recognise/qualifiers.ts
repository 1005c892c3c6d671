import { HOWS, MANY, ONES, WHOLE } from './nouns.js';

/** True for a segment that says which ones or how, and not what: `/orders/bulk`, `/users/me`, `/orders/by-code/:code`. */
export function isQualifier(words: readonly string[]): boolean {
  const word = words[0] as string;
  if (words.length > 1) return word === 'by';
  return ONES.has(word) || MANY.has(word) || WHOLE.has(word) || HOWS.has(word);
}
