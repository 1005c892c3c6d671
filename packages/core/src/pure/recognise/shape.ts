import type { Verb } from './compound.js';
import { isQualifier, saysWhich } from './qualifiers.js';
import type { Part, Route } from './route.js';
import { verbIn, verbWithObject } from './verb-in.js';
import type { VerbKind } from './verbs.js';
import { typeOf } from './words.js';

/** What the segments of a route are to each other. */
export interface Shape {
  readonly verb: string | undefined;
  readonly verbKind: VerbKind | undefined;
  readonly between: boolean;
  readonly resource: string | undefined;
  readonly idParam: string | undefined;
  readonly parent: { readonly type: string; readonly param: string } | undefined;
  /** Words of the last segment that is neither verb nor qualifier: the noun of the route, as it was written. */
  readonly noun: readonly string[] | undefined;
  readonly endsInParam: boolean;
}

/** Finds verb, resource, id and parent of a route. */
export function shapeOf(route: Route, method: string): Shape {
  const { parts } = route;
  const last = parts.length - 1;
  const { verb, at: verbAt } = findVerb(route, method);
  const { noun, at, idParam, joined } = verb === undefined ? nounOf(parts, last) : nounAround(parts, verbAt, verb);
  const type = noun === undefined ? '' : typeOf(noun);
  return {
    endsInParam: last >= 0 && parts[last]?.words === undefined,
    verb: joined ?? verb?.verb,
    verbKind: verb?.kind,
    between: verb?.between === true,
    resource: type === '' ? undefined : type,
    noun,
    idParam,
    parent: parentOf(parts, at),
  };
}

/** The verb among the last three segments; a segment that is a noun ends the search. */
function findVerb(route: Route, method: string): { readonly verb: Verb | undefined; readonly at: number } {
  const { parts } = route;
  const last = parts.length - 1;
  for (let at = last; at >= 0 && at >= last - 2; at--) {
    const words = parts[at]?.words;
    if (words === undefined) continue;
    const verb = verbIn(parts, at, method, route.procedure && at === last);
    if (verb !== undefined) return { verb, at };
    if (!isQualifier(words)) return { verb: verbWithObject(parts, at, method), at };
  }
  return { verb: undefined, at: -1 };
}

interface Noun {
  readonly noun: readonly string[] | undefined;
  readonly at: number;
  readonly idParam: string | undefined;
  /** The verb with its object, where both make the verb: `send_receipt`. */
  readonly joined?: string;
}

/** The last noun up to `end`, and the parameter behind it. */
function nounOf(parts: readonly Part[], end: number): Noun {
  for (let at = end; at >= 0; at--) {
    const words = parts[at]?.words;
    if (words === undefined || isQualifier(words) || saysWhich(parts, at)) continue;
    return { noun: words, at, idParam: lastParam(parts, at + 1, end) };
  }
  return { noun: undefined, at: -1, idParam: lastParam(parts, 0, end) };
}

/** What a verb is about: its own object, or the noun before it. */
function nounAround(parts: readonly Part[], verbAt: number, { verb, kind, object }: Verb): Noun {
  const last = parts.length - 1;
  const behind = verbAt < last ? lastParam(parts, verbAt + 1, last) : undefined;
  const before = nounOf(parts, isHolder(parts, verbAt - 1) ? verbAt - 2 : verbAt - 1);
  const idParam = behind ?? before.idParam;
  if (object.length === 0) return { ...before, idParam };
  const onOne = parts[verbAt - 1]?.param !== undefined;
  // What has an id of its own behind it is no part: `/orders/:id/send-receipt/:receiptId`.
  const isPart = kind === 'own' ? onOne && behind === undefined : kind === 'update' && idParam !== undefined;
  if (!isPart) return { noun: object, at: verbAt, idParam: behind };
  return onOne
    ? { ...before, idParam, joined: `${verb}_${object.join('_')}` }
    : { noun: object, at: verbAt, idParam: behind };
}

/** `/campaigns/:id/actions/send` sends a campaign. */
function isHolder(parts: readonly Part[], at: number): boolean {
  const words = parts[at]?.words;
  return words?.length === 1 && parts[at - 1]?.param !== undefined && HOLDERS.has(words[0] as string);
}

const HOLDERS: ReadonlySet<string> = new Set(['action', 'actions', 'command', 'commands', 'lifecycle', 'operations']);

function lastParam(parts: readonly Part[], from: number, to: number): string | undefined {
  for (let at = to; at >= from; at--) {
    const param = parts[at]?.param;
    if (param !== undefined) return param;
  }
  return undefined;
}

function parentOf(parts: readonly Part[], nounAt: number): { type: string; param: string } | undefined {
  for (let at = nounAt - 1; at >= 0; at--) {
    const param = parts[at]?.param;
    if (param !== undefined) {
      const { noun } = nounOf(parts, at - 1);
      return noun === undefined ? undefined : { type: typeOf(noun), param };
    }
  }
  return undefined;
}
