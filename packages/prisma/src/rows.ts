import { copyOf, idOf, type Row } from '@whodunit/core/writes';
import type { Column, Table } from './tables.js';

/**
 * A row as it is told: a copy of its stored columns, decimals as text with all their digits.
 *
 * @param isRaw it was read by SQL
 */
export function rowOf(table: Table, stored: unknown, isRaw = false): Row {
  const row: Record<string, unknown> = {};
  for (const column of table.columns) {
    const value = (stored as Row)[column.name];
    if (value !== undefined) row[column.name] = plain(isRaw ? named(value, column) : value, column);
  }
  return row;
}

export function rowsOf(table: Table, stored: unknown, isRaw = false): Row[] {
  return Array.isArray(stored) ? stored.map((row) => rowOf(table, row, isRaw)) : [];
}

/** SQL gives the database's values of an enum, Prisma its own names for them. */
function named(value: unknown, { names }: Column): unknown {
  return typeof value === 'string' ? (names?.get(value) ?? value) : value;
}

function plain(value: unknown, column: Column): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isDecimal(value)) return column.scale === undefined ? value.toFixed() : value.toFixed(column.scale);
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value) && value.length > 0) return value.map((item) => plain(item, column));
  return copyOf(value);
}

function isDecimal(value: object): value is { toFixed(digits?: number): string } {
  return typeof (value as { toFixed?: unknown }).toFixed === 'function';
}

/** A condition by which exactly these rows are found; `undefined` for a model without a key. */
export function whereOf({ key }: Table, rows: readonly Row[]): object | undefined {
  const [first, ...more] = key;
  if (first === undefined) return undefined;
  if (more.length === 0) return { [first]: { in: rows.map((row) => row[first]) } };
  return { OR: rows.map((row) => Object.fromEntries(key.map((name) => [name, row[name]]))) };
}

/** A `where` that names one row, without the names of keys of several columns: `{ orgId_userId: { ... } }`. */
export function flatWhere({ relations, uniques }: Table, where: unknown): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(where ?? {})) {
    const isOfSeveral = (uniques.get(name)?.length ?? 0) > 1 && !relations.has(name);
    if (isOfSeveral && typeof value === 'object') Object.assign(flat, value);
    else flat[name] = value;
  }
  return flat;
}

export function byId(table: Table, rows: readonly Row[]): Map<string, Row> {
  return new Map(
    rows.flatMap((row) => {
      const id = idOf(table, row);
      return id === undefined ? [] : [[id, row]];
    }),
  );
}
