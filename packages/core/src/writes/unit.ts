import type { Engine } from '../engine/engine.js';
import { publishRows } from '../engine/held-rows.js';
import type { Scope } from '../engine/scope.js';
import { mergeRows, type RowChange } from '../pure/row.js';

/** A row that changed, and where. */
export interface Changed {
  readonly engine: Engine;
  readonly scope: Scope | undefined;
  readonly row: RowChange;
}

/** Runs SQL on the connection of a transaction. */
export type Query = (sql: string, values: readonly unknown[]) => Promise<unknown>;

/**
 * What one transaction, or one savepoint in it, has changed. Its states: `open`, in which rows are added and those of the
 * same row merged (made and deleted is nothing, deleted and made is changed); `committed`, by which they come true: they go
 * to the transaction around it or, without one, become events; `rolled back`, by which they are forgotten.
 */
export class Unit {
  readonly outer: Unit | undefined;
  readonly query: Query | undefined;
  readonly #changes = new Map<string, Changed>();
  #unnamed = 0;
  #isOpen = true;

  /** @param outer the transaction around it, for a savepoint */
  constructor(outer?: Unit, query?: Query) {
    this.outer = outer;
    this.query = query ?? outer?.query;
  }

  /** Adds what a write changed. Of a transaction that has ended already (by a timeout, say) nothing more comes true. */
  add(changes: Iterable<Changed>): void {
    if (!this.#isOpen) return;
    for (const change of changes) {
      const { id, type } = change.row;
      if (id === undefined) this.#unnamed += 1;
      const key = id === undefined ? `${this.#unnamed}` : `${type} ${id}`;
      const before = this.#changes.get(key);
      const row = before === undefined ? change.row : mergeRows(before.row, change.row);
      if (row === undefined) this.#changes.delete(key);
      else this.#changes.set(key, { ...change, row });
    }
  }

  /** The transaction was committed, or the savepoint released. */
  committed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.outer === undefined) publish(this.#changes.values());
    else this.outer.add(this.#changes.values());
    this.#changes.clear();
  }

  /** The transaction, or all since the savepoint, was rolled back: nothing of it has happened. */
  rolledBack(): void {
    this.#isOpen = false;
    this.#changes.clear();
  }
}

/** Changes that have come true become events: in the request or job in which they were made. */
export function publish(changes: Iterable<Changed>): void {
  const groups = new Map<Scope | undefined, Map<Engine, RowChange[]>>();
  for (const { engine, scope, row } of changes) {
    const engines = groups.get(scope) ?? new Map<Engine, RowChange[]>();
    groups.set(scope, engines);
    const rows = engines.get(engine);
    if (rows === undefined) engines.set(engine, [row]);
    else rows.push(row);
  }
  for (const [scope, engines] of groups) for (const [engine, rows] of engines) publishRows(engine, scope, rows);
}
