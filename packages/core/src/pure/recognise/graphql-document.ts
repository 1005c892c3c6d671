/** A root field of an operation. */
export interface RootField {
  /** Its member in the answer: the alias, else the name. */
  readonly key: string;
  readonly name: string;
  /** What stands between its parentheses, as tokens. */
  readonly args: readonly string[];
}

/** One operation of a GraphQL document. */
export interface GraphqlOperation {
  readonly type: 'query' | 'mutation';
  readonly title: string | undefined;
  readonly fields: readonly RootField[];
}

/** What was sent to a GraphQL server; any member may be anything. */
export interface GraphqlRequest {
  readonly query: unknown;
  readonly operationName: unknown;
}

const MAX_QUERY = 8192;

/**
 * The operation that runs: the one that is named, else the first. Reads at most 8,192 characters, and only as much grammar
 * as it takes to find root fields and their arguments.
 */
export function runningOperation({ query, operationName }: GraphqlRequest): GraphqlOperation | undefined {
  const operations = typeof query === 'string' ? operationsOf(query.slice(0, MAX_QUERY)) : [];
  return operations.find(({ title }) => title === operationName) ?? operations[0];
}

interface Draft {
  readonly heading: string[];
  readonly fields: { key: string; name: string; readonly args: string[] }[];
}

/** The operations of a document that have a root field. Fragments are no operations. */
function operationsOf(document: string): readonly GraphqlOperation[] {
  const operations: GraphqlOperation[] = [];
  let { heading, fields }: Draft = { heading: [], fields: [] };
  let depth = 0;
  let round = 0;
  let before = '';
  let args: string[] | undefined;
  for (const [token] of document.matchAll(TOKEN)) {
    if (token.startsWith('#')) continue;
    if (token === '(') {
      if (round === 0) args = depth === 1 && !before.startsWith('@') ? fields.at(-1)?.args : undefined;
      else args?.push(token);
      round++;
      continue;
    }
    if (token === ')' && round > 0) {
      round--;
      continue;
    }
    if (round > 0) {
      args?.push(token);
      continue;
    }
    if (token === '{') depth++;
    else if (token === '}') depth--;
    else if (depth === 0 && /^[A-Za-z_]/.test(token)) heading.push(token);
    else if (depth === 1) readField(fields, token, before);
    before = token;
    if (token === '}' && depth === 0) {
      operations.push(...operationOf(heading, fields));
      ({ heading, fields } = { heading: [], fields: [] });
    }
  }
  // A document that was cut short still says what it began with.
  return depth > 0 ? [...operations, ...operationOf(heading, fields)] : operations;
}

/** The name behind a colon is the field; what stood before the colon was its alias. */
function readField(fields: Draft['fields'], token: string, before: string): void {
  const last = fields.at(-1);
  if (before === ':' && last !== undefined) last.name = token;
  else if (/^[A-Za-z_]/.test(token) && !before.startsWith('...')) fields.push({ key: token, name: token, args: [] });
}

/** The operation of a heading, `mutation Refund`: none for a fragment and for an operation without a field. */
function operationOf([keyword, title]: readonly string[], fields: Draft['fields']): readonly GraphqlOperation[] {
  if (keyword === 'fragment' || fields.length === 0) return [];
  return [{ type: keyword === 'mutation' ? 'mutation' : 'query', title, fields }];
}

/** Texts, comments, spreads, numbers, names (also `$variable` and `@directive`) and punctuation; commas are nothing. */
const TOKEN =
  /"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*|\.\.\.(?:\s*on\b)?|-?\d[\d.eE+-]*|[$@]?[A-Za-z_]\w*|[{}()[\]:=]/g;
