import { wordsOf } from './words.js';

/** What a remote procedure call asks for, however it was sent. */
export interface Call {
  readonly type: 'query' | 'mutation' | 'unknown';
  /** Words of the procedure's name, one list per dot or slash: `users.createToken` is [users], [create, token]. */
  readonly name: readonly (readonly string[])[];
}

const MAX_QUERY = 8192;
/** More calls in one request than this are not named one by one. */
export const MAX_CALLS = 20;

/**
 * The calls of a GraphQL request: the root fields of the mutation that runs, in order, or the first one of a query. Reads
 * at most 8,192 characters, and only as much grammar as it takes to find the fields.
 */
export function graphqlCalls(query: unknown, operationName: unknown): readonly Call[] {
  const name = typeof operationName === 'string' && operationName.length <= 256 ? operationName : undefined;
  const operations = typeof query === 'string' ? operationsOf(query.slice(0, MAX_QUERY)) : [];
  const run = operations.find(({ title }) => title === name) ?? operations[0];
  if (run === undefined) return name === undefined ? [] : [{ type: 'unknown', name: [wordsOf(name)] }];
  const fields = run.type === 'mutation' ? run.fields.slice(0, MAX_CALLS) : run.fields.slice(0, 1);
  return fields.map((field) => ({ type: run.type, name: [wordsOf(field)] }));
}

interface GraphqlOperation {
  readonly type: 'query' | 'mutation';
  readonly title: string | undefined;
  readonly fields: readonly string[];
}

/** The operations of a document that have a root field. Fragments are no operations. */
function operationsOf(document: string): readonly GraphqlOperation[] {
  const operations: GraphqlOperation[] = [];
  let heading: string[] = [];
  let fields: string[] = [];
  let depth = 0;
  let before = '';
  for (const token of tokensOf(document)) {
    if (token === '{') depth++;
    else if (token === '}') depth--;
    else if (depth === 0) heading.push(token);
    // The name behind a colon is the field; what stood before the colon was its alias.
    else if (depth === 1 && before === ':') fields[fields.length - 1] = token;
    else if (depth === 1 && token !== ':' && !before.startsWith('...') && !token.startsWith('...')) fields.push(token);
    before = token;
    if (token === '}' && depth === 0) {
      operations.push(...operationOf(heading, fields));
      heading = [];
      fields = [];
    }
  }
  // A document that was cut short still says what it began with.
  return depth > 0 ? [...operations, ...operationOf(heading, fields)] : operations;
}

/** The operation of a heading, `mutation Refund`: none for a fragment and for an operation without a field. */
function operationOf([keyword, title]: readonly string[], fields: readonly string[]): readonly GraphqlOperation[] {
  if (keyword === 'fragment' || fields.length === 0) return [];
  return [{ type: keyword === 'mutation' ? 'mutation' : 'query', title, fields }];
}

const TOKEN = /[{}():]|\.\.\.(?:\s*on\b)?|[$@]?[A-Za-z_]\w*/g;

/** Braces, colons, spreads and names; without texts, comments, arguments, variables and directives. */
function* tokensOf(document: string): Generator<string> {
  // A text that never ends is read once too, and not again from each quote in it.
  const plain = document.replace(/"""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?|#[^\n]*/g, ' ');
  let round = 0;
  for (const [token] of plain.matchAll(TOKEN)) {
    if (token === '(') round++;
    else if (token === ')') round--;
    else if (round === 0 && !/^[$@]/.test(token)) yield token;
  }
}
