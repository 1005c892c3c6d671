import { contextText } from '@whodunit/core/writes';

/**
 * Tells the database who works in this transaction: the actor, tenant, request and source of the current request or job, for
 * triggers to keep with every change. To be called inside the transaction, before its first write; one statement. It ends
 * with the transaction, so that no pool or pooler carries it on to somebody else. Outside of any request or job it does
 * nothing.
 *
 * @param query runs SQL on the connection of the transaction, with parameters that are bound and never part of the text
 */
export async function bindContext(query: (sql: string, values: unknown[]) => Promise<unknown>): Promise<void> {
  const context = contextText();
  if (context !== undefined) await query("SELECT set_config('whodunit.context', $1, true)", [context]);
}
