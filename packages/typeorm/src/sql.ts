/** A statement in SQL that writes rows. */
export interface RawWrite {
  /** `update`, `insert`, ... */
  readonly verb: string;
  /** As it is written, without quotes: `public.people`. */
  readonly table: string | undefined;
}

const NAME = String.raw`(?:["\x60[][^"\x60\]]+["\x60\]]|[\w$]+)`;
const WRITE = new RegExp(
  String.raw`(?:^|[;()]|\banalyze\b|\bas\b)\s*(insert|replace|update|delete|merge|truncate|copy|call|do|exec|execute)\s+` +
    String.raw`(?:(?:or\s+\w+|low_priority|delayed|ignore|into|from|table|only)\s+)*(${NAME}(?:\s*\.\s*${NAME})*)?`,
  'i',
);

/** The first statement in some SQL that writes rows; `undefined` when it only reads, or changes the schema. */
export function rawWriteIn(sql: string): RawWrite | undefined {
  const found = WRITE.exec(withoutValues(sql));
  if (found === null) return undefined;
  const [, verb = '', name] = found;
  return { verb: verb.toLowerCase(), table: name?.replace(/["\x60[\]\s]/g, '') };
}

/** Comments and texts say nothing of what a statement does. */
function withoutValues(sql: string): string {
  return sql
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replace(/'(?:[^']|'')*'/g, "''")
    .trim();
}
