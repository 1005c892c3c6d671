import type { Row } from '@whodunit/core/writes';
import {
  type Builder,
  type Column,
  isKind,
  isParam,
  isSql,
  partOf,
  type Query,
  type Table,
  type Values,
} from './drizzle.js';
import type { Place } from './place.js';
import { takeRows } from './statement.js';
import { decoded, type TablePlan } from './table.js';

/** What is locked in a transaction: as much as the write itself will lock, and no more. */
export type Lock = 'no key update' | 'update';

/** A query for rows as they are before a write. */
export type ReadRows = (place: Place, values: Values | undefined, limit: number) => Promise<Row[]>;

/** Reads the rows that an update or a delete will find. */
export function readerOf(builder: Builder, plan: TablePlan, lock: Lock): ReadRows {
  const { config, dialect } = builder;
  if (config.from !== undefined || (config.withList?.length ?? 0) > 0) return joinedReader(builder, plan, lock);
  return (place, values, limit) => {
    const where = config.where === undefined ? undefined : dialect.sqlToQuery(config.where);
    const query = { sql: where === undefined ? '' : ` where ${where.sql}`, params: where?.params ?? [] };
    return select(place, plan, query, lock, values, limit);
  };
}

/**
 * Counts the rows that an update will find, and reads their keys when they are too many. `undefined` where the update cannot
 * return what was there: with other tables in it, of a table without a key, or of one that is called as the old row is.
 */
export function keyReaderOf({ config, dialect }: Builder, plan: TablePlan): ReadRows | undefined {
  const { from, joins = [], where, withList = [] } = config;
  const isJoined = from !== undefined || joins.length > 0 || withList.length > 0;
  if (isJoined || plan.model.key.length === 0 || plan.alias === '"old"' || plan.alias === '"new"') return undefined;
  return async ({ session }, values, limit) => {
    const sql = where === undefined ? undefined : dialect.sqlToQuery(where);
    const found = async (list: string, around: (text: string) => string) => {
      const filter = sql === undefined ? '' : ` where ${sql.sql}`;
      const text = around(`select ${list} from ${plan.from}${filter} limit ${limit}`);
      const query = { sql: text, params: sql?.params ?? [] };
      return takeRows(await session.prepareQuery(query, undefined, undefined, false).execute(values));
    };
    const [counted] = await found('1', (text) => `select count(*)::int as rows from (${text}) as few`);
    if (Number(counted?.['rows']) < limit) return [];
    const columns = plan.columns.filter(({ key }) => plan.model.key.includes(key));
    const rows = await found(columns.map(({ text }) => text).join(', '), (text) => text);
    return decoded({ ...plan, columns }, rows, ({ name }) => name);
  };
}

/** Reads the rows that an insert will meet, by the values of its conflict target. `undefined` when SQL makes these values. */
export function conflictReaderOf(
  { config }: Builder,
  plan: TablePlan,
  targets: readonly Column[],
): ReadRows | undefined {
  const keys = targets.map((target) => plan.columns.find(({ column }) => column.name === target.name));
  if (!Array.isArray(config.values)) return undefined;
  const found: unknown[][] = [];
  for (const entry of config.values as Values[]) {
    const values = keys.map((column) => (column === undefined ? undefined : toldValue(entry[column.key])));
    if (values.includes(SQL)) return undefined;
    // What is null or left to a default meets nothing.
    if (!values.includes(undefined)) found.push(values);
  }
  if (found.length === 0) return async () => [];
  let at = 0;
  const tuples = found.map((values) => `(${values.map(() => `$${++at}`).join(', ')})`);
  const names = keys.map((column) => column?.text);
  const query = { sql: ` where (${names.join(', ')}) in (${tuples.join(', ')})`, params: found.flat() };
  return (place, values, limit) => select(place, plan, query, 'no key update', values, limit);
}

/** With tables to join or expressions before it, Drizzle writes the query. */
function joinedReader({ config, dialect }: Builder, plan: TablePlan, lock: Lock): ReadRows {
  const { from, joins = [], table, where, withList } = config;
  const cross = from === undefined ? [] : [{ on: undefined, table: from, joinType: 'cross', alias: aliasOf(from) }];
  const fieldsFlat = plan.columns.map(({ column, key }) => ({ path: [key], field: column }));
  return async (place, values, limit) => {
    const parts = {
      withList,
      fieldsFlat,
      fields: {},
      table,
      joins: [...cross, ...joins],
      where,
      limit,
      setOperators: [],
    };
    const { params, sql } = dialect.sqlToQuery(dialect.buildSelectQuery(parts));
    const text = place.unit === undefined ? sql : `${sql} for ${lock} of ${plan.alias}`;
    return rowsOf(place, plan, { sql: text, params }, values);
  };
}

function select(
  place: Place,
  plan: TablePlan,
  query: Query,
  lock: Lock,
  values: Values | undefined,
  limit: number,
): Promise<Row[]> {
  const end = place.unit === undefined ? '' : ` for ${lock}`;
  const sql = `select ${plan.list} from ${plan.from}${query.sql} limit ${limit}${end}`;
  return rowsOf(place, plan, { sql, params: query.params }, values);
}

async function rowsOf({ session }: Place, plan: TablePlan, query: Query, values: Values | undefined): Promise<Row[]> {
  const found = await session.prepareQuery(query, undefined, undefined, false).execute(values);
  return decoded(plan, takeRows(found), ({ name }) => name);
}

function aliasOf(table: Table): string | undefined {
  return partOf<string | undefined>(table, 'name') ?? (table as { _?: { alias?: string } })._?.alias;
}

const SQL = Symbol('made by SQL');

/** A value of an insert as the driver takes it; placeholders are filled in when it runs. */
function toldValue(entry: unknown): unknown {
  if (!isParam(entry)) return isSql(entry) ? SQL : undefined;
  if (entry.value === null || entry.value === undefined) return undefined;
  if (typeof entry.value === 'object' && isKind(entry.value, 'Placeholder')) return entry;
  const value = entry.encoder.mapToDriverValue(entry.value);
  return isSql(value) ? SQL : value;
}
