import type { Write, Writes } from '@whodunit/core/writes';
import type { QueryOptions, Send, SequelizeParts, TableName, Transaction } from './sequelize.js';
import type { Tables } from './table.js';
import type { Transactions } from './transactions.js';
import type { VerbShape } from './verbs/index.js';
import type { Place, Tools } from './verbs/verb.js';

type Run = (args: readonly unknown[], send?: Send) => Promise<unknown>;

interface Parts {
  readonly parts: SequelizeParts;
  readonly writes: Writes;
  readonly tables: Tables;
  readonly transactions: Transactions;
  readonly tools: Omit<Tools, 'run'>;
}

const NO_MODEL =
  'The table has no model, so nobody knows its key. Define a model for it, or record the change by hand.';
const CASCADE = 'TRUNCATE ... CASCADE empties other tables too. Truncate these by their own models.';

/** Captures one call of a verb: where it runs, whose rows it writes, and how they are read. */
export function capturer({ parts, tables, tools, transactions, writes }: Parts) {
  const tableOf = (shape: VerbShape, args: readonly unknown[], options: QueryOptions) => {
    const modelClass = shape.model(args, options);
    return modelClass === undefined ? tables.named(args[shape.name] as TableName) : tables.of(modelClass);
  };

  return async (verb: string, shape: VerbShape, args: readonly unknown[], run: Run): Promise<unknown> => {
    const options = (args[shape.options] ?? {}) as QueryOptions;
    const table = tableOf(shape, args, options);
    if (table === undefined) writes.gap({ verb, model: textOf(args[shape.name] as TableName), why: NO_MODEL });
    if (table === undefined || table === 'not audited') return run(args);
    if (options.truncate === true && options.cascade === true)
      writes.gap({ verb, model: table.model.name, why: CASCADE });

    const writeIn = shape.verb({ ...tools, run }, table, args as never[]);
    const write = (transaction: Transaction | undefined, isOwn: boolean): Write<unknown> => {
      const place: Place = {
        transaction,
        isOwn,
        options: isOwn ? { ...options, transaction: transaction ?? null } : options,
      };
      const unit = transaction === undefined ? undefined : transactions.unit(transaction);
      return { ...writeIn(place), model: table.model, verb, unit };
    };
    const isolated: Write<unknown>['isolated'] = (inOwn) =>
      parts.transaction((transaction) => inOwn(write(transaction, true)));
    return writes.capture({ ...write(transactions.of(options), false), isolated });
  };
}

function textOf(name: TableName): string {
  return typeof name === 'string' ? name : [name.schema, name.tableName].filter(Boolean).join('.');
}
