/** The little of Kysely that is used here: its executors, its connections, and its trees of statements. */
export interface Node {
  readonly kind: string;
}

export interface QueryId {
  readonly queryId: string;
}

export interface CompiledQuery {
  readonly query: Node;
  readonly queryId: QueryId;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export type RawRow = Record<string, unknown>;

export interface QueryResult {
  readonly rows: readonly RawRow[];
  readonly numAffectedRows?: bigint | undefined;
}

export interface Connection {
  executeQuery(query: CompiledQuery): Promise<QueryResult>;
  streamQuery(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult>;
}

export interface Plugin {
  transformResult(args: { readonly result: QueryResult; readonly queryId: QueryId }): Promise<QueryResult>;
}

export interface ConnectionProvider {
  provideConnection<T>(consumer: (connection: Connection) => Promise<T>): Promise<T>;
}

export interface Executor extends ConnectionProvider {
  readonly adapter: { readonly supportsReturning?: boolean; readonly supportsTransactionalDdl?: boolean };
  readonly plugins: readonly Plugin[];
  transformQuery(node: Node, queryId: QueryId): Node;
  compileQuery(node: Node, queryId: QueryId): CompiledQuery;
  executeQuery(query: CompiledQuery): Promise<QueryResult>;
  stream(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult>;
  withConnectionProvider(provider: ConnectionProvider): Executor;
  withPlugin(plugin: Plugin): Executor;
  withPlugins(plugins: readonly Plugin[]): Executor;
  withPluginAtFront(plugin: Plugin): Executor;
  withoutPlugins(): Executor;
}

export interface Identifier extends Node {
  readonly name: string;
}

export interface TableNode extends Node {
  readonly kind: 'TableNode';
  readonly table: { readonly kind: string; readonly schema?: Identifier; readonly identifier: Identifier };
}

export interface WhereNode extends Node {
  readonly where: Node;
}

export interface Selection extends Node {
  readonly selection: Node;
}

/** Of inserts, updates and deletes, what they have of these. */
export interface WriteNode extends Node {
  readonly kind: 'InsertQueryNode' | 'UpdateQueryNode' | 'DeleteQueryNode';
  readonly into?: Node;
  readonly table?: Node;
  readonly from?: { readonly froms: readonly Node[] };
  readonly using?: { readonly tables: readonly Node[] };
  readonly joins?: readonly Node[];
  readonly where?: WhereNode;
  readonly with?: With;
  readonly explain?: Node;
  readonly columns?: readonly ColumnNode[];
  readonly values?: Node;
  readonly updates?: readonly UpdateNode[];
  readonly onConflict?: OnConflict;
  readonly returning?: { readonly kind: string; readonly selections: readonly Selection[] };
}

export interface With extends Node {
  readonly expressions: readonly { readonly expression: Node }[];
}

export interface ColumnNode extends Node {
  readonly column: Identifier;
}

export interface UpdateNode extends Node {
  readonly column: Node;
  readonly value: Node;
}

export interface OnConflict extends Node {
  readonly columns?: readonly ColumnNode[];
  readonly updates?: readonly UpdateNode[];
}

const WRITES = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode']);

export function isWrite(node: Node): node is WriteNode {
  return WRITES.has(node.kind);
}

export function isTable(node: Node | undefined): node is TableNode {
  return node?.kind === 'TableNode';
}

/** Whether a common table expression of a statement writes. */
export function hasWrite(node: Node & { readonly with?: With }): boolean {
  const writes = ({ expression }: With['expressions'][number]) =>
    isWrite(expression) || expression.kind === 'MergeQueryNode' || hasWrite(expression);
  return node.with?.expressions.some(writes) ?? false;
}

/** SQL of our own, as Kysely's drivers take it. */
export function rawQuery(sql: string, parameters: readonly unknown[] = []): CompiledQuery {
  const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] };
  return { query, sql, parameters, queryId: OWN_ID };
}

/** Of queries that no plugin has seen. */
export const OWN_ID: QueryId = Object.freeze({ queryId: 'whodunit' });
