import type { SealedLine } from './sealed-line.js';

/** Runs SQL on the connection of a transaction that is open. Placeholders are `$1`, `$2`, ... */
export type Query = (sql: string, values: readonly unknown[]) => Promise<unknown>;

/** An event before it has its place in a stream. */
export interface UnsealedLine {
  readonly id: string;
  /** One line of JSON; its `seal` says nothing yet. */
  readonly line: string;
}

/** An event of the outbox that is one's own to deliver until the claim ends. */
export interface Claimed {
  readonly id: string;
  readonly line: string;
  /** It was sealed by an earlier claim that did not come to its end: it stays what it is. */
  readonly isSealed: boolean;
}

/**
 * Where events wait that were written in the application's own transaction: they exist when it commits, and only then.
 * Whoever has the outbox relays them to every sink: claims some, seals them, delivers them, and takes them out. Rows are
 * claimed by a lease and never by their order, as the earlier of two transactions may commit later.
 *
 * - **B1** `store` rejects when the events are not in the transaction
 * - **B2** `claim` gives a row to nobody else until its lease ends
 * - **B3** `seal` keeps a line for ever: whoever claims the row after us delivers the same bytes
 */
export interface Outbox {
  /** Puts events into the transaction of the application. */
  store(query: Query, lines: readonly UnsealedLine[]): Promise<void>;
  claim(limit: number): Promise<readonly Claimed[]>;
  /** Keeps the lines of claimed rows. Resolves with the ids that are still one's own. */
  seal(lines: readonly SealedLine[]): Promise<ReadonlySet<string>>;
  /** Makes the lease of claimed rows longer. */
  extend(ids: readonly string[]): Promise<void>;
  /** Every sink has them. */
  remove(ids: readonly string[]): Promise<void>;
  /** They will be delivered by somebody else. */
  release(ids: readonly string[]): Promise<void>;
  /** How long a claim lasts, in milliseconds. */
  readonly leaseMs: number;
}
