import type { Audited } from './audited.js';
import type { CollectionLike, ConnectionLike } from './like.js';

type Known = (collection: CollectionLike | undefined) => Audited | undefined;

const WHY: Readonly<Record<string, string>> = {
  drop: 'It takes all documents away at once. Use `deleteMany` where each shall be told.',
  rename: 'The documents stand in a collection that no model audits. Compile a model for it.',
  aggregate:
    'The database writes what comes out of the pipeline by itself. Write it by `bulkWrite` where it shall be told.',
};
const USE_BULK_WRITE = 'Use `bulkWrite` of the model: it does the same, and is seen.';

/** Tells of a method of a collection that writes what nobody sees. @throws AuditError with `onGap: 'throw'` */
export function tellUnseen(own: Audited, verb: string, args: readonly unknown[], known: Known): void {
  const written = verb === 'aggregate' ? targetOf(own.collection.conn, args[0], known) : own;
  const model = written?.model();
  if (model !== undefined) own.writes.gap({ verb, model: model.name, why: WHY[verb] ?? USE_BULK_WRITE });
}

/** The audited collection into which a pipeline writes: by its last stage, `$out` or `$merge`. */
export function targetOf({ collections, name }: ConnectionLike, pipeline: unknown, known: Known): Audited | undefined {
  const last: unknown = Array.isArray(pipeline) ? pipeline[pipeline.length - 1] : undefined;
  const { $merge, $out } = (last ?? {}) as { readonly $merge?: unknown; readonly $out?: unknown };
  const into = ($merge as { readonly into?: unknown } | undefined)?.into ?? $merge ?? $out;
  if (typeof into === 'string') return known(collections[into]);
  const { coll, db } = (into ?? {}) as { readonly coll?: unknown; readonly db?: unknown };
  return typeof coll === 'string' && db === name ? known(collections[coll]) : undefined;
}
