import { ID_WORDS } from './nouns.js';
import { singularOf } from './plurals.js';
import { wordsOf } from './words.js';

/** What names no other thing when it is the whole name of a parameter: `:id`, `:slug`. */
const OWN_NAMES: ReadonlySet<string> = new Set(
  'code file filename guid handle hash id identifier key kind locale name number param path pk ref sha slug splat tag token type uid uri uuid version'.split(
    ' ',
  ),
);

/** True for the id or the name of something else: `/comments/:postId`, `/items/:collection`. */
export function isForeign(param: string, noun: readonly string[]): boolean {
  const words = wordsOf(param);
  const last = words[words.length - 1] as string;
  const isId = ID_WORDS.has(last);
  if (words.length === 1 ? last.length < 4 || OWN_NAMES.has(last) : !isId && !OWN_NAMES.has(last)) return false;
  const own = singularOf(noun.join(''));
  const stem = (words.length === 1 ? words : words.slice(0, -1)).map(singularOf);
  return !stem.some((word) => own.includes(word) || OWN_NAMES.has(word)) && !stem.join('').includes(own);
}
