import { isRead, type Writes } from '@whodunit/core/writes';
import {
  type CompiledQuery,
  type Connection,
  type ConnectionProvider,
  type Executor,
  hasWrite,
  isWrite,
  type Node,
  type Plugin,
  type QueryId,
  type QueryResult,
  type WriteNode,
} from './kysely.js';
import { sessionOf } from './session.js';
import { type Keys, Naming, tableUseOf } from './table.js';
import { writeOf } from './write.js';

export interface Known {
  readonly writes: Writes;
  readonly keys: Keys;
}

/** An executor of Kysely through which all statements go; those that write are captured, all else goes to the one within. */
export class AuditingExecutor implements Executor {
  readonly #inner: Executor;
  readonly #known: Known;
  readonly #naming: Naming;

  constructor(inner: Executor, known: Known, naming = new Naming(inner.plugins)) {
    this.#inner = inner;
    this.#known = known;
    this.#naming = naming;
  }

  get adapter() {
    return this.#inner.adapter;
  }

  get plugins() {
    return this.#inner.plugins;
  }

  transformQuery(node: Node, queryId: QueryId): Node {
    return this.#inner.transformQuery(node, queryId);
  }

  compileQuery(node: Node, queryId: QueryId): CompiledQuery {
    return this.#inner.compileQuery(node, queryId);
  }

  provideConnection<T>(consumer: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#inner.provideConnection((connection) => {
      sessionOf(connection);
      return consumer(connection);
    });
  }

  async executeQuery(query: CompiledQuery): Promise<QueryResult> {
    const { query: node } = query;
    const gap = this.#gapOf(query);
    if (gap !== undefined) this.#known.writes.gap(gap);
    if (gap !== undefined || !isWrite(node) || node.explain !== undefined) return this.#inner.executeQuery(query);
    return this.provideConnection((connection) => this.#capture(query, node, connection));
  }

  async *stream(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult> {
    if (!isWrite(query.query)) {
      const gap = this.#gapOf(query);
      if (gap !== undefined) this.#known.writes.gap(gap);
      yield* this.#inner.stream(query, chunkSize);
      return;
    }
    // A write has an end before its rows can be told.
    const result = await this.executeQuery(query);
    for (let at = 0; at < result.rows.length; at += chunkSize)
      yield { ...result, rows: result.rows.slice(at, at + chunkSize) };
  }

  withConnectionProvider(provider: ConnectionProvider): Executor {
    return new AuditingExecutor(this.#inner.withConnectionProvider(provider), this.#known, this.#naming);
  }

  withPlugin(plugin: Plugin): Executor {
    return new AuditingExecutor(this.#inner.withPlugin(plugin), this.#known);
  }

  withPlugins(plugins: readonly Plugin[]): Executor {
    return new AuditingExecutor(this.#inner.withPlugins(plugins), this.#known);
  }

  withPluginAtFront(plugin: Plugin): Executor {
    return new AuditingExecutor(this.#inner.withPluginAtFront(plugin), this.#known);
  }

  withoutPlugins(): Executor {
    return new AuditingExecutor(this.#inner.withoutPlugins(), this.#known);
  }

  async #capture(query: CompiledQuery, node: WriteNode, connection: Connection): Promise<QueryResult> {
    const { keys, writes } = this.#known;
    const use = tableUseOf(targetOf(node));
    const plan = use && (await this.#naming.plan(use, writes, keys, connection));
    if (use === undefined || plan === undefined) return this.#given(await connection.executeQuery(query), query);
    const target = { executor: this.#inner, connection, query, use, plan, naming: this.#naming };
    const { result } = await writes.capture(writeOf(target));
    return this.#given(result, query);
  }

  /** What plugins make of a result. */
  async #given(result: QueryResult, { queryId }: CompiledQuery): Promise<QueryResult> {
    let given = result;
    for (const plugin of this.plugins) given = await plugin.transformResult({ result: given, queryId });
    return given;
  }

  #gapOf({ query, sql }: CompiledQuery): { verb: string; why: string } | undefined {
    if (query.kind === 'RawNode') return isRead(sql) ? undefined : gap('sql``', 'SQL is not seen.');
    if (query.kind === 'MergeQueryNode') return gap('mergeInto', 'What a merge does to which row is not seen.');
    if (hasWrite(query)) return gap('with', 'A write within `with` is not seen. Send the two one after the other.');
    if (!isWrite(query)) return undefined;
    const { adapter } = this.#inner;
    if (!adapter.supportsReturning || !adapter.supportsTransactionalDdl)
      return gap(query.kind, 'Only Postgres is audited so far.');
    return tableUseOf(targetOf(query)) === undefined ? gap(query.kind, 'It names no single table.') : undefined;
  }
}

function gap(verb: string, why: string) {
  return { verb, why: `${why} Use insertInto, updateTable or deleteFrom, or tell it with auditor.record().` };
}

function targetOf({ from, into, kind, table }: WriteNode): Node | undefined {
  if (kind === 'DeleteQueryNode') return from?.froms.length === 1 ? from.froms[0] : undefined;
  return kind === 'InsertQueryNode' ? into : table;
}
