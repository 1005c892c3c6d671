import type { FieldOptions, FieldPolicy, Model, Row, Writes } from '@whodunit/core/writes';
import { copyOf, fieldsSaidOf } from '@whodunit/core/writes';
import { joinOf } from './join.js';
import type { ModelClass, SequelizeParts, TableName, Values } from './sequelize.js';

/** One audited model and its table. */
export interface Table {
  readonly model: Model;
  readonly modelClass: ModelClass;
  /** Attributes that are columns, with their columns, in their order. */
  readonly columns: ReadonlyMap<string, string>;
}

/** Finds models. Of one that is not audited there is `'not audited'`, of a table that has none `undefined`. */
export interface Tables {
  of(modelClass: ModelClass): Table | 'not audited';
  named(name: TableName): Table | 'not audited' | undefined;
}

export function tablesOf(sequelize: SequelizeParts, writes: Writes): Tables {
  const known = new WeakMap<ModelClass, Model | 'not audited'>();

  const modelOf = (modelClass: ModelClass): Model | 'not audited' => {
    const shape = { name: modelClass.name, key: modelClass.primaryKeyAttributes, fields: fieldsOf(modelClass) };
    const model = writes.model(shape);
    if (model === undefined) return 'not audited';
    const join = model.join ?? joinOf(sequelize, modelClass, (name) => writes.model({ name, key: [] })?.type);
    return { ...model, join };
  };

  const of: Tables['of'] = (given) => {
    // A scope of a model, or its table in another schema, is a class of its own.
    const modelClass = sequelize.models[given.name] ?? given;
    const model = known.get(modelClass) ?? modelOf(modelClass);
    known.set(modelClass, model);
    return model === 'not audited' ? model : { model, modelClass, columns: columnsOf(modelClass) };
  };

  return {
    of,
    named(name) {
      const found = Object.values(sequelize.models).find((each) => isSameTable(each.getTableName(), name));
      return found === undefined ? undefined : of(found);
    },
  };
}

/** A row of our own, by attributes: from values by attributes, or by columns. Nothing but what is stored. */
export function rowOf({ columns }: Table, values: Values): Row {
  const row: Record<string, unknown> = {};
  for (const [attribute, column] of columns) {
    const name = Object.hasOwn(values, attribute) ? attribute : column;
    if (Object.hasOwn(values, name) && values[name] !== undefined) row[attribute] = copyOf(values[name]);
  }
  return row;
}

/** The columns of a key, with the values that they have in a row; `undefined` when one is not known. */
export function keyOf({ columns, model }: Table, row: Row): Values | undefined {
  const parts = model.key.map((attribute) => [columns.get(attribute) ?? attribute, row[attribute]] as const);
  const isKnown = parts.length > 0 && parts.every(([, value]) => value !== undefined && value !== null);
  return isKnown ? Object.fromEntries(parts) : undefined;
}

function columnsOf({ tableAttributes }: ModelClass): ReadonlyMap<string, string> {
  return new Map(Object.entries(tableAttributes).map(([name, { field }]) => [name, field ?? name]));
}

/** What a default scope hides is masked; what decorators say stands above it. */
function fieldsOf(modelClass: ModelClass): Record<string, FieldPolicy | FieldOptions> {
  const shown = modelClass.options.defaultScope?.attributes;
  const names = Object.keys(modelClass.tableAttributes);
  const hidden = Array.isArray(shown) ? names.filter((name) => !isShown(name, shown, modelClass)) : excludedBy(shown);
  const masked = Object.fromEntries(hidden.map((name) => [name, 'mask'] as const));
  return { ...masked, ...fieldsSaidOf(modelClass) };
}

/** A key is no secret, whatever a list of attributes leaves out. */
function isShown(name: string, shown: readonly unknown[], { primaryKeyAttributes }: ModelClass): boolean {
  return primaryKeyAttributes.includes(name) || shown.some((each) => each === name || [each].flat()[1] === name);
}

function excludedBy(shown: unknown): readonly string[] {
  if (typeof shown !== 'object' || shown === null || !('exclude' in shown)) return [];
  return Array.isArray(shown.exclude) ? shown.exclude.map(String) : [];
}

function isSameTable(a: TableName, b: TableName): boolean {
  const [one, two] = [a, b].map((name) => (typeof name === 'string' ? { tableName: name, schema: '' } : name));
  return one?.tableName === two?.tableName && (one?.schema ?? '') === (two?.schema ?? '');
}
