import { copyOf, idOf, type Row } from '@whodunit/core/writes';
import { type Entity, MEMBER, OWNER, put, type Stored, valueAt } from './entity.js';
import type { Column, Raw, Source } from './typeorm.js';

/** Columns are asked for by aliases of our own, beside whatever the application asks for. */
const ALIAS = 'whodunit_';

export function aliasOf(index: number): string {
  return `${ALIAS}${index}`;
}

/** The columns of an entity as a query gives them back, each by our alias. */
export function selectionOf(source: Source, { columns }: Entity, table?: string): string[] {
  const prefix = table === undefined ? '' : `${source.driver.escape(table)}.`;
  return columns.map(({ column }) => `${prefix}${source.driver.escape(column.databaseName)}`);
}

/** The row of an entity in what a query gave. Values are those that are stored: transformers are not applied. */
export function rowOf(source: Source, entity: Entity, raw: Raw): Row {
  const row: Record<string, unknown> = {};
  for (const [i, { column, path }] of entity.columns.entries())
    put(row, path, source.driver.prepareHydratedValue(raw[aliasOf(i)], untransformed(column)));
  return withJoins(entity, row);
}

/** Takes our columns out of what the application gets. */
export function takeOurs(raw: Raw): Raw {
  const ours: Raw = {};
  for (const name of Object.keys(raw)) {
    if (!name.startsWith(ALIAS)) continue;
    ours[name] = raw[name];
    delete raw[name];
  }
  return ours;
}

/** The row of an entity that TypeORM loaded; `undefined` stands where it does not tell what is stored. */
export function rowOfLoaded({ columns }: Entity, loaded: unknown): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const { column, isPlain, path } of columns)
    put(row, path, isPlain ? copyOf(column.getEntityValue(loaded)) : undefined);
  return row;
}

/** What was not told of the state before, and not written either, is what it is now. */
export function fillFrom({ columns }: Entity, before: Record<string, unknown>, after: Row): void {
  for (const { path } of columns) if (valueAt(before, path) === undefined) put(before, path, valueAt(after, path));
}

export function missingIn({ columns }: Entity, row: Row): readonly Stored[] {
  return columns.filter(({ path }) => valueAt(row, path) === undefined);
}

const plain = new WeakMap<Column, Column>();

function untransformed(column: Column): Column {
  if (column.transformer === undefined) return column;
  const known = plain.get(column) ?? (Object.create(column, { transformer: { value: undefined } }) as Column);
  plain.set(column, known);
  return known;
}

function withJoins({ joins }: Entity, row: Record<string, unknown>): Row {
  if (joins === undefined) return row;
  return { ...row, [OWNER]: idOf({ key: joins.owner }, row), [MEMBER]: idOf({ key: joins.member }, row) };
}
