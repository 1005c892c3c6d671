import type { Unit } from '@whodunit/core/writes';
import type { Session } from './drizzle.js';

/** Where a write runs: on the database, or in a transaction. */
export interface Place {
  readonly session: Session;
  readonly unit: Unit | undefined;
  /** Opens a transaction, and commits it when `work` resolves. */
  open<R>(work: (place: Place) => Promise<R>): Promise<R>;
}
