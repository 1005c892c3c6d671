import type { Row } from '@whodunit/core/writes';
import { delegateOf, type Transaction, within } from './client.js';
import type { Family } from './family.js';
import { flatWhere, rowOf, rowsOf, whereOf } from './rows.js';
import type { Table } from './tables.js';

/** Rows that were read, and whether nobody else can change them until the transaction ends. */
export interface Found {
  readonly rows: readonly Row[];
  readonly isLocked: boolean;
}

/**
 * Whether rows are to be locked: not when another extension may run the write outside of the transaction, and wait for itself;
 * and not where a lock would only fail earlier than the write will, with another error.
 */
function locksIn(family: Family, transaction: Transaction | undefined): transaction is Transaction {
  return transaction?.kind === 'itx' && !family.isWrapped && !family.units.isSnapshot(transaction);
}

/** What a transaction reads as of one moment is what it changes, or the change fails. */
function isExact({ bare, isWrapped, units }: Family, transaction: Transaction | undefined): boolean {
  const isPostgres = bare._activeProvider === 'postgresql';
  return isPostgres && !isWrapped && transaction?.kind === 'itx' && units.isSnapshot(transaction);
}

/** The row that a `where` of one names. */
export async function findOne(
  family: Family,
  table: Table,
  where: unknown,
  transaction: Transaction | undefined,
): Promise<Found> {
  if (locksIn(family, transaction)) {
    const locked = await family.locks.one(table, where, transaction);
    if (locked !== undefined) return { rows: rowsOf(table, locked, true), isLocked: true };
  }
  const { bare } = family;
  const call = delegateOf(bare, table.delegate).findUnique({ where, select: table.select });
  const row = await within(call, transaction);
  return { rows: row === null ? [] : [rowOf(table, row)], isLocked: isExact(family, transaction) };
}

/** Rows that a condition finds, at most so many. */
export async function findMany(
  family: Family,
  table: Table,
  where: unknown,
  transaction: Transaction | undefined,
  limit?: number,
): Promise<Found> {
  const delegate = delegateOf(family.bare, table.delegate);
  const bound = limit === undefined ? {} : { take: limit };
  if (locksIn(family, transaction) && table.key.length > 0) {
    const select = Object.fromEntries(table.key.map((name) => [name, true]));
    const keys = (await within(delegate.findMany({ where, select, ...bound }), transaction)) as Row[];
    const locked = await family.locks.many(table, keys, transaction);
    if (locked !== undefined) return { rows: rowsOf(table, locked, true), isLocked: true };
  }
  const rows = await within(delegate.findMany({ where, select: table.select, ...bound }), transaction);
  return { rows: rowsOf(table, rows), isLocked: isExact(family, transaction) };
}

/** The same rows, as they are now; those that are gone are not among them. */
export async function findAgain(
  { bare }: Family,
  table: Table,
  rows: readonly Row[],
  transaction: Transaction | undefined,
): Promise<readonly Row[] | undefined> {
  const where = rows.length === 0 ? undefined : whereOf(table, rows);
  if (where === undefined) return rows.length === 0 ? [] : undefined;
  const call = delegateOf(bare, table.delegate).findMany({ where, select: table.select });
  return rowsOf(table, await within(call, transaction));
}

/** One row by the key that it has. */
export function oneOf(table: Table, row: Row): Record<string, unknown> {
  const named = [...table.uniques].find(([, members]) => members === table.key || sameList(members, table.key));
  const values = Object.fromEntries(table.key.map((name) => [name, row[name]]));
  return table.key.length > 1 && named !== undefined ? { [named[0]]: values } : flatWhere(table, values);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
