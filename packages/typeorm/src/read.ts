import { idOf, type Row } from '@whodunit/core/writes';
import type { Entity } from './entity.js';
import { valueAt } from './entity.js';
import { aliasOf, rowOf, selectionOf } from './rows.js';
import type { Builder, Column, Metadata, Runner, Source } from './typeorm.js';

/** Databases that can lock the rows of a query. */
const LOCKING: ReadonlySet<string> = new Set(
  'postgres aurora-postgres cockroachdb mysql mariadb aurora-mysql mssql oracle sap'.split(' '),
);

/** Where a write reads what it needs: its own connection. */
export interface Place {
  readonly source: Source;
  readonly entity: Entity;
  readonly runner: Runner;
}

export function canLock({ runner, source }: Place): boolean {
  return runner.isTransactionActive && LOCKING.has(source.options.type);
}

/** The rows that a builder will change, locked in a transaction. A filter that cannot be built fails in the write itself. */
export async function readMatching(place: Place, builder: Builder, limit: number): Promise<readonly Row[]> {
  const where = whereOf(builder);
  if (where === undefined) return [];
  const select = selectAll(place);
  if (where !== '') select.where(where);
  select.setParameters(builder.getParameters());
  select.expressionMap.commonTableExpressions = builder.expressionMap.commonTableExpressions;
  if (builder.expressionMap.limit !== undefined) select.expressionMap.orderBys = builder.expressionMap.orderBys;
  return rowsOf(place, select.limit(Math.min(limit, builder.expressionMap.limit ?? limit)));
}

/** All rows of a table, up to a limit. */
export function readAll(place: Place, limit: number): Promise<readonly Row[]> {
  return rowsOf(place, selectAll(place).limit(limit));
}

/** Rows by their keys, as they are now. */
export async function readByKey(place: Place, rows: readonly Row[]): Promise<readonly Row[]> {
  const keys = place.entity.columns.filter(({ column }) => column.isPrimary);
  const sets = rows.map((row) => keys.map(({ column, path }) => [column, valueAt(row, path)] as const));
  return readByValues(place, sets.filter(isComplete), rows.length);
}

/** Rows that stand in the way of rows that shall be inserted: they have the same value in something unique. */
export async function readConflicting(place: Place, builder: Builder, limit: number): Promise<readonly Row[]> {
  const { valuesSet } = builder.expressionMap;
  const values = Array.isArray(valuesSet) ? valuesSet : [valuesSet];
  const sets = uniquesOf(place.entity.metadata, builder).flatMap((columns) =>
    values.map((value) => columns.map((column) => [column, column.getEntityValue(value, true)] as const)),
  );
  return readByValues(place, sets.filter(isComplete), limit);
}

type Values = readonly (readonly [column: Column, value: unknown])[];

function isComplete(values: Values): boolean {
  return (
    values.length > 0 &&
    values.every(([, value]) => value !== undefined && value !== null && typeof value !== 'function')
  );
}

async function readByValues(place: Place, sets: readonly Values[], limit: number): Promise<readonly Row[]> {
  if (sets.length === 0) return [];
  const { driver } = place.source;
  const parameters: Record<string, unknown> = {};
  const table = driver.escape(place.entity.metadata.tableName);
  const alternatives = sets.map((values, i) =>
    values.map(([column, value], j) => {
      const name = `whodunit_${i}_${j}`;
      parameters[name] = driver.preparePersistentValue(value, plainly(column));
      return `${table}.${driver.escape(column.databaseName)} = :${name}`;
    }),
  );
  const where = alternatives.map((all) => `(${all.join(' AND ')})`).join(' OR ');
  return rowsOf(place, selectAll(place).where(where).setParameters(parameters).limit(limit));
}

/** Values of keys are those that are stored already. */
function plainly(column: Column): Column {
  return column.transformer === undefined ? column : Object.create(column, { transformer: { value: undefined } });
}

function selectAll({ entity, runner, source }: Place): Builder {
  const { target, tableName, tablePath } = entity.metadata;
  const [first = '', ...others] = selectionOf(source, entity, tableName);
  const select = runner.manager.createQueryBuilder().select(first, aliasOf(0));
  for (const [i, other] of others.entries()) select.addSelect(other, aliasOf(i + 1));
  return select.from(typeof target === 'function' ? target : tablePath, tableName).withDeleted();
}

async function rowsOf(place: Place, select: Builder): Promise<readonly Row[]> {
  if (canLock(place)) select.setLock('pessimistic_write');
  const rows = await select.getRawMany();
  return rows.map((raw) => rowOf(place.source, place.entity, raw));
}

/** The filter in the columns' own names; `undefined` when TypeORM refuses it. */
function whereOf(builder: Builder): string | undefined {
  try {
    const where = builder.replacePropertyNamesForTheWholeQuery(builder.createWhereExpression());
    return where.trim().replace(/^WHERE\s+/i, '');
  } catch {
    return undefined;
  }
}

/** What may stand in the way of an insert: what the builder names, else everything unique. */
function uniquesOf(
  { indices, primaryColumns, columns, uniques }: Metadata,
  builder: Builder,
): readonly (readonly Column[])[] {
  const conflict = builder.expressionMap.onUpdate?.conflict;
  if (typeof conflict === 'object' && conflict.length > 0)
    return [columns.filter(({ databaseName }) => conflict.includes(databaseName))];
  const isMeant = ({ name }: { readonly name: string }) => typeof conflict !== 'string' || name === conflict;
  const known = [...uniques.filter(isMeant), ...indices.filter((index) => index.isUnique && isMeant(index))];
  return known.length > 0 && typeof conflict === 'string'
    ? known.map((unique) => unique.columns)
    : [primaryColumns, ...known.map((unique) => unique.columns)];
}

/** Those of some rows that are not among others. */
export function without(entity: Entity, rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  const ids = new Set(others.map((row) => idOf(entity.model, row)));
  return rows.filter((row) => !ids.has(idOf(entity.model, row)));
}
