/** The little of Drizzle that is used here. Its own types hide most of it, and differ from driver to driver. */
export interface Database {
  readonly dialect: Dialect;
  readonly session: Session;
  readonly $primary?: Database;
  insert(table: Table): Steps;
  update(table: Table): Steps;
  delete(table: Table): Builder;
  with(...queries: Cte[]): Steps;
  execute(query: unknown): Raw;
  batch?(builders: readonly unknown[]): unknown;
  transaction(work: (tx: Database) => unknown, config?: unknown): unknown;
}

/** A builder that is not complete yet: each step is a method. */
export type Steps = Record<string, (...args: never[]) => unknown>;

/** A complete builder of a write: it runs when it is awaited. */
export interface Builder {
  readonly config: Config;
  readonly dialect: Dialect;
  session: Session;
  readonly authToken?: unknown;
  _prepare(name?: string): Prepared;
  prepare(name?: string): Prepared;
  execute(values?: Values): Promise<unknown>;
  onConflictDoUpdate?(config: { readonly target: Column | readonly Column[] }): Builder;
}

export interface Config {
  readonly table: Table;
  readonly where?: Sql | undefined;
  readonly withList?: readonly Cte[] | undefined;
  readonly from?: Table | undefined;
  readonly joins?: readonly object[] | undefined;
  readonly set?: Readonly<Record<string, unknown>>;
  /** Of an insert: rows, or a query. */
  readonly values?: unknown;
  readonly onConflict?: Sql | undefined;
  readonly select?: unknown;
}

export type Table = object & { getSQL(): Sql };

export interface Column {
  readonly name: string;
  readonly primary: boolean;
  readonly columnType: string;
  getSQL(): Sql;
  mapFromDriverValue(value: unknown): unknown;
}

export interface Sql {
  readonly queryChunks: readonly unknown[];
}

export interface Cte {
  readonly _: { readonly sql: Sql };
}

export interface Param {
  readonly value: unknown;
  readonly encoder: { mapToDriverValue(value: unknown): unknown };
}

export interface Query {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export interface Dialect {
  readonly casing?: { getColumnCasing(column: Column): string } | undefined;
  escapeName(name: string): string;
  sqlToQuery(sql: Sql): Query;
  buildSelectQuery(config: object): Sql;
}

/** One column of what a statement returns, and where it stands in the row that the application gets. */
export interface Field {
  readonly path: readonly (string | symbol)[];
  readonly field: unknown;
}

export type PrepareArguments = readonly [
  query: Query,
  fields: readonly Field[] | undefined,
  name?: string | undefined,
  isInArrays?: boolean,
  ...others: unknown[],
];

export interface Session {
  prepareQuery(...args: PrepareArguments): Prepared;
}

export type Values = Readonly<Record<string, unknown>>;

export interface Prepared {
  execute(values?: Values, token?: unknown): Promise<unknown>;
  joinsNotNullableMap?: unknown;
}

export interface Raw {
  execute(): Promise<unknown>;
  getQuery?(): Query;
}

const KIND = Symbol.for('drizzle:entityKind');
const NAMES = {
  name: Symbol.for('drizzle:Name'),
  originalName: Symbol.for('drizzle:OriginalName'),
  schema: Symbol.for('drizzle:Schema'),
  columns: Symbol.for('drizzle:Columns'),
  isAlias: Symbol.for('drizzle:IsAlias'),
  extraConfig: Symbol.for('drizzle:ExtraConfigBuilder'),
  extraColumns: Symbol.for('drizzle:ExtraConfigColumns'),
} as const;

/** What Drizzle keeps of a table under its symbols. */
export function partOf<T>(table: object, part: keyof typeof NAMES): T {
  return Reflect.get(table, NAMES[part]) as T;
}

/** Whether an object is of one of Drizzle's classes, or of one derived from it, whichever copy of Drizzle made it. */
export function isKind(value: object, kind: string): boolean {
  for (let at: unknown = value.constructor; typeof at === 'function'; at = Object.getPrototypeOf(at))
    if (Reflect.get(at, KIND) === kind) return true;
  return false;
}

export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && 'queryChunks' in value;
}

export function isParam(value: unknown): value is Param {
  return typeof value === 'object' && value !== null && 'encoder' in value && 'value' in value;
}

/** The text between values: `' and '`. */
export function textOfChunk(chunk: unknown): string | undefined {
  if (typeof chunk !== 'object' || chunk === null || 'encoder' in chunk || !('value' in chunk)) return undefined;
  return Array.isArray(chunk.value) ? chunk.value.join('') : undefined;
}
