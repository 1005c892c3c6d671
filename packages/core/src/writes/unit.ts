import type { Engine } from '../engine/engine.js';
import { factsOf, publishRows } from '../engine/held-rows.js';
import { draftOfRow } from '../engine/row-draft.js';
import { nameRow } from '../engine/row-names.js';
import type { Scope } from '../engine/scope.js';
import { AuditError } from '../model/errors.js';
import type { Query, UnsealedLine } from '../model/outbox.js';
import { mergeRows, type RowChange } from '../pure/row.js';

/** A row that changed, and where. */
export interface Changed {
  readonly engine: Engine;
  readonly scope: Scope | undefined;
  readonly row: RowChange;
}

/**
 * What one transaction, or one savepoint in it, has changed. Its states: `open`, in which rows are added and those of the
 * same row merged (made and deleted is nothing, deleted and made is changed); `committed`, by which they come true: they go
 * to the transaction around it or, without one, become events; `rolled back`, by which they are forgotten.
 */
export class Unit {
  readonly outer: Unit | undefined;
  readonly query: Query | undefined;
  readonly #changes = new Map<string, Changed>();
  readonly #relays = new Set<Engine>();
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

  /**
   * To be awaited before the transaction is committed: with an outbox, the events of what it changed are written in it, so
   * that they exist when it commits, whatever happens to this process. Nothing to do without one, or in a savepoint.
   *
   * @throws AuditError `AUDIT_NOT_STORED` when they cannot be: the transaction must not be committed then
   */
  async prepare(): Promise<void> {
    const { outer, query } = this;
    if (!this.#isOpen || outer !== undefined || query === undefined) return;
    for (const engine of new Set([...this.#changes.values()].map((change) => change.engine))) {
      if (engine.outbox === undefined) continue;
      const lines = await this.#takeLines(engine);
      if (lines.length === 0) continue;
      try {
        await engine.outbox.store(query, lines);
      } catch (cause) {
        const message =
          'What a transaction changed could not be written to the outbox, so it must not be committed. See `cause`.';
        throw new AuditError('AUDIT_NOT_STORED', message, { cause });
      }
      this.#relays.add(engine);
    }
  }

  /** The transaction was committed, or the savepoint released. */
  committed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.outer === undefined) publish(this.#changes.values());
    else this.outer.add(this.#changes.values());
    this.#changes.clear();
    for (const engine of this.#relays) engine.wakeRelay();
  }

  /** The transaction, or all since the savepoint, was rolled back: nothing of it has happened. */
  rolledBack(): void {
    this.#isOpen = false;
    this.#changes.clear();
  }

  /** The events of what was changed, which are then nobody else's to tell. */
  async #takeLines(engine: Engine): Promise<UnsealedLine[]> {
    const lines: UnsealedLine[] = [];
    for (const [key, change] of [...this.#changes]) {
      if (change.engine !== engine) continue;
      this.#changes.delete(key);
      const { row, scope } = change;
      if (scope?.skipped === true) continue;
      await nameRow(engine, row);
      const draft = draftOfRow(engine, row, factsOf(scope));
      if (draft === undefined) continue;
      if (scope !== undefined) scope.hasChildren = true;
      lines.push(engine.unsealed(draft));
    }
    return lines;
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
