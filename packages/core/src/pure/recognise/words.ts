import { COUNTED, SINGLETONS } from './nouns.js';
import { singularOf } from './plurals.js';
import { THINGS } from './things.js';
import { verbOf } from './verbs.js';

const KNOWN_LIMIT = 4096;
const LONGEST = 80;
const known = new Map<string, readonly string[]>();

/**
 * The lower-case words of one route segment or name, whatever its spelling: `resetPassword`, `reset-password`,
 * `reset_password` and `reset.password` are all reset, password. Bounded: 80 characters and 4,096 remembered segments.
 */
export function wordsOf(text: string): readonly string[] {
  const before = known.get(text);
  if (before !== undefined) return before;
  const words = split(text.length > LONGEST ? text.slice(0, LONGEST) : text);
  if (text.length <= LONGEST) {
    if (known.size >= KNOWN_LIMIT) known.clear();
    known.set(text, words);
  }
  return words;
}

/** The last word; empty for a segment that has none, such as one in letters that no action is written in. */
export function lastOf(words: readonly string[]): string {
  return words[words.length - 1] ?? '';
}

/** Words as a resource type: snake case, the last word singular. `['bank', 'accounts']` is bank_account. */
export function typeOf(words: readonly string[]): string {
  const last = words[words.length - 1];
  if (last === undefined) return '';
  return words.length === 1 ? singularOf(last) : `${words.slice(0, -1).join('_')}_${singularOf(last)}`;
}

function split(text: string): readonly string[] {
  const spaced = /[A-Z]/.test(text)
    ? text
        .replace(/[oO]Auth/g, 'Oauth')
        .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
        .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
        .toLowerCase()
    : text;
  if (/^[a-z]+$/.test(spaced)) return unglued(spaced);
  return spaced
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .reduce<string[]>(joinPrefix, []);
}

/** `bulkdelete` is bulk, delete; `changepassword` is change, password. */
function unglued(word: string): readonly string[] {
  const verb = /^(?:bulk|batch|mass|multi)([a-z]{3,})$/.exec(word)?.[1];
  if (verb !== undefined && verbOf(verb) !== undefined) return [word.slice(0, -verb.length), verb];
  const [, first, rest] = GLUED.exec(word) ?? [];
  if (first === undefined || rest === undefined) return [word];
  const noun = singularOf(rest);
  return COUNTED.has(noun) || SINGLETONS.has(noun) || THINGS.has(noun) ? [first, rest] : [word];
}

const GLUED = /^(add|change|confirm|create|delete|edit|forget|forgot|get|new|remove|reset|update|verify)([a-z]{4,})$/;

/** Verbs of two words: `check-in` is checkin. */
export const PHRASAL: ReadonlySet<string> = new Set([
  'back up',
  'cash out',
  'check in',
  'check out',
  'clean up',
  'clock in',
  'clock out',
  'cut over',
  'fail over',
  'hand over',
  'hang up',
  'opt in',
  'opt out',
  'pay out',
  'pick up',
  'power off',
  'power on',
  'roll back',
  'roll out',
  'roll up',
  'scale down',
  'scale in',
  'scale out',
  'scale up',
  'shut down',
  'spin down',
  'spin up',
  'take down',
  'take over',
  'tear down',
  'top up',
  'turn off',
  'turn on',
  'wake up',
  'write off',
]);

/** `unPinMessage` is unpin, message; `projectsV2` is projects. */
function joinPrefix(words: string[], word: string): string[] {
  const before = words[words.length - 1];
  if (before === 'un' || before === 're' || PHRASAL.has(`${before} ${word}`)) words[words.length - 1] = before + word;
  else if (words.length === 0 || !/^v\d$/.test(word)) words.push(word);
  return words;
}
