import {
  copyOf,
  type FieldOptions,
  type FieldPolicy,
  fieldsSaidOf,
  type Model,
  type Row,
  type Writes,
} from '@whodunit/core/writes';
import type { Data, Meta, Parts, Property } from './mikro-orm.js';

/** One audited entity. */
export interface Entity {
  readonly meta: Meta;
  readonly model: Model;
}

/** Finds entities; `'not audited'` when it is left out, `undefined` when there is none of that name. */
export interface Entities {
  of(meta: Meta): Entity | 'not audited';
  named(name: string): Entity | 'not audited' | undefined;
  /** A row of our own: columns by the names of their properties, embeddables as the objects that they are. */
  row(entity: Entity, data: Data): Row;
}

/** Types of MikroORM whose form in the database is not that of the application. What an application's type hides stays hidden. */
const CONVERTED = new Set(['JsonType', 'ArrayType', 'EnumArrayType', 'BlobType', 'Uint8ArrayType']);

export function entitiesOf(orm: Parts, writes: Writes): Entities {
  const known = new Map<Meta, Entity | 'not audited'>();
  const platform = orm.em.getDriver().getPlatform();

  const of: Entities['of'] = (meta) => {
    const found = known.get(meta);
    if (found !== undefined) return found;
    const model = writes.model({ name: meta.className, key: meta.primaryKeys, fields: fieldsOf(meta) });
    const entity = model === undefined ? 'not audited' : { meta, model };
    known.set(meta, entity);
    return entity;
  };

  return {
    of,
    named(name) {
      const meta = orm.getMetadata().find(name);
      return meta === undefined ? undefined : of(meta);
    },
    row({ meta }, data) {
      const row: Record<string, unknown> = {};
      for (const property of columnsOf(meta)) {
        const { embedded, name } = property;
        if (!Object.hasOwn(data, name) || data[name] === undefined) continue;
        if (embedded !== undefined && meta.properties[embedded[0]]?.object === true) continue;
        put(meta, row, property, copyOf(plainOf(property, data[name], platform)));
      }
      return row;
    },
  };
}

/** Properties that are columns of the table. */
export function columnsOf({ props }: Meta): readonly Property[] {
  return props.filter(
    ({ fieldNames, formula, kind, owner, persist }) =>
      persist !== false &&
      formula === undefined &&
      (fieldNames?.length ?? 0) > 0 &&
      (kind === 'scalar' || kind === 'embedded' || kind === 'm:1' || (kind === '1:1' && owner === true)),
  );
}

/** An embeddable is nested, however its columns are called. */
function put(meta: Meta, row: Record<string, unknown>, { embedded, name }: Property, value: unknown): void {
  if (embedded === undefined) {
    row[name] = value;
    return;
  }
  const outer = meta.properties[embedded[0]];
  const inner: Record<string, unknown> = {};
  const path = outer === undefined ? [embedded[0]] : pathOf(meta, outer);
  let at = row;
  for (const step of path) {
    if (typeof at[step] !== 'object' || at[step] === null) at[step] = {};
    at = at[step] as typeof inner;
  }
  at[embedded[1]] = value;
}

function pathOf(meta: Meta, { embedded, name }: Property): readonly string[] {
  if (embedded === undefined) return [name];
  const outer = meta.properties[embedded[0]];
  return [...(outer === undefined ? [embedded[0]] : pathOf(meta, outer)), embedded[1]];
}

function plainOf({ customType, object }: Property, value: unknown, platform: object): unknown {
  if (value === null) return null;
  if (object === true && typeof value === 'string') return parsed(value);
  if (customType === undefined || !CONVERTED.has(customType.constructor.name)) return value;
  const plain = customType.convertToJSValue(value, platform);
  return customType.constructor.name === 'JsonType' && typeof plain === 'string' ? parsed(plain) : plain;
}

/** A snapshot holds JSON as text, a row that was read as what it says. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What is hidden is masked; a version says nothing by itself; what decorators say stands above. */
function fieldsOf({ class: entityClass, props }: Meta): Record<string, FieldPolicy | FieldOptions> {
  const fields: Record<string, FieldPolicy | FieldOptions> = {};
  for (const { hidden, name, version } of props) {
    if (version === true) fields[name] = 'quiet';
    if (hidden === true) fields[name] = 'mask';
  }
  return { ...fields, ...(entityClass === undefined ? {} : fieldsSaidOf(entityClass)) };
}
