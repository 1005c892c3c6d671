import type { Family } from './family.js';

/** Verbs in SQL, and the one of MongoDB that writes. */
export const RAW_VERBS = [
  '$executeRaw',
  '$executeRawUnsafe',
  '$queryRaw',
  '$queryRawUnsafe',
  '$queryRawTyped',
  '$runCommandRaw',
] as const;

interface RawCall {
  readonly operation: string;
  readonly args: unknown;
  query(args: unknown): PromiseLike<unknown>;
}

const WHY = 'What SQL changes is not seen. Use the verbs of the model, or record it by hand.';

/** Runs a statement as it is; one that writes leaves a gap. */
export function passRaw(
  { modelOf, tables, writes }: Family,
  { args, operation, query }: RawCall,
): PromiseLike<unknown> {
  const sql = sqlOf(args);
  const written = sql === undefined ? { table: undefined } : writtenBy(sql);
  if (written !== undefined) {
    const table = [...tables.values()].find((each) => each.table === written.table);
    const isLeftOut = table === undefined ? /^whodunit/.test(written.table ?? '') : modelOf(table) === undefined;
    if (!isLeftOut) writes.gap({ verb: operation, model: table?.name ?? written.table, why: WHY });
  }
  return query(args);
}

/** The text of a statement; `undefined` when it is not SQL. */
function sqlOf(args: unknown): string | undefined {
  if (Array.isArray(args)) return typeof args[0] === 'string' ? args[0] : undefined;
  const { sql, strings } = (args ?? {}) as { sql?: unknown; strings?: unknown };
  if (typeof sql === 'string') return sql;
  return Array.isArray(strings) ? strings.join(' ? ') : undefined;
}

const QUIET = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:''|[^'])*'|\$(\w*)\$[\s\S]*?\$\1\$|\bfor\s+(?:no\s+key\s+)?update\b/gi;
const WRITES =
  /(?<!")\b(?:insert\s+into|update(?:\s+only)?|delete\s+from|merge\s+into|truncate(?:\s+table)?|copy|call|do|replace\s+into|(?:create|alter|drop)\s+\w+)\b\s*((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))*)?/i;

/** What a statement writes to; `undefined` when it only reads. */
function writtenBy(sql: string): { readonly table: string | undefined } | undefined {
  const found = WRITES.exec(sql.replace(QUIET, ' '));
  if (found === null) return undefined;
  return { table: found[1]?.replaceAll('"', '').split('.').slice(-1)[0] };
}
