import type { Row } from '../pure/row.js';
import type { Model } from './model.js';
import type { Unit } from './unit.js';

/**
 * One write of an ORM: what is written, and how to read what was there, to run it, and to read what is there then. The rows
 * that `before` and `after` give are not the application's: copies, or rows that were read for this.
 */
export interface Write<R> {
  readonly model: Model;
  /** As the ORM calls it: `updateMany`. */
  readonly verb: string;
  readonly operation: 'create' | 'update' | 'delete' | 'upsert';
  /** What the action says instead of the operation. */
  readonly action?: 'restore' | undefined;
  /** The transaction that it runs in. */
  readonly unit?: Unit | undefined;
  /** It changes one row, by its key: it is read whatever the options say of bulk. */
  readonly isOne?: boolean | undefined;
  /** How many rows the write itself states. */
  readonly size?: number | undefined;
  /** `before` locks the rows that it reads until the transaction ends. */
  readonly locks?: boolean | undefined;
  /** Why what `before` gives is not as true as rows that were locked, where it does not read them: `exact` all the same. */
  readonly why?: string | undefined;
  /** Reads the rows that will be changed, at most so many. Absent: nothing is there before, or nobody can tell. */
  before?(limit: number): Promise<readonly Row[]> | readonly Row[];
  run(): Promise<R>;
  /** Reads the rows as they are stored now; of a delete, those that are still there. Absent: nobody can tell. */
  after?(result: R, before: readonly Row[]): Promise<readonly Row[]> | readonly Row[];
  /** How many rows were changed, where the ORM says so. */
  affected?(result: R): number | undefined;
  /** What a summary says: the filter of the write, and what it sets. Redacted by names like everything else. */
  summary?(): { readonly filter?: unknown; readonly set?: unknown };
  /** Opens a transaction, hands over the same write in it, and commits. */
  isolated?(run: (write: Write<R>) => Promise<R>): Promise<R>;
}

/** A row that an ORM tells by itself, with what was there before. */
export interface ToldRow {
  readonly model: Model;
  readonly verb: string;
  readonly operation: 'create' | 'update' | 'delete';
  readonly action?: 'restore' | undefined;
  readonly unit?: Unit | undefined;
  readonly before?: Row | undefined;
  readonly after?: Row | undefined;
  /** Others that were joined to it, and taken from it, by the name of the list: ids. */
  readonly joined?:
    | Readonly<Record<string, { readonly added: readonly string[]; readonly removed: readonly string[] }>>
    | undefined;
  /** Why the state before is not as true as one that was locked: `exact` all the same. */
  readonly why?: string | undefined;
}
