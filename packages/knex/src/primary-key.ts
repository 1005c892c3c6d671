import type { Row } from '@whodunit/core/writes';
import type { Client, Sent } from './knex-parts.js';
import { returnsRows } from './reads.js';
import { quotedName, type TableName } from './table-name.js';

/** What a database says of a table. */
export interface TableFacts {
  /** Columns, as the database calls them. */
  readonly key: readonly string[];
  readonly readable: boolean;
  readonly lockable: boolean;
}

export interface FactsQuery {
  /** `undefined`: there is nothing to ask, `parse` knows without. */
  readonly query: Sent | undefined;
  /** `undefined` when the table is not there. */
  readonly parse: (rows: readonly Row[]) => TableFacts | undefined;
}

/**
 * Where there is no primary key, a unique index over columns that are never null does as well. A row can be given back by the
 * statement that writes it when the user may read the table, no policy lets it write what it may not read, and no rule makes
 * another statement of it.
 */
const POSTGRES = `
select
  coalesce(
    (select array_agg(a.attname::text order by k.place)
     from (select i.indrelid, i.indkey, i.indnkeyatts from pg_index i
       where i.indrelid = c.oid and i.indisvalid and (i.indisprimary or (i.indisunique and i.indpred is null
         and i.indexprs is null and not exists (select from pg_attribute n
           where n.attrelid = c.oid and n.attnum = any(i.indkey) and not n.attnotnull)))
       order by i.indisprimary desc, i.indnkeyatts, i.indexrelid limit 1) best,
       unnest(best.indkey) with ordinality k (attnum, place), pg_attribute a
     where a.attrelid = best.indrelid and a.attnum = k.attnum and k.place <= best.indnkeyatts),
    (select array['id'] from pg_attribute a where a.attrelid = c.oid and a.attname = 'id' and c.relkind <> 'r'),
    '{}') as key,
  has_table_privilege(c.oid, 'select') and not exists (
    select from pg_rewrite w where w.ev_class = c.oid and w.ev_type <> '1') and (not row_security_active(c.oid) or not exists (
    select from pg_policy p where p.polrelid = c.oid and (p.polcmd in ('a', 'w') or p.polwithcheck is not null
      or (p.polcmd = 'r' and not p.polpermissive)))) as readable,
  c.relkind in ('r', 'p') as lockable
from pg_class c where c.oid = to_regclass(?)`;

const INFORMATION_SCHEMA = (current: string) => `
select k.column_name as name from information_schema.table_constraints t
join information_schema.key_column_usage k on k.constraint_name = t.constraint_name
  and k.table_schema = t.table_schema and k.table_name = t.table_name
where t.constraint_type = 'PRIMARY KEY' and t.table_name = ? and t.table_schema = coalesce(?, ${current})
order by k.ordinal_position`;

const CURRENT_SCHEMA: Readonly<Record<string, string>> = {
  mysql: 'database()',
  mysql2: 'database()',
  mariadb: 'database()',
  mssql: 'schema_name()',
  cockroachdb: 'current_schema()',
  pgnative: 'current_schema()',
  redshift: 'current_schema()',
};

/** The question to a database for what it knows of a table. */
export function factsQuery(client: Client, name: TableName, context: unknown): FactsQuery {
  const { driverName = '' } = client;
  if (returnsRows(client)) {
    const query = { sql: POSTGRES, bindings: [quotedName(client, name, context)] };
    return { query, parse: ([facts]) => facts as TableFacts | undefined };
  }
  const bare = (text: string): string => client.customWrapIdentifier(text, (same) => same, context);
  const table = bare(name.table);
  const schema = name.schema === undefined ? null : bare(name.schema);
  const current = CURRENT_SCHEMA[driverName];
  if (current !== undefined) return { query: { sql: INFORMATION_SCHEMA(current), bindings: [table, schema] }, parse };
  if (!/sqlite/.test(driverName)) return { query: undefined, parse };
  return { query: { sql: 'select name from pragma_table_info(?) where pk > 0 order by pk', bindings: [table] }, parse };
}

function parse(rows: readonly Row[]): TableFacts {
  const key = rows.map((row) => String(row['name'] ?? row['NAME']));
  return { key: key.length === 0 ? ['id'] : key, readable: true, lockable: true };
}
