import { memberOf } from './member.js';

/** A root field of an operation. */
export interface RootField {
  /** Its member in the answer: the alias, else the name. */
  readonly key: string;
  readonly name: string;
  /** What stands between its parentheses, as tokens. */
  readonly args: readonly string[];
}

/** The operation of a GraphQL request that runs. */
export interface GraphqlOperation {
  readonly type: 'query' | 'mutation';
  /** In the order in which a server runs them; those of fragments stand where they are spread. */
  readonly fields: readonly RootField[];
}

/** Longer documents are not read: nobody can say what they do. */
const MAX_DOCUMENT = 65_536;
const MAX_DEPTH = 16;

const read = new WeakMap<object, GraphqlOperation | undefined>();

/**
 * The operation that a GraphQL server runs of a request, `{ query, operationName }`: the one that is named, else the first.
 * `undefined` when the document is no text, too long, or has none. Reads what a server reads, so that a comment, a fragment or a
 * text cannot hide a field; memory and time are linear in the document.
 */
export function runningOperation(request: unknown): GraphqlOperation | undefined {
  if (typeof request === 'string') return operationIn(request, undefined);
  if (typeof request !== 'object' || request === null) return undefined;
  if (read.has(request)) return read.get(request);
  const query = memberOf(request, 'query');
  const operation = typeof query === 'string' ? operationIn(query, memberOf(request, 'operationName')) : undefined;
  read.set(request, operation);
  return operation;
}

function operationIn(document: string, title: unknown): GraphqlOperation | undefined {
  if (document.length > MAX_DOCUMENT) return undefined;
  const definitions = definitionsOf(new Tokens(document));
  const operations = definitions.filter(({ keyword }) => keyword !== 'fragment');
  const run = operations.find((each) => each.title === title) ?? operations[0];
  if (run === undefined) return undefined;
  const fragments = new Map(definitions.map((each) => [each.title, each.items] as const));
  const fields = new Map<string, RootField>();
  spread(run.items, fragments, new Set(), fields);
  if (fields.size === 0) return undefined;
  return { type: run.keyword === 'mutation' ? 'mutation' : 'query', fields: [...fields.values()] };
}

/** A field, or the name of a fragment whose fields stand here. */
type Item = RootField | string;

interface Definition {
  readonly keyword: string;
  readonly title: string | undefined;
  readonly items: readonly Item[];
}

/** As a server does: a fragment counts where it is spread first, and fields with one key are one field. */
function spread(
  items: readonly Item[],
  fragments: ReadonlyMap<string | undefined, readonly Item[]>,
  seen: Set<string>,
  fields: Map<string, RootField>,
): void {
  for (const item of items) {
    if (typeof item !== 'string') {
      if (!fields.has(item.key)) fields.set(item.key, item);
    } else if (!seen.has(item)) {
      seen.add(item);
      spread(fragments.get(item) ?? [], fragments, seen, fields);
    }
  }
}

function definitionsOf(tokens: Tokens): readonly Definition[] {
  const definitions: Definition[] = [];
  while (tokens.next !== undefined) {
    const keyword = isName(tokens.next) ? tokens.take() : 'query';
    const title = isName(tokens.next) ? tokens.take() : undefined;
    while (tokens.next !== undefined && tokens.next !== '{') tokens.skip();
    definitions.push({ keyword: keyword ?? '', title, items: itemsOf(tokens, 0) });
  }
  return definitions;
}

/** What stands between the braces of an operation, of a fragment, or of a fragment without a name. */
function itemsOf(tokens: Tokens, depth: number): readonly Item[] {
  const items: Item[] = [];
  tokens.take();
  while (tokens.next !== undefined && tokens.next !== '}') {
    const token = tokens.take() as string;
    if (token === '...') items.push(...fragmentOf(tokens, depth));
    else if (isName(token)) items.push(fieldOf(tokens, token));
  }
  tokens.take();
  return items;
}

function fragmentOf(tokens: Tokens, depth: number): readonly Item[] {
  const isNamed = isName(tokens.next) && tokens.next !== 'on';
  const name = isNamed ? tokens.take() : undefined;
  if (tokens.next === 'on') {
    tokens.take();
    tokens.take();
  }
  tokens.skipDirectives();
  if (name !== undefined) return [name];
  if (tokens.next !== '{') return [];
  if (depth < MAX_DEPTH) return itemsOf(tokens, depth + 1);
  tokens.skip();
  return [];
}

function fieldOf(tokens: Tokens, first: string): RootField {
  let name = first;
  if (tokens.next === ':') {
    tokens.take();
    name = tokens.take() ?? first;
  }
  const args = tokens.next === '(' ? tokens.between() : [];
  tokens.skipDirectives();
  if (tokens.next === '{') tokens.skip();
  return { key: first, name, args };
}

function isName(token: string | undefined): boolean {
  return token !== undefined && /^[A-Za-z_]/.test(token);
}

/** Texts, comments, spreads, numbers, names (also `$variable` and `@directive`) and punctuation; commas are nothing. */
const TOKEN =
  /"""(?:\\"""|(?!""")[\s\S])*(?:"""|$)|"(?:[^"\\\n\r]|\\.)*"?|#[^\n\r]*|\.\.\.|-?\d[\d.eE+-]*|[$@]?[A-Za-z_]\w*|[{}()[\]:=]/g;

const CLOSING: ReadonlyMap<string | undefined, string> = new Map([
  ['(', ')'],
  ['{', '}'],
]);

class Tokens {
  readonly #matches: IterableIterator<RegExpMatchArray>;
  next: string | undefined;

  constructor(document: string) {
    this.#matches = document.matchAll(TOKEN);
    this.take();
  }

  take(): string | undefined {
    const { next } = this;
    do this.next = this.#matches.next().value?.[0];
    while (this.next?.startsWith('#') === true);
    return next;
  }

  /** Passes one token, and with a parenthesis or a brace all that it holds. */
  skip(): void {
    this.between();
  }

  skipDirectives(): void {
    while (this.next?.startsWith('@') === true) {
      this.take();
      if (this.next === '(') this.skip();
    }
  }

  /** Passes one token; what stands between it and the one that closes it. */
  between(): readonly string[] {
    const open = this.take();
    const close = CLOSING.get(open);
    const inside: string[] = [];
    for (let depth = close === undefined ? 0 : 1; depth > 0 && this.next !== undefined; ) {
      const token = this.take() as string;
      if (token === open) depth++;
      else if (token === close) depth--;
      if (depth > 0) inside.push(token);
    }
    return inside;
  }
}
