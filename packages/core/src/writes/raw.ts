/** Literals, quoted names and comments, which may hold any word. */
const QUOTED = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$[\s\S]*?\$\1\$/g;
const READS = new Set(
  'select values table show explain describe desc pragma set reset use begin start commit end abort rollback savepoint release listen unlisten notify declare fetch move close deallocate discard lock analyze checkpoint'.split(
    ' ',
  ),
);
const WRITE = 'insert\\s+into|update\\s|delete\\s+from|merge\\s+into|replace\\s+into';
/** A write in parentheses of `with`, or after them. */
const NESTED = new RegExp(`[()]\\s*(?:${WRITE})`, 'i');
const ANY = new RegExp(`\\b(?:${WRITE})`, 'i');

/**
 * Whether SQL only reads, or only sets up a session or a transaction. What a function or a procedure that it calls writes
 * cannot be known from it: `select` reads, `call` and `do` do not.
 */
export function isRead(sql: string): boolean {
  const statements = sql.replace(QUOTED, ' _ ').split(';');
  return statements.every((statement) => isReadStatement(statement.trim()));
}

function isReadStatement(statement: string): boolean {
  const word = /^[\s(_]*([a-z]+)/i.exec(statement)?.[1]?.toLowerCase();
  if (word === undefined) return true;
  if (word === 'explain') return !(/\banaly[sz]e\b/i.test(statement) && ANY.test(statement));
  if (word === 'with') return !NESTED.test(statement);
  return READS.has(word);
}

const WORDS = 'insert|update|delete|merge|replace|truncate|copy|call|do|execute|load';
const WORD = new RegExp(`\\b(?:${WORDS})\\b`, 'i');
/** A statement that begins with a word that writes. */
const FIRST = new RegExp(`(?:^|;)\\s*(?:explain\\s+analy[sz]e\\s+)?(?:${WORDS})\\b`, 'i');

/**
 * Whether SQL writes rows, or calls what may. Unlike what is no `isRead`, this leaves out what changes tables and rights: an ORM
 * sends such by itself, to make its tables.
 */
export function isRowWrite(sql: string): boolean {
  if (!WORD.test(sql)) return false;
  const bare = sql.replace(QUOTED, ' ');
  return FIRST.test(bare) || NESTED.test(bare);
}
