import type { Row } from '@whodunit/core/writes';
import type { Entity } from './entity.js';
import { aliasOf, rowOf, selectionOf, takeOurs } from './rows.js';
import type { Builder, Raw, Source } from './typeorm.js';

/** Databases that give back any column of the rows that a statement wrote. */
const RETURNING: ReadonlySet<string> = new Set(['postgres', 'cockroachdb']);

export function givesRowsBack({ options }: Source): boolean {
  return RETURNING.has(options.type);
}

/**
 * The one statement that a write sends. When it `asks`, all columns of the rows that it writes come back with it, without
 * another query; they are taken out again before TypeORM looks at what came back.
 */
export class Statement {
  readonly #source: Source;
  readonly #entity: Entity;
  #hadOwn = false;
  #rows: readonly Row[] | undefined;
  #affected: number | undefined;
  asks = false;

  constructor(source: Source, entity: Entity) {
    this.#source = source;
    this.#entity = entity;
  }

  /** The rows as they are stored, or were when it deleted them; `undefined` when it did not ask. */
  get rows(): readonly Row[] | undefined {
    return this.#rows;
  }

  get affected(): number | undefined {
    return this.#affected;
  }

  /** What stands after RETURNING. */
  returning(own: string): string {
    if (!this.asks) return own;
    this.#hadOwn = own !== '';
    const ours = selectionOf(this.#source, this.#entity).map((name, i) => `${name} AS ${aliasOf(i)}`);
    return [...(this.#hadOwn ? [own] : []), ...ours].join(', ');
  }

  /** Looks at what came back, and leaves what would have come without us. */
  take(result: unknown): void {
    const { affected, records } = result as { readonly affected?: number; readonly records?: Raw[] };
    this.#affected = affected;
    // A runner may stand in another: the inner one has taken them already.
    if (!this.asks || records === undefined || this.#rows !== undefined) return;
    this.#rows = records.map((record) => rowOf(this.#source, this.#entity, takeOurs(record)));
    if (!this.#hadOwn) records.length = 0;
  }
}

/** By the builder while it runs, then by the values of its statement: by these the query runner knows it again. */
export const running = new WeakMap<Builder, Statement>();
export const sent = new WeakMap<object, Statement>();
