import type { Builder, Client } from './knex-parts.js';

/** The table that a builder writes to. */
export interface TableName {
  /** In the application's words, without schema and alias. */
  readonly table: string;
  readonly schema: string | undefined;
  /** What other parts of the statement call it. */
  readonly alias: string;
}

const ALIASED = /^(.*?)\s+as\s+(.*)$/i;
/** `"people" ("name", "age")`: an insert whose columns were given with its table. */
const IN_SQL = /^\s*((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)\s*(?:\([^()]*\))?\s*$/;

/** Which table a builder writes to; `undefined` when it is a query, or SQL that does not say. */
export function tableNameOf({ _single: { schema, table } }: Builder): TableName | undefined {
  if (typeof table === 'string') return parsed(table, schema);
  if (typeof table !== 'object' || table === null) return undefined;
  if ('isRawInstance' in table) {
    const sql = (table as unknown as Builder).toSQL().sql;
    const found = IN_SQL.exec(sql)?.[1]?.replaceAll('"', '');
    return found === undefined ? undefined : parsed(found, undefined);
  }
  const [entry, ...more] = Object.entries(table);
  if (entry === undefined || more.length > 0 || typeof entry[1] !== 'string' || '_statements' in table)
    return undefined;
  return { ...parsed(entry[1], schema), alias: entry[0] };
}

function parsed(text: string, given: string | undefined): TableName {
  const [, bare = text, alias] = (text.includes(' ') ? ALIASED.exec(text) : null) ?? [];
  const parts = bare.trim().split('.');
  const table = parts.at(-1) ?? bare;
  const schema = parts.length > 1 ? parts.slice(0, -1).join('.') : given;
  return { table, schema, alias: alias?.trim() ?? table };
}

/** The name as it stands in SQL, quoted: `"public"."people"`. */
export function quotedName(client: Client, { schema, table }: TableName, context: unknown): string {
  const parts = schema === undefined ? [table] : [...schema.split('.'), table];
  return parts.map((part) => client.wrapIdentifier(part, context)).join('.');
}
