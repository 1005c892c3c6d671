import { ATTRIBUTES, NOUN_OR_VERB } from './ambiguous.js';
import { isReading } from './method.js';
import { PREPOSITIONS } from './nouns.js';
import { OBJECTS } from './objects.js';
import { isPlural, singularOf } from './plurals.js';
import { DOCUMENTS, FORMATS } from './prefixes.js';
import { type VerbKind, verbOf } from './verbs.js';

/** A verb in a route. */
export interface Verb {
  readonly verb: string;
  readonly kind: VerbKind;
  /** The noun next to the verb in the same segment: `sync-organizations`. */
  readonly object: readonly string[];
  /** True for what is between two, such as who blocks whom: the account that is blocked for one is none that is disabled. */
  readonly between?: boolean;
}

/** The verbs of a GET; every other one is a noun there. */
export const VERBS_OF_GET: ReadonlySet<string> = new Set(
  'browse download export fetch find get list lookup query search show'.split(' '),
);

/** Ambiguous words that at the end of a compound are the verb: `ldap_sync`, `account-clone`. */
const TRAILING: ReadonlySet<string> = new Set('clone import reset run sync'.split(' '));

/** Several words: `refund-order`, `order_refund`. `onOne`: the id of a resource stands before them. */
export function compound(
  core: readonly string[],
  method: string,
  procedure: boolean,
  onOne: boolean,
): Verb | undefined {
  const lead = core[0] as string;
  const tail = core[core.length - 1] as string;
  if (isReading(method) && !procedure && !VERBS_OF_GET.has(lead)) return undefined;
  if (lead === 'set' && core.length === 2 && STATES.has(tail)) return stateSet(tail);
  const leading = verbOf(lead);
  if (isReading(method) && lead === 'list' && isPlural(tail)) return led(lead, 'list', core.slice(1), onOne);
  if (leading !== undefined && (procedure || !isAttribute(lead, tail))) return led(lead, leading, core.slice(1), onOne);
  const trailing = verbOf(tail);
  if (trailing !== undefined && (procedure || !NOUN_OR_VERB.has(tail) || TRAILING.has(tail)))
    return { verb: tail, kind: trailing, object: core.slice(0, -1) };
  return undefined;
}

/** A verb and what follows it. */
function led(verb: string, kind: VerbKind, rest: readonly string[], onOne: boolean): Verb {
  const [next = ''] = rest;
  // `create_or_update`, `find-and-lock`: the first of them names it.
  if (next === 'or' || next === 'and') return { verb, kind, object: rest.slice(2) };
  // `/users/:id/make-admin` makes no admin, `/products/:id/add-to-cart` adds no product.
  if (onOne && verb === 'make') return { verb, kind: 'own', object: rest };
  if (WRITING.has(kind) && DIRECTIONS.has(next) && rest.length > 1) {
    return { verb, kind: 'own', object: onOne ? rest : rest.slice(1) };
  }
  if (verb === 'mark') return markedAs(rest, onOne);
  if (isManner(next)) return { verb, kind, object: [] };
  return { verb, kind, object: rest.includes('by') ? rest.slice(0, rest.indexOf('by')) : rest };
}

/** `mark-read` and `mark-as-read` say as what, `markLetterAsRead` also what is marked. */
function markedAs(rest: readonly string[], onOne: boolean): Verb {
  const object = onOne ? [] : rest.slice(0, rest.includes('as') ? rest.indexOf('as') : -1);
  const state = object.length > 0 ? [] : rest.filter((word) => word !== 'as');
  return { verb: ['mark', ...state].join('_'), kind: 'own', object };
}

/** `set-default` sets a state of what stands before it; `set-active` only says which one somebody works with now. */
const STATES: ReadonlySet<string> = new Set(
  'active current default featured main primary private public visible'.split(' '),
);

function stateSet(state: string): Verb {
  const isChoice = state === 'active' || state === 'current';
  return { verb: isChoice ? `set_${state}` : 'set', kind: isChoice ? 'own' : 'update', object: [] };
}

const WRITING: ReadonlySet<VerbKind> = new Set(['create', 'update', 'delete']);
const DIRECTIONS: ReadonlySet<string> = new Set(['from', 'in', 'into', 'on', 'onto', 'to', 'with']);

/** What says how something is done, and not to what: `import-csv`, `get-by-code`. */
function isManner(word: string): boolean {
  return PREPOSITIONS.has(word) || DOCUMENTS.has(word) || FORMATS.has(word);
}

/** Verbs that take one thing: `upload-certificate`, `import_config`; but `upload_url` and `import_jobs` are nouns. */
const TAKING: ReadonlySet<string> = new Set('check export grant import link transfer upload'.split(' '));
const TAKING_PART: ReadonlySet<string> = new Set(
  'item job link list log point preview report request result run session suite task token type uri url'.split(' '),
);

/** Those of them that take many as well: `import-contacts`. */
const TAKING_MANY: ReadonlySet<string> = new Set('export import upload'.split(' '));

/** True for `merge_requests` and `change_events`, where the first word is part of a noun. */
function isAttribute(lead: string, tail: string): boolean {
  const isTaken = TAKING.has(lead) && (TAKING_MANY.has(lead) || !isPlural(tail)) && !TAKING_PART.has(singularOf(tail));
  if (isTaken || OBJECTS.get(lead)?.has(tail) === true) return false;
  return ATTRIBUTES.has(lead) || (lead === 'change' && isPlural(tail));
}
