import type { Write } from '@whodunit/core/writes';
import type { SequelizeSettings } from '../options.js';
import type { Reader } from '../reading.js';
import type { QueryOptions, Send, Transaction, Values } from '../sequelize.js';
import type { Table } from '../table.js';

/** What every verb is captured with. */
export interface Tools {
  readonly settings: SequelizeSettings;
  readonly reader: Reader;
  /** The database gives back the rows that a statement wrote, when it is asked to. */
  readonly returns: boolean;
  /** Sequelize's own verb, with statements sent by `send`. */
  run(args: readonly unknown[], send?: Send): Promise<unknown>;
}

/** Where a write runs: in the transaction that it was called in, or in one that was opened for it. */
export interface Place {
  readonly transaction: Transaction | undefined;
  /** It was opened for this write alone. */
  readonly isOwn: boolean;
  /** The options that the verb was called with, in that transaction. */
  readonly options: QueryOptions;
}

/** A write without what is the same for all of them. */
export type Verb = (place: Place) => Omit<Write<unknown>, 'isolated' | 'model' | 'unit' | 'verb'>;

/** What a summary says of a write: what it looks for and what it sets, by attributes. */
export function summaryOf(table: Table, where: unknown, set?: Values): () => { filter?: unknown; set?: unknown } {
  return () => ({
    ...(where === undefined ? {} : { filter: plainOf(table, where) }),
    ...(set === undefined ? {} : { set: plainOf(table, set) }),
  });
}

/** Operators are symbols; columns go by their attributes. */
function plainOf(table: Table, value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return depth > 6 ? '[...]' : value.map((each) => plainOf(table, each, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  if (depth > 6) return '[...]';
  const names = new Map([...table.columns].map(([attribute, column]) => [column, attribute]));
  const plain: Record<string, unknown> = {};
  for (const key of Reflect.ownKeys(value)) {
    const name = typeof key === 'symbol' ? (key.description ?? '') : (names.get(key) ?? key);
    plain[name] = plainOf(table, Reflect.get(value, key), depth + 1);
  }
  return plain;
}
