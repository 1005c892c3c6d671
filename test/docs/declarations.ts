import ts from 'typescript';

/** The strings of a union of string literals: `type Color = 'red' | 'blue'`. */
export function unionMembers(text: string, name: string): string[] {
  const type = find(text, name, ts.isTypeAliasDeclaration).type;
  const members = ts.isUnionTypeNode(type) ? type.types : [type];
  return members.flatMap((one) =>
    ts.isLiteralTypeNode(one) && ts.isStringLiteral(one.literal) ? [one.literal.text] : [],
  );
}

/** What the `@default` tags of an interface say, by member. A member without the tag is absent. */
export function defaultTags(text: string, name: string): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const member of find(text, name, ts.isInterfaceDeclaration).members) {
    const tag = ts.getJSDocTags(member).find((one) => one.tagName.text === 'default');
    const said = ts.getTextOfJSDocComment(tag?.comment);
    if (said !== undefined && member.name !== undefined && ts.isIdentifier(member.name)) tags[member.name.text] = said;
  }
  return tags;
}

/** The value of a literal such as `1000`, `'batch'` or `false`; `undefined` for anything else, such as words. */
export function statedValue(tag: string): unknown {
  const literal = /^(?:'([^']*)'|(-?[\d_]+(?:\.\d+)?)|(true|false))$/.exec(tag.trim());
  if (literal === null) return undefined;
  if (literal[1] !== undefined) return literal[1];
  return literal[2] === undefined ? literal[3] === 'true' : Number(literal[2].replaceAll('_', ''));
}

function find<T extends ts.DeclarationStatement>(text: string, name: string, is: (node: ts.Node) => node is T): T {
  const found = parse(text)
    .statements.filter(is)
    .find((node) => node.name?.text === name);
  if (found === undefined) throw new Error(`There is no declaration of ${name}. Was it renamed or moved?`);
  return found;
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('text.ts', text, ts.ScriptTarget.ES2022, true);
}
