import type { Model, Row, Writes } from '@whodunit/core/writes';
import { type Column, type Dialect, isKind, partOf, type Table } from './drizzle.js';

/** What has to be known of a table to audit it; found out once. */
export interface TablePlan {
  readonly model: Model;
  readonly columns: readonly PlannedColumn[];
  readonly keyColumns: ReadonlySet<unknown>;
  /** `"people"."id", "people"."name"` */
  readonly list: string;
  /** `old."id" as "whodunit_old_0", old."name" as "whodunit_old_1"` */
  readonly oldList: string;
  /** `"people"`, or `"people" "p"` */
  readonly from: string;
  /** What the table is called within a statement: `"p"`. */
  readonly alias: string;
}

export interface PlannedColumn {
  /** As the application calls it. */
  readonly key: string;
  /** As the database calls it. */
  readonly name: string;
  /** As it stands in a statement: `"people"."name"`. */
  readonly text: string;
  readonly column: Column;
  /** Its values are the driver's own. */
  readonly isPlain: boolean;
}

/** The plan of a table; `undefined` when its writes are no events. */
export type PlanTable = (table: Table, dialect: Dialect) => TablePlan | undefined;

/** Finds out what has to be known of tables, once for each. */
export function tablePlans(writes: Writes): PlanTable {
  const known = new WeakMap<Table, { readonly plan: TablePlan | undefined }>();
  return (table, dialect) => {
    const found = known.get(table) ?? { plan: planOf(writes, table, dialect) };
    known.set(table, found);
    return found.plan;
  };
}

function planOf(writes: Writes, table: Table, dialect: Dialect): TablePlan | undefined {
  const named = partOf<Readonly<Record<string, Column>> | undefined>(table, 'columns');
  if (named === undefined) return undefined;
  const columns = Object.entries(named).map(([key, column]) => ({
    key,
    name: dialect.casing?.getColumnCasing(column) ?? column.name,
    text: dialect.sqlToQuery(column.getSQL()).sql,
    column,
    isPlain: isPlain(column),
  }));
  const schema = partOf<string | undefined>(table, 'schema');
  const original = partOf<string>(table, 'originalName');
  const key = keyOf(table, columns);
  const model = writes.model({ name: schema === undefined ? original : `${schema}.${original}`, key });
  if (model === undefined) return undefined;
  const alias = dialect.escapeName(partOf<string>(table, 'name'));
  const place = schema === undefined ? '' : `${dialect.escapeName(schema)}.`;
  const isAlias = partOf<boolean>(table, 'isAlias');
  return {
    model,
    columns,
    keyColumns: new Set(columns.flatMap(({ column, key: name }) => (key.includes(name) ? [column] : []))),
    list: columns.map(({ text }) => text).join(', '),
    oldList: columns.map(({ name }, i) => `old.${dialect.escapeName(name)} as "${oldLabel(i)}"`).join(', '),
    from: `${place}${dialect.escapeName(original)}${isAlias ? ` ${alias}` : ''}`,
    alias,
  };
}

/** Members of the primary key: of a column that says so, or of `primaryKey({ columns })` beside the columns. */
function keyOf(table: Table, columns: readonly PlannedColumn[]): string[] {
  const own = columns.flatMap(({ column, key }) => (column.primary ? [key] : []));
  const extra = partOf<((columns: unknown) => object) | undefined>(table, 'extraConfig');
  if (own.length > 0 || extra === undefined) return own;
  const builders: unknown[] = Object.values(extra(partOf(table, 'extraColumns') ?? table)).flat();
  const key = builders.find((builder) => isPrimaryKey(builder));
  return (key?.columns ?? []).flatMap(({ name }) => columns.find(({ column }) => column.name === name)?.key ?? []);
}

function isPrimaryKey(builder: unknown): builder is { readonly columns: readonly Column[] } {
  if (typeof builder !== 'object' || builder === null) return false;
  return ['Pg', 'MySql', 'SQLite'].some((name) => isKind(builder, `${name}PrimaryKeyBuilder`));
}

/** Under which a column of the row that was there stands in a result. */
export const oldLabel = (i: number): string => `whodunit_old_${i}`;

/** Rows in the application's names and types, from what the driver gave. */
export function decoded(
  { columns }: TablePlan,
  rows: readonly Row[],
  label: (column: PlannedColumn, i: number) => string,
): Row[] {
  const labels = columns.map(label);
  return rows.map((row) => {
    const out: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i++) {
      const { column, isPlain: isOwn, key } = columns[i] as PlannedColumn;
      const raw = row[labels[i] as string];
      out[key] = isOwn ? (raw ?? null) : decodedValue(column, raw);
    }
    return out;
  });
}

/** Most columns inherit a mapping that changes nothing. */
function isPlain(column: Column): boolean {
  let at: object | null = column;
  let top: unknown;
  while (at !== null) {
    if (Object.hasOwn(at, 'mapFromDriverValue')) top = Reflect.get(at, 'mapFromDriverValue');
    at = Object.getPrototypeOf(at) as object | null;
  }
  return column.mapFromDriverValue === top && !INEXACT.has(column.columnType);
}

function decodedValue(column: Column, raw: unknown): unknown {
  if (raw === null || raw === undefined) return null;
  // A number that JavaScript cannot hold keeps its digits.
  if (typeof raw === 'string' && INEXACT.has(column.columnType) && digitsOf(raw) > 15) return raw;
  try {
    return column.mapFromDriverValue(raw);
  } catch {
    return raw;
  }
}

const INEXACT = new Set(['PgNumericNumber', 'PgBigInt53', 'PgBigSerial53']);

function digitsOf(text: string): number {
  return text.replace(/\D/g, '').replace(/^0+|0+$/g, '').length;
}
