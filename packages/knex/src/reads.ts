import type { Row } from '@whodunit/core/writes';
import type { Builder, Client, Runner, Sent } from './knex-parts.js';
import type { TableName } from './table-name.js';

/**
 * Reads on the connection of a write. Below Knex's events: what applications log and count of their own queries stays
 * their own.
 */
export async function rowsOf(runner: Runner, read: Sent): Promise<readonly Row[]> {
  const { client, connection } = runner;
  const bindings = client.prepBindings(read.bindings ?? []);
  const sent = { method: 'select', ...read, sql: client.positionBindings(read.sql), bindings };
  return client.processResponse(await client._query(connection, sent), runner) as readonly Row[];
}

/** The rows in the application's own names, where it has Knex turn them (`postProcessResponse`). */
export function namedRows(client: Client, rows: readonly Row[], context: unknown): readonly Row[] {
  const named = client.postProcessResponse(rows, context);
  return Array.isArray(named) ? (named as readonly Row[]) : rows;
}

export interface Wanted {
  /** Columns; all of the table when there are none. */
  readonly columns: readonly string[];
  readonly limit: number;
  readonly locks: boolean;
}

/** A query for the rows that a builder will change: the same table, the same filter. */
export function readOf(builder: Builder, name: TableName, { columns, limit, locks }: Wanted): Sent {
  const { _method, _single, client } = builder;
  const isPostgres = returnsRows(client);
  const kept = _method === 'truncate' ? [] : isPostgres && _method === 'update' ? ['with', 'where'] : KEPT;
  const read = builder.clone();
  read._method = 'select';
  const { limit: own, only, schema, table } = _single;
  read._single = { table, schema, only };
  read._statements = builder._statements.filter(({ grouping = '' }) => kept.includes(grouping));
  for (const other of listOf(_single.updateFrom ?? _single.using)) read.crossJoin(other);
  const isJoined = read._statements.some(({ grouping }) => grouping === 'join');
  read.select(...(columns.length === 0 ? ['*'] : columns).map((column) => `${name.alias}.${column}`));
  read.limit(typeof own === 'number' ? Math.min(own, limit) : limit);
  if (locks) read.forUpdate(...(isJoined && isPostgres ? [name.alias] : []));
  return read.toSQL();
}

const KEPT: readonly string[] = ['with', 'where', 'join', 'order'];

/** A query for how many rows a query gives that an insert takes its rows from: a row for each. */
export function countOf(client: Client, query: Builder, limit: number): Sent {
  return client.queryBuilder().select(client.raw('1 as found')).from(query.clone().as('source')).limit(limit).toSQL();
}

/** A query for rows by the values of some columns. */
export function readBy(
  builder: Builder,
  { schema, table }: TableName,
  columns: readonly string[],
  rows: readonly Row[],
  locks: boolean,
): Sent {
  const read = builder.client.queryBuilder().select('*').table(table);
  if (schema !== undefined) read.withSchema(schema);
  const [column = ''] = columns;
  if (columns.length === 1)
    read.whereIn(
      column,
      rows.map((row) => row[column]),
    );
  else for (const row of rows) read.orWhere(Object.fromEntries(columns.map((name) => [name, row[name]])));
  if (locks) read.forUpdate();
  return read.toSQL();
}

/** PostgreSQL by the driver `pg`. Others that speak its protocol are taken as databases that give back no rows. */
export function returnsRows({ driverName }: Client): boolean {
  return driverName === 'pg';
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
