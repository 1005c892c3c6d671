import type { Model, ModelShape } from '@whodunit/core/writes';
import { fieldsIn } from './fields.js';
import type { ModelLike, SchemaLike } from './like.js';
import type { Naming } from './rows.js';

/**
 * What the schemas of a collection say of its documents: those of its models and of all their discriminators. The first
 * model gives it its name.
 */
export function shapeOf(models: readonly ModelLike[]): ModelShape & Pick<Naming, 'aliases'> {
  const schemas = models.flatMap(({ discriminators = {}, schema }) => [
    schema,
    ...Object.values(discriminators).map((each) => each.schema),
  ]);
  const aliases = new Map(schemas.flatMap((schema) => aliasesIn(schema)));
  const fields = [
    ...schemas.flatMap((schema) => housekeeping(schema)).map((path) => [path, 'quiet'] as const),
    ...schemas.flatMap((schema) => [...fieldsIn(schema)]),
  ].map(([path, told]) => [aliases.get(path) ?? path, told] as const);
  const shape = { name: models[0]?.modelName ?? '', key: ['_id'], aliases };
  return fields.length === 0 ? shape : { ...shape, fields: Object.fromEntries(fields) };
}

/** Which members stand apart, under their whole path: nested ones of which something is said. */
export function apartIn({ fields = {} }: Pick<Model, 'fields'>): readonly string[] {
  return Object.keys(fields).filter((path) => path.includes('.'));
}

/** Which fields nobody may see. */
export function maskedIn({ fields = {} }: Pick<Model, 'fields'>): readonly string[] {
  return Object.entries(fields).flatMap(([path, told]) => {
    const policy = typeof told === 'string' ? told : told.policy;
    return policy === 'mask' || policy === 'hash' || policy === 'drop' ? [path] : [];
  });
}

/** Short names of columns: events use those of the application. */
function aliasesIn({ aliases = {} }: SchemaLike): [string, string][] {
  return Object.entries(aliases)
    .filter(([alias, path]) => !path.includes('.') && !alias.includes('.'))
    .map(([alias, path]) => [path, alias]);
}

/** What Mongoose itself changes with every update, where the schema calls it other than everybody does. */
function housekeeping({ options: { timestamps, versionKey } }: SchemaLike): string[] {
  const updatedAt: unknown = (timestamps as { updatedAt?: unknown } | undefined)?.updatedAt;
  return [updatedAt, versionKey].filter((name) => typeof name === 'string');
}
