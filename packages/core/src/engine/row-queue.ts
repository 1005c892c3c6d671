import type { RowChange } from '../pure/row.js';
import type { Engine } from './engine.js';
import { waitFor } from './pending.js';
import { submitRemains } from './remains.js';
import { draftOfRow, type RowFacts } from './row-draft.js';
import { nameRow } from './row-names.js';

/** Events that are made in one turn of the event loop: a bulk write of a thousand rows must hold up nobody. */
const MAX_A_TURN = 64;

/** Fewer wait so long for others: made in a row, each costs a fraction. */
const MAX_WAIT_MS = 50;

/** Rows that wait to become events. */
export interface RowQueue {
  add(row: RowChange, facts: RowFacts): void;
  /** Makes what waits, now. */
  settle(): void;
}

const queues = new WeakMap<Engine, RowQueue>();

/** The queue of an engine; the engine settles it before anybody looks at what was recorded. */
export function rowQueueOf(engine: Engine): RowQueue {
  const known = queues.get(engine);
  if (known !== undefined) return known;
  const made = rowQueue(engine);
  queues.set(engine, made);
  engine.waiting.add(made.settle);
  return made;
}

function rowQueue(engine: Engine): RowQueue {
  let rows: { readonly row: RowChange; readonly facts: RowFacts }[] = [];
  let isRunning = false;
  let cancel: (() => void) | undefined;

  const make = (upTo: number): void => {
    const now = rows.slice(0, upTo);
    rows = rows.slice(upTo);
    for (const { row, facts } of now) makeEvent(engine, row, facts);
  };

  const work = async (): Promise<void> => {
    isRunning = true;
    while (rows.length > 0) {
      make(MAX_A_TURN);
      if (rows.length > 0) await engine.clock.turn();
    }
    isRunning = false;
  };

  const begin = (): void => {
    cancel?.();
    cancel = undefined;
    if (!isRunning) void work();
  };

  return {
    add(row, facts) {
      rows.push({ row, facts });
      if (isRunning || cancel !== undefined) return;
      // Nobody will ask for it any more; that it is lost must be told now.
      if (engine.isStopped) begin();
      else cancel = engine.clock.after(MAX_WAIT_MS, begin);
    },
    settle() {
      cancel?.();
      cancel = undefined;
      make(rows.length);
    },
  };
}

function makeEvent(engine: Engine, row: RowChange, facts: RowFacts): void {
  const submit = (): void => {
    try {
      const draft = draftOfRow(engine, row, facts);
      if (draft !== undefined) engine.submit(draft);
    } catch (error) {
      submitRemains(engine, { action: `${row.type}.${row.operation}` }, error);
    }
  };
  const naming = nameRow(engine, row);
  if (naming === undefined) submit();
  else waitFor(engine, naming.then(submit));
}
