import type { Unit, Write } from '@whodunit/core/writes';
import { type Client, type Transaction, transactionOf } from './client.js';
import type { Execution } from './execution.js';
import type { Family } from './family.js';
import type { Nested } from './nested/nested.js';

/** A transaction of the write's own is not to fail where the write alone would not. */
const PATIENT = { maxWait: 30_000, timeout: 3_600_000 };

/** Runs a write in a transaction of its own, so that what was there before is locked until it is changed. */
export async function isolated(
  { family, nested }: { readonly family: Family; readonly nested: Nested | undefined },
  writeIn: (unit: Unit, transaction: Transaction) => Write<Execution>,
  run: (write: Write<Execution>) => Promise<Execution>,
): Promise<Execution> {
  const { bare, units } = family;
  let unit: Unit | undefined;
  const inOwn = async (client: unknown): Promise<Execution> => {
    const transaction = transactionOf(client as Client);
    if (transaction === undefined) throw new Error('Prisma has opened no transaction.');
    const own = units.open(transaction);
    unit = own;
    try {
      const execution = await run(writeIn(own, transaction));
      nested?.tell(own);
      await own.prepare();
      return execution;
    } finally {
      units.close(transaction, own);
    }
  };
  try {
    const execution = (await bare.$transaction(inOwn, PATIENT)) as Execution;
    unit?.committed();
    return execution;
  } catch (error) {
    unit?.rolledBack();
    throw error;
  }
}
