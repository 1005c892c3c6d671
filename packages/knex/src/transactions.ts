import { Unit } from '@whodunit/core/writes';
import type { Client, Container, Transaction, Transactor } from './knex-parts.js';

/** Which transaction or savepoint a client of Knex runs in. */
export type Units = WeakMap<Client, Unit>;

/** Transactions that Postgres rolled back although it was asked to commit, because a statement in them had failed. */
const refused = new WeakSet<Client>();

/** The answer to a COMMIT says whether it was one. */
export function heedCommit(client: Client, response: unknown): void {
  if ((response as { command?: unknown } | undefined)?.command === 'ROLLBACK') refused.add(client);
}

/**
 * Opens a transaction whose client is made ready before the application gets it. Its changes come true when Knex tells the
 * application that it is committed, and are forgotten when it tells anything else.
 */
export function openTransaction(
  open: (container: Container) => Transaction,
  container: Container,
  begun: (client: Client, query: (sql: string, values: readonly unknown[]) => Promise<unknown>) => Unit,
): Transaction {
  const transaction = open((transactor) => {
    const isOver = follow(transaction, transactor.client, () => unit);
    const unit = begun(transactor.client, async (sql, values) => {
      if (isOver()) throw new Error('The transaction has ended.');
      return queryIn(transactor, sql, values);
    });
    return container(transactor);
  });
  return transaction;
}

/** Follows how a transaction ends: by the first of its endings that the application asks for. Gives whether it has. */
function follow(transaction: Transaction, client: Client, unitOf: () => Unit): () => boolean {
  let isOver = false;
  let ending: 'commit' | 'rollback' | undefined;
  const { _rejecter, _resolver } = transaction;
  for (const verb of ['commit', 'release', 'rollback', 'rollbackTo'] as const) {
    const end = transaction[verb];
    transaction[verb] = (...args) => {
      ending ??= verb === 'commit' || verb === 'release' ? 'commit' : 'rollback';
      return end.apply(transaction, args);
    };
  }
  transaction._resolver = (value) => {
    isOver = true;
    if (ending === 'commit' && !refused.has(client)) unitOf().committed();
    else unitOf().rolledBack();
    _resolver(value);
  };
  transaction._rejecter = (error) => {
    isOver = true;
    unitOf().rolledBack();
    _rejecter(error);
  };
  return () => isOver;
}

/** Runs SQL on the connection of a transaction that has not ended. */
async function queryIn(transactor: Transactor, sql: string, values: readonly unknown[]): Promise<unknown> {
  const { client } = transactor;
  const sent = await client._query(await client.acquireConnection(), { sql, bindings: values });
  return sent.response;
}
