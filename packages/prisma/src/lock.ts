import { type Client, type Transaction, within } from './client.js';
import type { Table } from './tables.js';

/** Reads rows of one model and keeps others from changing them until the transaction ends. */
export interface Locks {
  /** The row that a `where` names by a key or a unique criterion of plain values; `undefined` when it cannot be done. */
  one(table: Table, where: unknown, transaction: Transaction): Promise<unknown[] | undefined>;
  /** Rows by their keys; `undefined` when it cannot be done. */
  many(table: Table, rows: readonly unknown[], transaction: Transaction): Promise<unknown[] | undefined>;
}

/** Types whose values Prisma gives alike in raw SQL and by its own verbs. */
const ALIKE = new Set(
  'bool bpchar bytea date float8 int2 int4 int8 json jsonb numeric text timestamp timestamptz uuid varchar'.split(' '),
);
const KEYS = new Set('bpchar int2 int4 int8 text uuid varchar'.split(' '));

/** How a column is compared with a value: `undefined` where it is not known for sure. */
type Compare = ReadonlyMap<string, string>;

/**
 * Prisma has no word for `FOR UPDATE`: rows are locked by SQL. That must never fail, since it would take the application's
 * transaction with it. So the catalogue is asked once for each model whether table, columns, types and rights are there.
 */
export function locksOf(bare: Client): Locks {
  const namespace = namespaceOf(bare);
  const known = new Map<string, Promise<Compare | undefined>>();

  const nameOf = (table: Table): string =>
    table.namespace === undefined && namespace === ''
      ? quoted(table.table)
      : `${quoted(table.namespace ?? namespace ?? '')}.${quoted(table.table)}`;

  const ask = async (table: Table, transaction: Transaction): Promise<Compare | undefined> => {
    const found = (await within(bare.$queryRawUnsafe(CATALOGUE, nameOf(table)), transaction)) as Found[];
    const types = new Map(found.map((column) => [column.name, column]));
    const isAlike = ({ column }: Table['columns'][number]): boolean => {
      const type = types.get(column);
      return type !== undefined && (type.is_enum || ALIKE.has(type.type));
    };
    if (!table.columns.every(isAlike)) return undefined;
    return new Map(
      table.columns.flatMap(({ column, name }) => {
        const type = types.get(column)?.type ?? '';
        return KEYS.has(type) ? [[name, type]] : [];
      }),
    );
  };

  const compareOf = (table: Table, transaction: Transaction): Promise<Compare | undefined> => {
    const asked = known.get(table.name) ?? ask(table, transaction);
    known.set(table.name, asked);
    // A transaction that ends meanwhile says nothing about the table.
    asked.catch(() => known.delete(table.name));
    return asked;
  };

  const read = async (
    table: Table,
    names: readonly string[],
    values: readonly (readonly unknown[])[],
    transaction: Transaction,
  ): Promise<unknown[] | undefined> => {
    const compare = namespace === undefined ? undefined : await compareOf(table, transaction);
    const types = names.map((name) => compare?.get(name));
    if (types.length === 0 || types.includes(undefined) || !values.flat().every(isPlain)) return undefined;
    const all: unknown[] = [];
    const groups = values.map((group) => {
      const places = group.map((value, i) => {
        all.push(value);
        return types[i] === 'uuid' ? `CAST($${all.length} AS text)::uuid` : `$${all.length}`;
      });
      return `(${places.join(', ')})`;
    });
    const columnOf = (name: string): string =>
      quoted(table.columns.find((column) => column.name === name)?.column ?? name);
    const columns = table.columns.map(({ column, name }) => `${quoted(column)} AS ${quoted(name)}`);
    const condition = `(${names.map(columnOf).join(', ')}) IN (${groups.join(', ')})`;
    const sql = `SELECT ${columns.join(', ')} FROM ${nameOf(table)} WHERE ${condition} FOR UPDATE`;
    return (await within(bare.$queryRawUnsafe(sql, ...all), transaction)) as unknown[];
  };

  return {
    async one(table, where, transaction) {
      const plain = where as Readonly<Record<string, unknown>>;
      for (const [name, members] of table.uniques) {
        const holder = members.length === 1 ? plain : (plain[name] as typeof plain | undefined);
        const values = members.map((member) => holder?.[member]);
        if (values.every(isPlain)) return read(table, members, [values], transaction);
      }
      return undefined;
    },
    async many(table, rows, transaction) {
      if (rows.length === 0) return [];
      const values = rows.map((row) => table.key.map((name) => (row as Readonly<Record<string, unknown>>)[name]));
      return read(table, table.key, values, transaction);
    },
  };
}

interface Found {
  readonly name: string;
  readonly type: string;
  readonly is_enum: boolean;
}

const CATALOGUE = `SELECT a.attname::text AS name, t.typname::text AS type, t.typtype = 'e' AS is_enum
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
WHERE c.oid = to_regclass(CAST($1 AS text)) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
AND current_setting('default_transaction_isolation') = 'read committed' AND has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'UPDATE')`;

/** Where Prisma looks for tables; '' for the search path; `undefined` when it is not known, or not Postgres. */
function namespaceOf({
  _activeProvider: provider,
  _engineConfig: { accelerateUrl, adapter },
}: Client): string | undefined {
  if (provider !== 'postgresql' || accelerateUrl !== undefined) return undefined;
  // Prisma's own engine of version 6 sets the search path of its connections.
  if (adapter === undefined || adapter === null) return '';
  return /^@prisma\/adapter-(?:pg|neon)/.test(adapter.adapterName ?? '')
    ? (adapter.options?.schema ?? 'public')
    : undefined;
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
