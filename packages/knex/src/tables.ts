import type { Model, Writes } from '@whodunit/core/writes';
import type { Runner } from './knex-parts.js';
import type { KnexSettings } from './options.js';
import { factsQuery, type TableFacts } from './primary-key.js';
import { namedRows, returnsRows, rowsOf } from './reads.js';
import { quotedName, type TableName } from './table-name.js';

/** A table as it is audited. */
export interface Table {
  /** `undefined`: its writes are no events. */
  readonly model: Model | undefined;
  /** The user may read what it writes: a write can give back its rows. */
  readonly readable: boolean;
  /** Its rows can be locked: it is no view. */
  readonly lockable: boolean;
}

const NOT_AUDITED: Table = { model: undefined, readable: false, lockable: false };

/** What is known of tables: the database is asked once for each, when it is first written to. */
export class Tables {
  readonly #known = new Map<string, Table>();

  constructor(
    readonly writes: Writes,
    readonly settings: KnexSettings,
  ) {}

  async of(runner: Runner, name: TableName): Promise<Table> {
    const { client } = runner;
    const context = runner.builder.queryContext();
    const id = quotedName(client, name, context);
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const own = client.config?.migrations?.tableName ?? 'knex_migrations';
    if (name.table === own || name.table === `${own}_lock`) return NOT_AUDITED;
    const shape = this.#shapeOf(name);
    // Asked with any key first: of what is left out, nothing is asked.
    if (this.writes.model({ name: shape, key: [] }) === undefined) return NOT_AUDITED;
    const facts = await this.#ask(runner, name, context);
    const key = this.settings.keys.get(name.table) ?? this.#named(runner, facts?.key ?? ['id'], context);
    const { readable = true, lockable = true } = facts ?? {};
    const table: Table = { model: this.writes.model({ name: shape, key }), readable, lockable };
    // What could not be asked is asked again: the table may be there by then.
    if (facts !== undefined) this.#known.set(id, table);
    return table;
  }

  /** Options say which of several schemas they mean, or all of them. The trail itself is known by its schema. */
  #shapeOf({ schema, table }: TableName): string {
    const full = `${schema}.${table}`;
    return schema !== undefined && (schema === 'whodunit' || this.settings.named.has(full)) ? full : table;
  }

  async #ask(runner: Runner, name: TableName, context: unknown): Promise<TableFacts | undefined> {
    const { parse, query } = factsQuery(runner.client, name, context);
    // A statement that fails would undo the transaction of the application; the one for Postgres cannot.
    if (query === undefined) return parse([]);
    if (returnsRows(runner.client)) return parse(await rowsOf(runner, query));
    return rowsOf(runner, query).then(parse, () => undefined);
  }

  #named({ client }: Runner, key: readonly string[], context: unknown): readonly string[] {
    const [row = {}] = namedRows(client, [Object.fromEntries(key.map((column) => [column, null]))], context);
    return Object.keys(row);
  }
}
