import type { Model, Row, Writes } from '@whodunit/core/writes';
import {
  type Connection,
  isTable,
  type Node,
  OWN_ID,
  type Plugin,
  type RawRow,
  rawQuery,
  type TableNode,
} from './kysely.js';
import { sessionOf } from './session.js';

/** What has to be known of a table to audit it. */
export interface TablePlan {
  readonly model: Model;
  /** As the database calls them. */
  readonly key: readonly string[];
}

/** A table in a statement: `people`, or `people as p`. */
export interface TableUse {
  /** As it stands in the statement. */
  readonly node: Node;
  readonly table: TableNode;
  /** What it is called within the statement, for `p.*`. */
  readonly reference: TableNode;
}

/** `undefined` of several tables, or of what is no table. */
export function tableUseOf(node: Node | undefined): TableUse | undefined {
  if (isTable(node)) return { node, table: node, reference: node };
  const { alias, node: inner } = (node ?? {}) as { alias?: Node; node?: Node };
  if (node?.kind !== 'AliasNode' || !isTable(inner) || alias?.kind !== 'IdentifierNode') return undefined;
  return { node, table: inner, reference: tableNamed((alias as Node & { name: string }).name) };
}

export function tableNamed(name: string): TableNode {
  const identifier = { kind: 'IdentifierNode', name };
  return { kind: 'TableNode', table: { kind: 'SchemableIdentifierNode', identifier } };
}

/** Primary keys of tables, by `keys` in the options, else asked of the database once for each. */
export class Keys {
  readonly #given: Readonly<Record<string, readonly string[]>>;
  readonly #found = new Map<string, readonly string[]>();

  constructor(given: Readonly<Record<string, readonly string[]>>) {
    this.#given = given;
  }

  /** @throws what the driver throws, within a transaction, which is aborted by it */
  async of(name: string, appName: string, connection: Connection, writes: Writes): Promise<readonly string[]> {
    const known = this.#given[appName] ?? this.#given[name] ?? this.#found.get(name);
    if (known !== undefined) return known;
    const quoted = name.split('.').map((part) => `"${part.replaceAll('"', '""')}"`);
    try {
      const { rows } = await connection.executeQuery(rawQuery(KEY, [quoted.join('.')]));
      const key = rows.map(({ name: column }) => String(column));
      this.#found.set(name, key);
      return key;
    } catch (error) {
      if (sessionOf(connection).unit !== undefined) throw error;
      const why = 'Its primary key could not be read, so its rows have no ids. Give it by the option `keys`.';
      writes.gap({ verb: 'the primary key', model: appName, why });
      return [];
    }
  }
}

const KEY = `select a.attname as name
  from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
  where i.indisprimary and i.indrelid = to_regclass($1)
  order by array_position(i.indkey::int2[], a.attnum)`;

/** What plugins make of names and rows: events have those of the application. */
export class Naming {
  readonly plugins: readonly Plugin[];
  readonly #plans = new Map<string, TablePlan | undefined>();

  constructor(plugins: readonly Plugin[]) {
    this.plugins = plugins;
  }

  async rows(rows: readonly RawRow[]): Promise<readonly Row[]> {
    let result: { rows: readonly RawRow[] } = { rows };
    for (const plugin of this.plugins) result = await plugin.transformResult({ result, queryId: OWN_ID });
    return result.rows;
  }

  /** The plan of a table; `undefined` when its writes are no events. */
  async plan({ table }: TableUse, writes: Writes, keys: Keys, connection: Connection): Promise<TablePlan | undefined> {
    const { identifier, schema } = table.table;
    const place = schema === undefined || schema.name === 'public' ? '' : `${schema.name}.`;
    const name = `${place}${identifier.name}`;
    if (this.#plans.has(name)) return this.#plans.get(name);
    const appName = `${place}${(await this.#names([identifier.name]))[0] ?? identifier.name}`;
    let plan: TablePlan | undefined;
    if (writes.model({ name: appName, key: [] }) !== undefined) {
      const key = await keys.of(name, appName, connection, writes);
      const model = writes.model({ name: appName, key: await this.#names(key) });
      plan = model === undefined ? undefined : { model, key };
    }
    this.#plans.set(name, plan);
    return plan;
  }

  async #names(names: readonly string[]): Promise<string[]> {
    const [row = {}] = await this.rows([Object.fromEntries(names.map((name) => [name, null]))]);
    return Object.keys(row);
  }
}
