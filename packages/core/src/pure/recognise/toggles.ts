import { OPPOSITES, TOGGLES } from './ambiguous.js';
import type { Verb } from './compound.js';
import { isForeign } from './foreign.js';
import { ID_WORDS } from './nouns.js';
import { isPlural, singularOf } from './plurals.js';
import type { Part } from './route.js';
import { lastOf, wordsOf } from './words.js';

/** `PUT /guilds/:id/bans/:userId` bans a user, and DELETE unbans: who has no ban's id is whom it is about. */
export function toggledOf(parts: readonly Part[], at: number, word: string, method: string): Verb | undefined {
  const param = at === parts.length - 2 ? parts[at + 1]?.param : undefined;
  if (param === undefined || (method !== 'PUT' && method !== 'DELETE') || !isPlural(word)) return undefined;
  const verb = singularOf(word);
  if (!TOGGLES.has(verb) || !isForeign(param, [word])) return undefined;
  return { verb: method === 'PUT' ? verb : oppositeOf(verb), kind: 'own', object: namedBy(param), between: true };
}

/** What a parameter names: `userId` and `username` a user. */
function namedBy(param: string): readonly string[] {
  const words = wordsOf(param);
  if (words.length > 1) return ID_WORDS.has(lastOf(words)) ? words.slice(0, -1) : words;
  return PERSONAL.has(lastOf(words)) ? ['user'] : words;
}

const PERSONAL: ReadonlySet<string> = new Set(['email', 'handle', 'login', 'username']);

/** What takes a verb back: `unstar`, `detach`. */
export function oppositeOf(verb: string): string {
  return OPPOSITES.get(verb) ?? (verb.startsWith('un') ? verb : `un${verb}`);
}
