import type { Engine } from '../engine/engine.js';
import type { Draft } from '../pure/draft.js';
import { categoryOf, operationOf } from '../pure/words.js';

/** What is alike and comes again within this time becomes one event with a count. */
const WINDOW_MS = 60_000;

/** So many refusals of one source that differ (other resources, other names tried) are recorded one by one in a window. */
const MAX_DIFFERENT = 10;

/** Sources that are told apart; the rest counts as one. */
const MAX_SOURCES = 1_000;
const THE_REST = 'the rest';

/** Different identities are counted up to this. */
const MAX_IDENTITIES = 1_000;

/** The action of what was refused on more kinds of actions than are told apart. */
const VARIOUS = 'request.denied';

/** What one source has been refused since its window began. */
interface Source {
  /** What was recorded by itself. */
  readonly recorded: Set<string>;
  /** What was only counted, by action. */
  readonly counted: Map<string, Counted>;
}

interface Counted {
  readonly action: string;
  readonly first: Draft;
  readonly identities: Set<string>;
  last: Draft;
  count: number;
  /** All were about one thing; all came from one address. */
  isOneKind: boolean;
  isOneAddress: boolean;
}

const windows = new WeakMap<Engine, Map<string, Source>>();

/**
 * Refusals and failed logins can be had for nothing, so nobody must be able to flood the trail with them: the first of
 * each kind from a source is recorded at once, the repetitions of a minute as one event with `metadata.repeated`:
 * `{ count, first, last, identities }`. Whatever comes, and from however many sources, a minute leaves a bounded number of
 * events. True when this one is only counted.
 */
export function mergeRepeated(engine: Engine, draft: Draft): boolean {
  if (!isCheap(draft)) return false;
  const { recorded, counted } = sourceOf(engine, draft);
  const kind = kindOf(draft);
  if (!recorded.has(kind) && recorded.size < MAX_DIFFERENT) {
    recorded.add(kind);
    return false;
  }
  count(counted, draft, kind);
  return true;
}

/** What costs whoever sends it nothing. */
function isCheap({ category, outcome }: Draft): boolean {
  return outcome === 'denied' || (category === 'auth' && outcome === 'failure');
}

function sourceOf(engine: Engine, { actor, source }: Draft): Source {
  const open = windows.get(engine) ?? new Map<string, Source>();
  windows.set(engine, open);
  const own = [source?.ip, actor.type, actor.id].join(' ');
  const key = open.has(own) || open.size < MAX_SOURCES ? own : THE_REST;
  const known = open.get(key);
  if (known !== undefined) return known;
  const begun: Source = { recorded: new Set(), counted: new Map() };
  open.set(key, begun);
  const settle = (): void => {
    engine.beforeStop.delete(settle);
    cancel();
    open.delete(key);
    for (const one of begun.counted.values()) engine.submit(mergedOf(one));
  };
  const cancel = engine.clock.after(WINDOW_MS, settle);
  engine.beforeStop.add(settle);
  return begun;
}

/** What makes one refusal of a source like another. */
function kindOf({ action, actor, request, resource }: Draft): string {
  return [action, request?.method, request?.route, request?.status, resource?.id, actor.claimed].join(' ');
}

function count(counted: Map<string, Counted>, draft: Draft, kind: string): void {
  const action = counted.has(draft.action) || counted.size < MAX_DIFFERENT ? draft.action : VARIOUS;
  const known = counted.get(action) ?? beginningWith(draft, action);
  counted.set(action, known);
  known.count += 1;
  known.last = draft;
  known.isOneKind &&= kindOf(known.first) === kind;
  known.isOneAddress &&= known.first.source?.ip === draft.source?.ip;
  const { claimed } = draft.actor;
  if (claimed !== undefined && known.identities.size < MAX_IDENTITIES) known.identities.add(claimed);
}

function beginningWith(first: Draft, action: string): Counted {
  return { action, first, last: first, count: 0, identities: new Set(), isOneKind: true, isOneAddress: true };
}

/** One event for what was counted: the last of it, without what the others do not have in common with it. */
function mergedOf({ action, count: times, first, identities, isOneAddress, isOneKind, last }: Counted): Draft {
  const { claimed, ...actor } = last.actor;
  const repeated = {
    count: times,
    first: new Date(first.time).toISOString(),
    last: new Date(last.time).toISOString(),
    ...(identities.size > 1 ? { identities: identities.size } : {}),
  };
  const metadata = { ...last.metadata, repeated };
  const source = isOneAddress ? last.source : undefined;
  if (isOneKind) return { ...last, source, metadata };
  return {
    ...last,
    ...(action === last.action ? {} : { action, category: categoryOf(action), operation: operationOf(action) }),
    actor: identities.size <= 1 && claimed !== undefined ? { ...actor, claimed } : actor,
    resource: action !== last.action || last.resource === undefined ? undefined : { type: last.resource.type },
    request: undefined,
    source,
    metadata,
  };
}
