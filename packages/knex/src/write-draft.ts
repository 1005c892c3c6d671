import type { Model, Row, Unit, Write } from '@whodunit/core/writes';
import { filterOf, isByKey, setOf } from './filter.js';
import type { Runner, Sent } from './knex-parts.js';
import { namedRows } from './reads.js';
import type { TableName } from './table-name.js';
import type { Table } from './tables.js';

/** A write of which all is known but how its rows are read. */
export interface Draft {
  readonly runner: Runner;
  readonly sent: Sent;
  readonly name: TableName;
  readonly table: Table;
  readonly model: Model;
  readonly operation: Write<unknown>['operation'];
  readonly unit: Unit | undefined;
  run(): Promise<unknown>;
}

/** What writes to every database have in common. */
export function commonOf({ model, name, operation, runner, sent, unit }: Draft) {
  const { builder } = runner;
  const values = valuesOf(builder._single);
  const isInsert = operation === 'create' || operation === 'upsert';
  return {
    model,
    operation,
    unit,
    verb: sent.method === 'del' ? 'delete' : (sent.method ?? operation),
    size: isInsert ? values?.length : undefined,
    isOne: isInsert ? values?.length === 1 : isByKey(builder, model.key, name.alias),
    summary: () => ({ filter: filterOf(builder), set: setOf(builder) }),
  };
}

/** The rows that an insert states; `undefined` when it takes them from a query. */
export function valuesOf({ insert, upsert }: Runner['builder']['_single']): readonly Row[] | undefined {
  const values = insert ?? upsert;
  if (typeof values !== 'object' || values === null || 'toSQL' in values) return undefined;
  return Array.isArray(values) ? (values as readonly Row[]) : [values as Row];
}

/** Columns by which an upsert finds rows that are there; `undefined` when SQL says it. */
export function conflictOf(
  { onConflict }: Runner['builder']['_single'],
  key: readonly string[],
): readonly string[] | undefined {
  if (onConflict === true) return key;
  return Array.isArray(onConflict) && onConflict.every((name) => typeof name === 'string') ? onConflict : undefined;
}

/** Rows that have a value of their own in each of the columns. */
export function withAll(rows: readonly Row[], columns: readonly string[]): readonly Row[] {
  return rows.filter((row) =>
    columns.every((name) => {
      const value = row[name];
      return value !== undefined && value !== null && !(typeof value === 'object' && 'toSQL' in value);
    }),
  );
}

export function namedIn({ runner }: Draft, rows: readonly Row[]): readonly Row[] {
  return namedRows(runner.client, rows, runner.builder.queryContext());
}

/** Says that the rows could not be read: what there is to tell is how many. */
export const unread = (): readonly Row[] => undefined as unknown as readonly Row[];
