/**
 * What is used of Knex, by the smallest shapes. `_method`, `_single` and `_statements` are where a builder keeps what it was
 * told: Knex's own compilers read them, and there is no other way to ask.
 */

/** What Knex made of a builder: a statement on its way to the driver. */
export interface Sent {
  readonly method?: string | undefined;
  readonly sql: string;
  readonly bindings?: readonly unknown[] | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly returning?: unknown;
  /** What the driver answered. */
  response?: unknown;
}

export interface Statement {
  readonly grouping?: string;
  readonly type?: string;
  readonly column?: unknown;
  readonly operator?: unknown;
  readonly value?: unknown;
  readonly not?: boolean;
  readonly bool?: string;
  readonly asColumn?: boolean;
}

export interface Single {
  readonly table?: unknown;
  readonly schema?: string | undefined;
  readonly only?: boolean | undefined;
  readonly insert?: unknown;
  readonly update?: Readonly<Record<string, unknown>> | undefined;
  readonly upsert?: unknown;
  readonly counter?: Readonly<Record<string, number>> | undefined;
  readonly onConflict?: unknown;
  readonly ignore?: boolean | undefined;
  readonly merge?: unknown;
  readonly updateFrom?: unknown;
  readonly using?: unknown;
  readonly limit?: unknown;
}

export interface Builder {
  readonly client: Client;
  readonly isRawInstance?: boolean;
  _method?: string;
  _single: Single;
  _statements: readonly Statement[];
  clone(): Builder;
  queryContext(): unknown;
  toSQL(): Sent;
  select(...columns: unknown[]): Builder;
  from(query: Builder): Builder;
  as(name: string): Builder;
  crossJoin(table: unknown): Builder;
  where(filter: object): Builder;
  orWhere(filter: object): Builder;
  whereIn(column: string, values: readonly unknown[]): Builder;
  table(name: string): Builder;
  withSchema(name: string): Builder;
  limit(rows: number): Builder;
  forUpdate(...tables: string[]): Builder;
}

export interface Runner {
  readonly client: Client;
  readonly builder: Builder;
  readonly connection: Connection;
  query(sent: Sent): Promise<unknown>;
  stream(...options: unknown[]): unknown;
}

export interface Connection {
  __knexTxId?: string;
}

type End = (connection: unknown, value?: unknown) => unknown;

/** What Knex calls a transaction inside; what the application has of it is a `Transactor`. */
export interface Transaction extends PromiseLike<unknown> {
  _resolver: (value?: unknown) => void;
  _rejecter: (error?: unknown) => void;
  commit: End;
  release: End;
  rollback: End;
  rollbackTo: End;
}

export interface Transactor {
  readonly client: Client;
  isCompleted(): boolean;
}

export type Container = (transactor: Transactor) => unknown;

export interface Client {
  readonly driverName?: string | undefined;
  readonly version?: string | undefined;
  readonly transacting?: boolean | undefined;
  readonly config?: { readonly migrations?: { readonly tableName?: string | undefined } | undefined } | undefined;
  runner(builder: Builder): Runner;
  transaction(container: Container, config?: object, outer?: unknown): Transaction;
  acquireConnection(): Promise<Connection>;
  queryBuilder(): Builder;
  raw(sql: string): unknown;
  wrapIdentifier(name: string, context: unknown): string;
  customWrapIdentifier(name: string, wrap: (name: string) => string, context: unknown): string;
  positionBindings(sql: string): string;
  prepBindings(bindings: readonly unknown[] | undefined): readonly unknown[];
  processResponse(sent: Sent, runner: unknown): unknown;
  postProcessResponse(response: unknown, context: unknown): unknown;
  _query(connection: unknown, sent: Sent): Promise<Sent>;
}
