import {
  type FieldOptions,
  type FieldPolicy,
  fieldsSaidOf,
  type Model,
  type Row,
  type Writes,
} from '@whodunit/core/writes';
import type { Column, Metadata, Relation, Source } from './typeorm.js';

/** One column that is stored, and what its value is called in events. */
export interface Stored {
  readonly column: Column;
  /** Where it stands in a row; a value in an embedded stands in the object of that name. */
  readonly path: readonly string[];
  /** An entity holds exactly what the database does: no transformer stands in between. */
  readonly isPlain: boolean;
  /** What may be stored of it. */
  readonly field: FieldOptions | undefined;
}

/** An entity whose writes become events. */
export interface Entity {
  readonly metadata: Metadata;
  readonly model: Model;
  readonly columns: readonly Stored[];
  /** Its table only joins two others: the columns that hold the one, and the other. */
  readonly joins: { readonly owner: readonly string[]; readonly member: readonly string[] } | undefined;
}

/** In rows of a table that joins two others, the texts of their ids; no property can have such a name. */
export const OWNER = ' owner';
export const MEMBER = ' member';

const TRAIL = /^(?:"?whodunit"?\.|"?whodunit_)/;

/** @returns what finds the entity of a metadata; `undefined` when its writes are no events */
export function entitiesOf(source: Source, writes: Writes): (metadata: Metadata) => Entity | undefined {
  const known = new WeakMap<Metadata, { readonly entity: Entity | undefined }>();
  const make = (metadata: Metadata): Entity | undefined => {
    if (TRAIL.test(metadata.tablePath) || metadata.tableType === 'closure-junction') return undefined;
    const columns = metadata.columns.filter(isStored).map((column) => storedOf(source, column));
    const key = columns.filter(({ column }) => column.isPrimary).map(({ path }) => path.join('.'));
    const model = writes.model({ name: metadata.name, key, fields: fieldsOf(columns) });
    if (model === undefined) return undefined;
    if (!metadata.isJunction) return { metadata, model, columns, joins: undefined };
    return joining({ metadata, model, columns, joins: undefined }, relationOf(source, metadata), find);
  };
  const find = (metadata: Metadata): Entity | undefined => {
    const found = known.get(metadata) ?? { entity: make(metadata) };
    known.set(metadata, found);
    return found.entity;
  };
  return find;
}

/** Columns that only queries fill are nowhere in the table. */
function isStored({ isInsert, isSelect, isUpdate, isVirtualProperty }: Column): boolean {
  return !isVirtualProperty && (isSelect || isInsert || isUpdate);
}

function storedOf(source: Source, column: Column): Stored {
  const isPlain = column.transformer === undefined && source.driver.spatialTypes?.includes(column.type) !== true;
  const field = fieldOf(column);
  const name = nameOf(column);
  // What may be stored is said of members of a row: a value in an embedded is one of them when something is said of it.
  const isMember = column.isPrimary || field !== undefined;
  return { column, path: isMember ? [name] : name.split('.'), isPlain, field };
}

/** The id of another has the name that it would have as a property: `ownerId` for the relation `owner`. */
function nameOf({ entityMetadata, isVirtual, propertyPath, referencedColumn, relationMetadata }: Column): string {
  const isOfRelation = isVirtual && !entityMetadata.isJunction;
  if (!isOfRelation || relationMetadata === undefined || referencedColumn === undefined) return propertyPath;
  return `${relationMetadata.propertyPath}${capital(referencedColumn.propertyName)}`;
}

function fieldsOf(columns: readonly Stored[]): Readonly<Record<string, FieldOptions>> | undefined {
  const told = columns.flatMap(({ field, path: [name = ''] }) => (field === undefined ? [] : [[name, field] as const]));
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What decorators, and TypeORM itself, say of a column. */
function fieldOf(column: Column): FieldOptions | undefined {
  const relation = column.relationMetadata?.propertyName ?? column.propertyName;
  const fields = fieldsSaidOf(column.target);
  const said = fields[column.propertyName] ?? fields[relation];
  const policy = said?.policy ?? policyOf(column);
  return policy === undefined ? said : { ...said, policy };
}

/** What is not selected unless asked for is not told either; what TypeORM keeps by itself makes no change. */
function policyOf(column: Column): FieldPolicy | undefined {
  if (!column.isSelect) return 'mask';
  const { isMaterializedPath, isNestedSetLeft, isNestedSetRight, isTreeLevel, isUpdateDate, isVersion } = column;
  const isKept = isUpdateDate || isVersion || isNestedSetLeft || isNestedSetRight || isMaterializedPath || isTreeLevel;
  return isKept ? 'quiet' : undefined;
}

function relationOf(source: Source, junction: Metadata): { owner: Metadata; relation: Relation } | undefined {
  for (const owner of source.entityMetadatas)
    for (const relation of owner.relations)
      if (relation.isOwning && relation.junctionEntityMetadata === junction) return { owner, relation };
  return undefined;
}

/** A many-to-many relation: its rows are what was added to the list of the owner, and removed from it. */
function joining(
  entity: Entity,
  found: ReturnType<typeof relationOf>,
  find: (metadata: Metadata) => Entity | undefined,
): Entity | undefined {
  if (found === undefined || entity.model.join !== undefined) return entity;
  const owner = find(found.owner);
  const isIgnored = fieldsSaidOf(found.owner.target)[found.relation.propertyName]?.policy === 'drop';
  if (owner === undefined || isIgnored) return undefined;
  const names = (columns: readonly Column[]) =>
    entity.columns.filter(({ column }) => columns.includes(column)).map(({ path }) => path.join('.'));
  return {
    ...entity,
    model: {
      ...entity.model,
      join: { of: owner.model.type, owner: OWNER, member: MEMBER, as: found.relation.propertyPath },
    },
    joins: { owner: names(entity.metadata.ownerColumns), member: names(entity.metadata.inverseColumns) },
  };
}

/** Puts a value where it stands in a row. */
export function put(row: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    row[name] = value;
    return;
  }
  const inner = typeof row[name] === 'object' && row[name] !== null ? row[name] : {};
  row[name] = inner;
  put(inner as Record<string, unknown>, rest, value);
}

export function valueAt(row: Row, path: readonly string[]): unknown {
  let at: unknown = row;
  for (const name of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined;
  return at;
}
