import { AsyncLocalStorage } from 'node:async_hooks';
import { RawQueryFragment } from '@mikro-orm/core';
import type { Write, Writes } from '@whodunit/core/writes';
import type { Entities, Entity } from './entities.js';
import type { Connection, Transaction } from './mikro-orm.js';
import type { Reader } from './reading.js';
import type { Transactions } from './transactions.js';

/** A write that is captured already: what the driver sends for it is no write of its own. */
interface Seen {
  affected: number;
}

const seen = new AsyncLocalStorage<Seen>();

/** What every way of writing is captured with. */
export interface Tools {
  readonly writes: Writes;
  readonly entities: Entities;
  readonly reader: Reader;
  readonly transactions: Transactions;
  readonly connection: Connection;
  readonly rereads: boolean;
}

/** Whether this runs within a write that is captured already. */
export function seenNow(): Seen | undefined {
  return seen.getStore();
}

/** Runs what a captured write sends. */
export function inside<T>(work: (rows: Seen) => Promise<T>): Promise<T> {
  const rows: Seen = { affected: 0 };
  return seen.run(rows, () => work(rows));
}

/** Where a write runs. */
export interface Place {
  readonly ctx: Transaction | undefined;
  /** The transaction was opened for this write alone. */
  readonly isOwn: boolean;
}

type Verb = (place: Place) => Omit<Write<unknown>, 'isolated' | 'model' | 'unit' | 'verb'>;

/** Captures one write: in the transaction that it was made in, or in one of its own. */
export function capture(
  { connection, transactions, writes }: Tools,
  entity: Entity,
  verb: string,
  ctx: Transaction | undefined,
  write: Verb,
): Promise<unknown> {
  const at = (place: Place): Write<unknown> => {
    const made = write(place);
    const run = (): Promise<unknown> => inside(() => made.run());
    return { ...made, run, model: entity.model, unit: transactions.unit(place.ctx), verb };
  };
  const isolated: Write<unknown>['isolated'] = (inOwn) =>
    connection.transactional((own) => inOwn(at({ ctx: own, isOwn: true })));
  // A fragment of SQL in a condition is good for one statement; reading is another.
  return RawQueryFragment.run(() => writes.capture({ ...at({ ctx, isOwn: false }), isolated }));
}
