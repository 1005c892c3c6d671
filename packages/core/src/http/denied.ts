import type { Engine } from '../engine/engine.js';
import type { Draft } from '../pure/draft.js';

/** Repetitions of one denied read within this time become one event with a count. */
const WINDOW_MS = 60_000;
const MAX_KEYS = 1_000;

interface Repeated {
  last: Draft;
  count: number;
}

const windows = new WeakMap<Engine, Map<string, Repeated>>();

/**
 * Denied reads can be had for nothing, so nobody must be able to flood the trail with them: the first from a source is
 * recorded at once, the repetitions of a minute as one event with `metadata.repeated`. True when this one only counts.
 */
export function mergeDenied(engine: Engine, draft: Draft): boolean {
  const open = windows.get(engine) ?? new Map<string, Repeated>();
  windows.set(engine, open);
  const key = [draft.source?.ip, draft.actor.id, draft.action, draft.request?.route, draft.request?.status].join(' ');
  const known = open.get(key);
  if (known !== undefined) {
    known.last = draft;
    known.count += 1;
    return true;
  }
  // With more sources than anybody has, they are recorded one by one: the journal's own bound holds.
  if (open.size >= MAX_KEYS) return false;
  open.set(key, { last: draft, count: 0 });
  const settle = (): void => {
    engine.beforeStop.delete(settle);
    cancel();
    const repeated = open.get(key);
    open.delete(key);
    if (repeated === undefined || repeated.count === 0) return;
    engine.submit({ ...repeated.last, metadata: { ...repeated.last.metadata, repeated: repeated.count } });
  };
  const cancel = engine.clock.after(WINDOW_MS, settle);
  engine.beforeStop.add(settle);
  return false;
}
