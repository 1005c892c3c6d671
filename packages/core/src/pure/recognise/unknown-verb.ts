import { tenantParamOf } from '../actor/tenant.js';
import { NOUN_OR_VERB } from './ambiguous.js';
import { isPlural, SINGULAR_IN_S } from './plurals.js';
import { isQualifier } from './qualifiers.js';
import type { Part } from './route.js';
import { isThing } from './things.js';
import { lastOf, typeOf } from './words.js';

/**
 * True for a word of a POST that no table knows, where hardly anything but a verb can stand: behind the id of a resource,
 * `/parcels/:id/zap`, or as the name of a procedure, `parcels.zap`. What a tenant has is a thing: `/orgs/:orgId/zap`.
 */
export function isUnknownVerb(parts: readonly Part[], at: number, word: string, procedure: boolean): boolean {
  if (at !== parts.length - 1 || at === 0 || !/^[a-z]{3,}$/.test(word)) return false;
  if (isQualifier([word]) || isPlural(word) || SINGULAR_IN_S.has(word) || NOUN_OR_VERB.has(word) || isThing(word))
    return false;
  const param = parts[at - 1]?.param;
  if (param === undefined) return procedure;
  const owner = parts[at - 2]?.words;
  // Who says `/parcel/:id` says `/parcel/:id/label` too.
  return owner !== undefined && isPlural(lastOf(owner)) && !tenantParamOf(param, typeOf(owner));
}
