import type { ModelShape } from '@whodunit/core/writes';
import type { Client, DataModelField } from './client.js';
import { parseSchema, type SchemaField, type SchemaModel } from './schema/parse.js';

/** A stored field that is no relation. */
export interface Column {
  readonly name: string;
  readonly column: string;
  readonly scale: number | undefined;
  /** Names in Prisma by the values in the database, of an enum. */
  readonly names: ReadonlyMap<string, string> | undefined;
}

/** A field that stands for rows of another model. */
export interface Relation {
  readonly name: string;
  readonly to: string;
  readonly isList: boolean;
  /**
   * `holds`: the key of the other stands in this row. `held`: the other has the key of this one. `joined`: both are lists, and
   * Prisma keeps a table between them.
   */
  readonly kind: 'held' | 'holds' | 'joined';
  /** The field of the other model that is the way back. */
  readonly back: { readonly name: string; readonly isList: boolean };
}

/** A model, as far as its writes are concerned. */
export interface Table extends ModelShape {
  /** What its methods are called on the client: `orderItem`. */
  readonly delegate: string;
  readonly table: string;
  readonly namespace: string | undefined;
  readonly columns: readonly Column[];
  readonly relations: ReadonlyMap<string, Relation>;
  readonly uniques: SchemaModel['uniques'];
  /** Selects every column and nothing else. */
  readonly select: Readonly<Record<string, true>>;
  /** It is the audit trail itself. */
  readonly isTrail: boolean;
}

export type Tables = ReadonlyMap<string, Table>;

/** Every model of a client. */
export function tablesOf(client: Client): Tables {
  const { enums, models } = parseSchema(client._engineConfig.inlineSchema);
  const tables = new Map<string, Table>();
  for (const [name, { fields }] of Object.entries(client._runtimeDataModel.models)) {
    const model = models.get(name);
    if (model === undefined) continue;
    const declared = new Map(model.fields.map((field) => [field.name, field]));
    const delegate = name.slice(0, 1).toLowerCase() + name.slice(1);
    const omitted = namesWhereTrue(client._globalOmit?.[delegate]);
    const columns = fields
      // An object without a relation is a part of the row, in MongoDB.
      .filter(({ kind, relationName }) => kind !== 'unsupported' && (kind !== 'object' || relationName === undefined))
      .map((field) => columnOf(field, declared.get(field.name), enums.get(field.type)));
    const hidden = [...omitted, ...model.fields.filter(({ isEncrypted }) => isEncrypted).map((field) => field.name)];
    tables.set(name, {
      name,
      delegate,
      key: model.key,
      table: model.table,
      namespace: model.namespace,
      columns,
      relations: relationsOf(name, fields, client, models),
      uniques: model.uniques,
      select: Object.fromEntries(columns.map((column) => [column.name, true])),
      isTrail: model.namespace === 'whodunit' || model.table.startsWith('whodunit_'),
      // What the application itself does not want to see does not belong in a trail either.
      ...(hidden.length === 0 ? {} : { fields: Object.fromEntries(hidden.map((field) => [field, 'mask'])) }),
    });
  }
  return tables;
}

function namesWhereTrue(names: Readonly<Record<string, boolean>> | undefined): string[] {
  return Object.keys(names ?? {}).filter((name) => names?.[name] === true);
}

function columnOf(
  { kind, name }: DataModelField,
  declared: SchemaField | undefined,
  names: ReadonlyMap<string, string> | undefined,
): Column {
  return {
    name,
    column: declared?.column ?? name,
    scale: declared?.scale,
    names: kind === 'enum' ? names : undefined,
  };
}

function relationsOf(
  model: string,
  fields: readonly DataModelField[],
  client: Client,
  models: ReadonlyMap<string, SchemaModel>,
): ReadonlyMap<string, Relation> {
  const relations = new Map<string, Relation>();
  for (const { kind, name, relationName, type } of fields) {
    if (kind !== 'object' || relationName === undefined) continue;
    const others = client._runtimeDataModel.models[type]?.fields ?? [];
    const isBack = (other: DataModelField): boolean =>
      other.relationName === relationName && other.type === model && (type !== model || other.name !== name);
    const back = others.find(isBack)?.name ?? name;
    const own = models.get(model)?.fields.find((field) => field.name === name);
    const other = models.get(type)?.fields.find((field) => field.name === back);
    const isList = own?.isList === true;
    const isBackList = other?.isList === true;
    const holds = (own?.holds.length ?? 0) > 0;
    relations.set(name, {
      name,
      to: type,
      isList,
      kind: holds ? 'holds' : isList && isBackList ? 'joined' : 'held',
      back: { name: back, isList: isBackList },
    });
  }
  return relations;
}
