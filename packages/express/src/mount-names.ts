import { singularOf, templateOf, wordsOf } from '@whodunit/core/http';
import { segmentsOf } from './plain-path.js';

/** Names of the parameters in a mount path, by position; a word has none. */
export type Names = readonly (string | undefined)[];

interface Learned {
  readonly words: readonly string[];
  readonly names: Names;
  /** Paths of the routes that it was seen with. */
  readonly paths: Set<string>;
}

const MAX_LEARNED = 256;
const MAX_PATHS = 64;

/** Templates seen on requests that had their parameters, for the endings that lose them. */
const learned = new Map<string, Learned>();

/** Remembers a template of which the request had the parameters. */
export function learn(template: string, words: readonly string[], names: Names, path: string): void {
  const before = learned.get(template);
  if (before === undefined && learned.size >= MAX_LEARNED) learned.clear();
  const { paths } = before ?? { paths: new Set<string>() };
  if (paths.size < MAX_PATHS) paths.add(path);
  if (before === undefined) learned.set(template, { words, names, paths });
}

/** The names of the learned template that fits with the most words. One of parameters alone fits everything. */
export function learnedNames(segments: readonly string[], path: string): Names {
  let best: Names = [];
  let most = -1;
  for (const { words, names, paths } of learned.values()) {
    if (words.length !== segments.length) continue;
    if (!words.every((word, i) => names[i] !== undefined || word === segments[i])) continue;
    const count = names.filter((name) => name === undefined).length;
    if (count > most && (count > 0 || paths.has(path))) [best, most] = [names, count];
  }
  return best;
}

/** Adds names for what nobody named and what looks like an id. */
export function withInferred(segments: readonly string[], names: Names): Names {
  const looks = segmentsOf(templateOf(`/${segments.join('/')}`).route);
  const used = new Set(names);
  return segments.map((segment, i) => {
    const given = names[i];
    if (given !== undefined || looks[i] === segment || !looks[i]?.startsWith(':')) return given;
    const before = names[i - 1] === undefined && !looks[i - 1]?.startsWith(':') ? segments[i - 1] : undefined;
    const name = free(before === undefined ? 'id' : idNameOf(before), used);
    used.add(name);
    return name;
  });
}

/** `team-members` is followed by a `teamMemberId`. */
function idNameOf(segment: string): string {
  const words = wordsOf(segment);
  const last = words.length - 1;
  const name = words
    .map((word, i) => (i === last ? singularOf(word) : word))
    .map((word, i) => (i === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
    .join('');
  return name === '' ? 'id' : `${name}Id`;
}

/** The name itself, or the first of it with a number that nobody uses. */
export function free(name: string, used: ReadonlySet<string | undefined>): string {
  if (!used.has(name)) return name;
  const bare = name.replace(/\d+$/, '');
  for (let i = 2; ; i++) if (!used.has(`${bare}${i}`)) return `${bare}${i}`;
}
