/** One statement of a Prisma schema: a line of words and signs, which goes on while a parenthesis is open. */
export interface Statement {
  readonly words: readonly string[];
  /** Text of the `///` comments above it and at its end. */
  readonly comments: string;
}

/** A block: `model Person { ... }`. */
export interface Block {
  readonly kind: string;
  readonly name: string;
  readonly statements: readonly Statement[];
}

const TOKEN = /\/\/[^\n]*|"(?:\\.|[^"\\])*"|@{0,2}[A-Za-z_][\w.]*|\d+|\n|[^\s]/g;

/** The blocks of a schema that Prisma has accepted: what it would refuse is not looked for. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let head: string[] = [];
  let statements: Statement[] | undefined;
  let words: string[] = [];
  let comments = '';
  let depth = 0;
  const end = (): void => {
    if (words.length === 0) return;
    statements?.push({ words, comments });
    words = [];
    comments = '';
  };
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith('///')) comments += `${token}\n`;
    else if (token.startsWith('//')) continue;
    else if (statements === undefined) {
      if (token === '{') {
        statements = [];
        comments = '';
      } else if (token !== '\n') head.push(token);
    } else if (token === '}' && depth === 0) {
      end();
      const [kind = '', name = ''] = head;
      blocks.push({ kind, name, statements });
      head = [];
      statements = undefined;
    } else if (token === '\n') {
      if (depth === 0) end();
    } else {
      if ('([{'.includes(token)) depth += 1;
      if (')]}'.includes(token)) depth -= 1;
      words.push(token);
    }
  }
  return blocks;
}

/** An attribute: `@relation(fields: [ownerId], references: [id])`. */
export interface Attribute {
  readonly name: string;
  /** Texts by the name of the argument; those without a name by their place. A list of names is one argument. */
  readonly values: ReadonlyMap<string | number, readonly string[]>;
}

export function attributesOf(words: readonly string[]): Attribute[] {
  const attributes: Attribute[] = [];
  let depth = 0;
  let place = 0;
  let argument: string | number = 0;
  let values = new Map<string | number, string[]>();
  for (const [i, word] of words.entries()) {
    if (depth === 0 && word.startsWith('@')) {
      values = new Map();
      place = 0;
      argument = 0;
      attributes.push({ name: word, values });
    } else if (word === '(' || word === '[') depth += 1;
    else if (word === ')' || word === ']') depth -= 1;
    else if (depth === 1 && word === ',') {
      place += 1;
      argument = place;
    } else if (depth === 1 && words[i + 1] === ':') argument = word;
    // What stands deeper belongs to a member of a list, as in `[name(sort: Desc)]`, and says nothing about which it is.
    else if ((depth === 1 || (depth === 2 && !isCall(words, i))) && !':,'.includes(word)) {
      const texts = values.get(argument) ?? [];
      values.set(argument, texts);
      texts.push(word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word);
    }
  }
  return attributes;
}

/** Whether the parenthesis around a word is that of a call: `(20, 4)` is, `[a, b]` is not. */
function isCall(words: readonly string[], at: number): boolean {
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    const word = words[i] ?? '';
    if (word === ')' || word === ']') depth += 1;
    else if (word === '(' || word === '[') {
      if (depth === 0) return word === '(';
      depth -= 1;
    }
  }
  return false;
}
