import type { Engine } from '../engine/engine.js';
import { factsOf } from '../engine/held-rows.js';
import { rowQueueOf } from '../engine/row-queue.js';
import { scopes } from '../engine/scope.js';
import { captureOf } from '../pure/build.js';
import { severityOf } from '../pure/words.js';

/** A write that nothing is seen of. */
export interface Gap {
  /** As the ORM calls it: `$executeRaw`. */
  readonly verb: string;
  /** Model or table, where it is known. */
  readonly model?: string | undefined;
  /** What to do about it, for people. */
  readonly why: string;
}

/** The same gap again within this time is counted. */
const WINDOW_MS = 60_000;
const MAX_KINDS = 256;

interface Counted {
  count: number;
}

const open = new WeakMap<Engine, Map<string, Counted>>();

/** Records that something was written that nobody saw: the first of its kind at once, the rest of a minute as a count. */
export function recordGap(engine: Engine, by: string, gap: Gap): void {
  // What was written before stands before it.
  rowQueueOf(engine).settle();
  const kinds = open.get(engine) ?? new Map<string, Counted>();
  open.set(engine, kinds);
  const kind = `${by} ${gap.verb} ${gap.model ?? ''}`;
  engine.gaps.set(kind, { by, verb: gap.verb, ...(gap.model === undefined ? {} : { model: gap.model }) });
  const known = kinds.get(kind);
  if (known !== undefined) {
    known.count += 1;
    return;
  }
  submit(engine, by, gap, 1);
  if (kinds.size >= MAX_KINDS) return;
  const counted: Counted = { count: 0 };
  kinds.set(kind, counted);
  const settle = (): void => {
    engine.beforeStop.delete(settle);
    cancel();
    kinds.delete(kind);
    if (counted.count > 0) submit(engine, by, gap, counted.count);
  };
  const cancel = engine.clock.after(WINDOW_MS, settle);
  engine.beforeStop.add(settle);
}

function submit(engine: Engine, by: string, { model, verb, why }: Gap, count: number): void {
  const scope = count === 1 ? scopes.getStore() : undefined;
  const action = 'audit.coverage_gap';
  engine.submit({
    ...factsOf(scope?.engine === engine ? scope : undefined),
    id: engine.newId(),
    time: engine.clock.now(),
    action,
    category: 'audit',
    operation: 'execute',
    outcome: 'unknown',
    severity: severityOf(action, 'unknown'),
    reason: { code: 'unaudited_write', text: why },
    capture: captureOf(by, `${verb} was called, and what it changes is not seen`, 'metadata', undefined),
    metadata: { verb, ...(model === undefined ? {} : { model }), ...(count === 1 ? {} : { count }) },
  });
  if (scope !== undefined) scope.hasChildren = true;
}
