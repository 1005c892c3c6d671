/** A write that was found in SQL. */
export interface RawWrite {
  readonly verb: string;
  /** Its table, as it is written there. */
  readonly table: string | undefined;
}

/** Comments and texts, in which everything may stand. */
const NOISE = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.|'')*'|\$(\w*)\$[\s\S]*?\$\1\$/g;

const NAME = '(?:"[^"]+"|`[^`]+`|\\[[^\\]]+\\]|[\\w$]+)';
const TABLE = `\\s*(?:(?:only|table)\\s+)?(${NAME}(?:\\.${NAME})*)?`;
const VERBS = 'insert\\s+into|replace\\s+into|update|delete\\s+from|merge\\s+into';
const OTHERS = 'delete|truncate|call|do(?!\\s+(?:update|nothing))|copy(?=[^;]*\\bfrom\\b)|load\\s+data';

/** A write stands at the beginning, after another statement, or in or after a common table expression. */
const WRITE = new RegExp(`(?:^|[;()]|\\banalyze\\b|\\bverbose\\b)\\s*(${VERBS}|${OTHERS})\\b${TABLE}`, 'i');
const INNER_WRITE = new RegExp(`\\(\\s*(?:with\\b[\\s\\S]*\\)\\s*)?(${VERBS})\\b${TABLE}`, 'i');

/** Applications run the same texts again and again, with other values. */
const MAX_KNOWN = 500;
const known = new Map<string, RawWrite | undefined>();

/** The first write in a text of SQL; `undefined` when it only reads, or changes only the schema. */
export function writeIn(sql: string): RawWrite | undefined {
  if (known.has(sql)) return known.get(sql);
  const write = writeOf(WRITE.exec(sql.replace(NOISE, ' ')));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(sql, write);
  return write;
}

/** The first write in parentheses: one within another statement. */
export function writeWithin(sql: string): RawWrite | undefined {
  return writeOf(INNER_WRITE.exec(sql.replace(NOISE, ' ')));
}

function writeOf(found: RegExpExecArray | null): RawWrite | undefined {
  if (found === null) return undefined;
  const [, verb = '', table] = found;
  return { verb: verb.toLowerCase().replace(/\s+/g, ' '), table: table?.replace(/["`[\]]/g, '') };
}
