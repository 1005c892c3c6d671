import { Unit } from '@whodunit/core/writes';
import { type Client, type LazyCall, type Transaction, transactionOf } from './client.js';
import type { Family } from './family.js';
import { around } from './units.js';
import { VERBS } from './work.js';

type Original = (this: Client, input: unknown, options?: unknown) => Promise<unknown>;
type Options = Readonly<Record<string, unknown>>;

/** `$transaction`, which also says when what was written in it has come true. */
export function auditedTransaction(family: Family, original: Original): Original {
  /** Interactive: what runs in it finds its unit by the transaction's id. */
  const interactive: Original = async function (input, options) {
    const work = input as (client: Client) => unknown;
    let settle = (_isCommitted: boolean): void => undefined;
    const open = async (client: Client): Promise<unknown> => {
      const transaction = transactionOf(client);
      if (transaction === undefined) return work(client);
      const unit = family.units.open(transaction, levelOf(options));
      settle = (isCommitted) => {
        family.units.close(transaction, unit);
        if (isCommitted) unit.committed();
        else unit.rolledBack();
      };
      const result = await work(client);
      await unit.prepare();
      return result;
    };
    try {
      const result = await original.call(this, open, options);
      settle(true);
      return result;
    } catch (error) {
      settle(false);
      throw error;
    }
  };

  /** A batch as Prisma sends it: one after the other, with nothing that could be read between them. */
  const sent: Original = async function (input, options) {
    const unit = new Unit();
    const store = { unit, isBatch: true, isOpen: true, inner: 0 };
    try {
      const result = await around.run(store, () => original.call(this, input, options));
      unit.committed();
      return result;
    } catch (error) {
      unit.rolledBack();
      throw error;
    } finally {
      store.isOpen = false;
    }
  };

  /** A batch with reads in between: the same statements, in an interactive transaction. */
  const opened: Original = function (input, options) {
    const calls = input as readonly LazyCall[];
    const runAll = async (client: Client): Promise<unknown[]> => {
      const transaction = transactionOf(client) as Transaction;
      const results: unknown[] = [];
      for (const call of calls) results.push(await call.requestTransaction?.(anew(transaction)));
      return results;
    };
    return interactive.call(this, runAll, { ...PATIENT, ...(options as Options | undefined) });
  };

  return function (input, options) {
    if (typeof input === 'function') return interactive.call(this, input, options);
    if (!Array.isArray(input) || !input.every(isLazyCall)) return original.call(this, input, options);
    if (!input.some((call) => writes(family, call))) return original.call(this, input, options);
    return mayOpen(family, this) ? opened.call(this, input, options) : sent.call(this, input, options);
  };
}

function levelOf(options: unknown): unknown {
  return (options as Options | undefined)?.['isolationLevel'];
}

/** A batch has more statements now: it shall not fail for that. */
const PATIENT = { maxWait: 30_000, timeout: 3_600_000 };

/** Another extension may run a write outside of the transaction, where it would wait for it; some databases have none. */
function mayOpen({ bare, isWrapped }: Family, client: Client): boolean {
  const { accelerateUrl, adapter } = bare._engineConfig;
  const isRemote = accelerateUrl !== undefined || adapter?.adapterName === '@prisma/adapter-d1';
  return !isWrapped && !isRemote && transactionOf(client) === undefined;
}

function isLazyCall(value: unknown): value is LazyCall {
  return (value as { [Symbol.toStringTag]?: unknown } | undefined)?.[Symbol.toStringTag] === 'PrismaPromise';
}

/** Calls by a model say what they are; those of another extension, or in SQL, do not. */
function writes({ modelOf, tables }: Family, { spec }: LazyCall): boolean {
  if (spec?.action === undefined || spec.model === undefined) return false;
  const table = tables.get(spec.model);
  return Object.hasOwn(VERBS, spec.action) && table !== undefined && modelOf(table) !== undefined;
}

/** In an interactive transaction a call that has run already is not run again, in a batch it is: it asks once which of the two this is. */
function anew(transaction: Transaction): Transaction {
  let isAsked = false;
  return {
    ...transaction,
    get kind() {
      if (isAsked) return transaction.kind;
      isAsked = true;
      return 'batch' as const;
    },
  };
}
