import { Unit } from '@whodunit/core/writes';
import type { QueryInterface, QueryOptions, Send, SequelizeParts, Transaction } from './sequelize.js';

/** The transactions that writes were made in. */
export interface Transactions {
  /** The transaction that a statement with these options runs in: the one stated, else that of CLS. */
  of(options: QueryOptions): Transaction | undefined;
  unit(transaction: Transaction): Unit;
}

type End = (this: unknown, transaction: Transaction, options: QueryOptions) => Promise<unknown>;

/** Follows transactions and savepoints to their end, on the query interface, where every one of them passes. */
export function followTransactions(
  sequelize: SequelizeParts,
  send: Send,
  sendingWith: (send: Send) => QueryInterface,
): Transactions {
  const units = new WeakMap<Transaction, Unit>();

  const unit = (transaction: Transaction): Unit => {
    const known = units.get(transaction);
    if (known !== undefined) return known;
    const parent = transaction.parent ?? undefined;
    const made = new Unit(parent === undefined ? undefined : unit(parent), (sql, bind) =>
      send(sql, { transaction: parent ?? transaction, bind, raw: true, type: 'RAW' }),
    );
    units.set(transaction, made);
    return made;
  };

  const queryInterface = sequelize.getQueryInterface();
  const commit = queryInterface['commitTransaction'] as End;
  const rollback = queryInterface['rollbackTransaction'] as End;

  /** Sequelize takes a transaction for ended once it was to be committed, so what must not be is rolled back here. */
  const prepare = async (transaction: Transaction, options: QueryOptions): Promise<void> => {
    try {
      await units.get(transaction)?.prepare();
    } catch (error) {
      await Reflect.apply(rollback, sendingWith(send), [transaction, options]);
      throw error;
    }
  };

  queryInterface['commitTransaction'] = async (transaction: Transaction, options: QueryOptions) => {
    let isUndone = false;
    // Postgres answers the COMMIT of a transaction in which a statement failed with a rollback, and no error.
    const sendCommit: Send = async (sql, given) => {
      const result = await send(sql, { ...given, type: 'RAW' });
      if (!Array.isArray(result)) return result;
      isUndone = result[1]?.command === 'ROLLBACK';
      return result[0];
    };
    try {
      await prepare(transaction, options);
      const result = await Reflect.apply(commit, sendingWith(sendCommit), [transaction, options]);
      if (isUndone) units.get(transaction)?.rolledBack();
      else units.get(transaction)?.committed();
      return result;
    } catch (error) {
      units.get(transaction)?.rolledBack();
      throw error;
    }
  };
  queryInterface['rollbackTransaction'] = async (transaction: Transaction, options: QueryOptions) => {
    units.get(transaction)?.rolledBack();
    return Reflect.apply(rollback, sendingWith(send), [transaction, options]);
  };

  return {
    unit,
    of({ transaction }) {
      if (transaction !== undefined) return transaction ?? undefined;
      const { _cls } = sequelize.constructor as { readonly _cls?: { get(name: string): Transaction | undefined } };
      return _cls?.get('transaction') ?? undefined;
    },
  };
}
