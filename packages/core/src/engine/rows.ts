import type { RowChange } from '../pure/row.js';

/** Rows that changed in a scope and wait for its end, in their order. */
export interface HeldRows {
  readonly list: RowChange[];
  /** Ends the wait. */
  readonly end: () => void;
}
