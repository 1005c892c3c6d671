import { wordsOf } from './words.js';

/** What a remote procedure call asks for, however it was sent. */
export interface Call {
  readonly type: 'query' | 'mutation' | 'unknown';
  /** Words of the procedure's name, one list per dot or slash: `users.createToken` is [users], [create, token]. */
  readonly name: readonly (readonly string[])[];
}

const MAX_QUERY = 8192;

/**
 * The operation of a GraphQL request: the first root field of the mutation or query that runs. Reads at most 8,192
 * characters, and only as much grammar as it takes to find the field.
 */
export function graphqlCall(query: unknown, operationName: unknown): Call | undefined {
  const name = typeof operationName === 'string' && operationName.length <= 256 ? operationName : undefined;
  if (typeof query !== 'string') {
    return name === undefined ? undefined : { type: 'unknown', name: [wordsOf(name)] };
  }
  const text = query
    .slice(0, MAX_QUERY)
    .replace(/#[^\n]*/g, ' ')
    .replace(/"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"/g, '""');
  let depth = 0;
  let round = 0;
  let best: Call | undefined;
  let type: Call['type'] = 'query';
  let title = '';
  let fresh = true;
  for (const [token] of text.matchAll(/[{}()]|[A-Za-z_]\w*|\$\w+|\.\.\.|:|@\w+/g)) {
    if (token === '(') round++;
    else if (token === ')') round--;
    else if (round > 0) continue;
    else if (token === '{') depth++;
    else if (token === '}') {
      depth--;
      if (depth === 0) {
        type = 'query';
        title = '';
        fresh = true;
      }
    } else if (!/^[A-Za-z_]/.test(token)) continue;
    else if (depth === 0) {
      if (token === 'mutation') type = 'mutation';
      else if (token === 'query' || token === 'subscription') type = 'query';
      else if (token === 'fragment') {
        type = 'unknown';
        fresh = false;
      } else if (title === '') title = token;
    } else if (depth === 1 && fresh && type !== 'unknown') {
      fresh = false;
      const field = rootField(text, token);
      const found: Call = { type, name: [wordsOf(field)] };
      if (name !== undefined && title === name) return found;
      best ??= found;
    }
  }
  return best ?? (name === undefined ? undefined : { type: 'unknown', name: [wordsOf(name)] });
}

/** The field behind an alias: `done: closeIssue(...)` is closeIssue. */
function rootField(text: string, token: string): string {
  const alias = new RegExp(`\\{\\s*${token}\\s*:\\s*([A-Za-z_]\\w*)`).exec(text);
  return alias?.[1] ?? token;
}
