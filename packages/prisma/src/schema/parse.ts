import { attributesOf, type Block, blocksOf, type Statement } from './tokens.js';

/** A field as the schema declares it. */
export interface SchemaField {
  readonly name: string;
  readonly type: string;
  readonly isList: boolean;
  readonly isUnique: boolean;
  readonly isRequired: boolean;
  readonly isId: boolean;
  readonly column: string;
  /** Digits behind the point, where the database pads to so many: 4 of `@db.Decimal(20, 4)`. */
  readonly scale: number | undefined;
  /** Fields of this model that hold the key of another one. */
  readonly holds: readonly string[];
  /** Its comment says `@encrypted`. */
  readonly isEncrypted: boolean;
}

export interface SchemaModel {
  readonly name: string;
  readonly table: string;
  /** Namespace of the database, where the schema says it. */
  readonly namespace: string | undefined;
  readonly fields: readonly SchemaField[];
  readonly key: readonly string[];
  /** Fields of each unique criterion, by the name that it has in a `where`. */
  readonly uniques: ReadonlyMap<string, readonly string[]>;
}

export interface Schema {
  readonly models: ReadonlyMap<string, SchemaModel>;
  /** Of each enum: the name in Prisma by the value in the database. */
  readonly enums: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/**
 * What a Prisma schema says of keys, columns and relations. A generated client keeps the text, while its own data model has
 * names and types only.
 */
export function parseSchema(text: string): Schema {
  const models = new Map<string, SchemaModel>();
  const enums = new Map<string, ReadonlyMap<string, string>>();
  for (const block of blocksOf(text)) {
    if (block.kind === 'model' || block.kind === 'view') models.set(block.name, modelIn(block));
    if (block.kind === 'enum') enums.set(block.name, enumIn(block));
  }
  return { models, enums };
}

function modelIn({ name, statements }: Block): SchemaModel {
  const fields: SchemaField[] = [];
  const uniques = new Map<string, readonly string[]>();
  let table = name;
  let namespace: string | undefined;
  let key: readonly string[] | undefined;
  for (const statement of statements) {
    const [first = ''] = statement.words;
    if (!first.startsWith('@@')) {
      const field = fieldIn(statement);
      fields.push(field);
      if (field.isId) key = [field.name];
      if (field.isId || field.isUnique) uniques.set(field.name, [field.name]);
      continue;
    }
    for (const attribute of attributesOf(statement.words)) {
      const [value = ''] = attribute.values.get(0) ?? attribute.values.get('name') ?? [];
      if (attribute.name === '@@map') table = value;
      if (attribute.name === '@@schema') namespace = value;
      if (attribute.name !== '@@id' && attribute.name !== '@@unique') continue;
      const members = attribute.values.get(0) ?? attribute.values.get('fields') ?? [];
      uniques.set(attribute.values.get('name')?.[0] ?? members.join('_'), members);
      if (attribute.name === '@@id') key = members;
    }
  }
  return { name, table, namespace, fields, key: key ?? uniqueKey(fields, uniques), uniques };
}

/** Without an id, rows are told apart by the first unique criterion that is always there. */
function uniqueKey(fields: readonly SchemaField[], uniques: SchemaModel['uniques']): readonly string[] {
  const isThere = (name: string): boolean => fields.find((field) => field.name === name)?.isRequired === true;
  for (const members of uniques.values()) if (members.every(isThere)) return members;
  return [];
}

function fieldIn({ comments, words }: Statement): SchemaField {
  const [name = '', type = ''] = words;
  const attributes = new Map(attributesOf(words.slice(2)).map((attribute) => [attribute.name, attribute.values]));
  const [, scale] = ['@db.Decimal', '@db.Numeric'].flatMap((decimal) => [
    ...(attributes.get(decimal)?.get(0) ?? []).slice(0, 1),
    ...(attributes.get(decimal)?.get(1) ?? []),
  ]);
  const map = attributes.get('@map');
  return {
    name,
    type,
    isList: words[2] === '[',
    isRequired: words[2] !== '?',
    isUnique: attributes.has('@unique'),
    isId: attributes.has('@id'),
    column: map?.get(0)?.[0] ?? map?.get('name')?.[0] ?? name,
    scale: scale === undefined ? undefined : Number(scale),
    holds: attributes.get('@relation')?.get('fields') ?? [],
    isEncrypted: /@encrypted\b/.test(comments),
  };
}

function enumIn({ statements }: Block): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { words } of statements) {
    const [name = ''] = words;
    if (name.startsWith('@@')) continue;
    const map = attributesOf(words.slice(1)).find((attribute) => attribute.name === '@map');
    names.set(map?.values.get(0)?.[0] ?? map?.values.get('name')?.[0] ?? name, name);
  }
  return names;
}
