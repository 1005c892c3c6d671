import type { ModelShape } from '@whodunit/core/writes';
import type { ModelLike, SchemaLike } from './like.js';
import type { Naming } from './rows.js';

/** What the schemas of a collection say of its documents: those of the model and of all its discriminators. */
export function shapeOf(model: ModelLike): { readonly shape: ModelShape; readonly naming: Naming } {
  const schemas = [model.schema, ...Object.values(model.discriminators ?? {}).map(({ schema }) => schema)];
  const hidden = [...new Set(schemas.flatMap((schema) => hiddenIn(schema)))];
  const aliases = new Map(schemas.flatMap((schema) => aliasesIn(schema)));
  const named = (path: string): string => aliases.get(path) ?? path;
  const fields = Object.fromEntries([
    ...schemas.flatMap((schema) => housekeeping(schema)).map((path) => [named(path), 'quiet'] as const),
    ...hidden.map((path) => [named(path), 'mask'] as const),
  ]);
  const shape = { name: model.modelName, key: ['_id'], ...(Object.keys(fields).length === 0 ? {} : { fields }) };
  return { shape, naming: { aliases, hidden } };
}

/** Paths that queries do not select, or that are stored encrypted. Of a map, all that it holds. */
function hiddenIn(schema: SchemaLike, prefix = '', depth = 0): string[] {
  return Object.entries(schema.paths).flatMap(([name, { options, schema: inner }]) => {
    const path = `${prefix}${name}`.replace(/\.\$\*.*$/, '');
    if (options?.select === false || options?.encrypt !== undefined) return [path];
    return inner === undefined || depth > 8 ? [] : hiddenIn(inner, `${path}.`, depth + 1);
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
