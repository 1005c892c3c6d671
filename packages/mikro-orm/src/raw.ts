const WORD = /\b(?:insert|update|delete|merge|replace|truncate|copy|call|do|execute|load)\b/i;

/** Texts, quoted names and comments: what stands in them is no statement. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** A statement that begins with a word that writes. */
const FIRST =
  /(?:^|;)\s*(?:explain\s+analy[sz]e\s+)?(?:insert|update|delete|merge|replace|truncate|copy|call|do|execute|load)\b/i;

/** One that writes in its WITH, or after it. */
const WITHIN = /[()]\s*(?:insert\s+into|update\s+\S|delete\s+from|merge\s+into)/i;

/** Whether SQL of the application writes rows, as far as can be read from it: what a function does is not. */
export function isWrite(sql: unknown): boolean {
  const text = typeof sql === 'string' ? sql : textOf(sql);
  if (!WORD.test(text)) return false;
  const bare = text.replace(QUOTED, ' ');
  return FIRST.test(bare) || WITHIN.test(bare);
}

/** A query of knex says its SQL itself. */
function textOf(sql: unknown): string {
  const query = sql as { toSQL?(): { readonly sql?: unknown } } | null | undefined;
  return typeof query?.toSQL === 'function' ? String(query.toSQL().sql) : '';
}
