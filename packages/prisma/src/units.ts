import { AsyncLocalStorage } from 'node:async_hooks';
import { Unit } from '@whodunit/core/writes';
import { type Client, type Transaction, within } from './client.js';

/** What is around a call, besides a transaction that Prisma knows of. */
export interface Around {
  /** Where its rows go when it is in no transaction: a write of another extension within this one tells the same rows. */
  readonly unit: Unit;
  /** What it is around has not ended. */
  isOpen: boolean;
  /** The batch that the call is part of; it has been sent as one. */
  readonly isBatch: boolean;
  /** Writes that were seen within this one. */
  inner: number;
}

/** Which unit a call belongs to. */
export interface Units {
  /** Opens the unit of an interactive transaction, or of a savepoint in it. The last one opened is the one that is written in. */
  open(transaction: Transaction, isolationLevel?: unknown): Unit;
  close(transaction: Transaction, unit: Unit): void;
  of(transaction: Transaction | undefined): Unit | undefined;
  /** Whether a transaction reads all it reads as of one moment, and fails when it changes what others have changed since. */
  isSnapshot(transaction: Transaction): boolean;
}

export const around = new AsyncLocalStorage<Around>();

const SNAPSHOTS: ReadonlySet<unknown> = new Set(['RepeatableRead', 'Serializable']);

export function unitsOf(bare: Client): Units {
  const open = new Map<string | number, Unit[]>();
  const snapshots = new Set<string | number>();
  return {
    open(transaction, isolationLevel = bare._engineConfig.transactionOptions?.isolationLevel) {
      if (SNAPSHOTS.has(isolationLevel)) snapshots.add(transaction.id);
      const units = open.get(transaction.id) ?? [];
      open.set(transaction.id, units);
      const query = (sql: string, values: readonly unknown[]): Promise<unknown> =>
        within(bare.$queryRawUnsafe(sql, ...values), transaction);
      const unit = new Unit(units.at(-1), query);
      units.push(unit);
      return unit;
    },
    close(transaction, unit) {
      const units = (open.get(transaction.id) ?? []).filter((each) => each !== unit);
      if (units.length > 0) {
        open.set(transaction.id, units);
        return;
      }
      open.delete(transaction.id);
      snapshots.delete(transaction.id);
    },
    isSnapshot: ({ id }) => snapshots.has(id),
    of(transaction) {
      if (transaction?.kind === 'itx') return open.get(transaction.id)?.at(-1);
      const { isBatch = false, unit } = around.getStore() ?? {};
      return transaction?.kind === 'batch' && isBatch ? unit : undefined;
    },
  };
}
