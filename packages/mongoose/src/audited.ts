import type { Model, Row, Writes } from '@whodunit/core/writes';
import { type CallOptions, type CollectionLike, type Doc, type ModelLike, READING } from './like.js';
import { type Naming, rowOf } from './rows.js';
import { unitOf } from './sessions.js';
import { apartIn, maskedIn, shapeOf } from './shape.js';
import { tellable } from './tellable.js';

/** A collection whose writes become events. */
export interface Audited {
  readonly collection: CollectionLike;
  readonly writes: Writes;
  /** What its rows are; `undefined` when they are not audited. */
  model(): Model | undefined;
  /** Another model was compiled for the collection, or the same again. */
  add(model: ModelLike): void;
  row(document: Doc): Row;
  /** A document as the database stores it, and a copy of our own. */
  copy(document: Doc, options: CallOptions): Doc;
  /** Documents that a write will find, as they are stored now, in its transaction. */
  read(filter: unknown, options: CallOptions, limit: number): Promise<Doc[]>;
  /** Filter or change of a write as a summary may tell it: without what is masked. */
  tellable(part: unknown): unknown;
}

interface Known {
  /** How many schemas it is made of: discriminators come later. */
  readonly size: number;
  readonly model: Model | undefined;
  readonly naming: Naming;
}

export function audited(first: ModelLike, writes: Writes): Audited {
  const { collection } = first;
  const { BSON } = first.base.mongo;
  const models = new Map([[first.modelName, first]]);
  let latest: Known | undefined;

  const known = (): Known => {
    let size = models.size;
    for (const { discriminators } of models.values()) size += Object.keys(discriminators ?? {}).length;
    if (latest?.size === size) return latest;
    const shape = shapeOf([...new Set([...models.values()].map(baseOf))]);
    const model = writes.model(shape);
    latest = { size, model, naming: { aliases: shape.aliases, apart: apartIn(model ?? {}) } };
    return latest;
  };

  /** The documents of a discriminator are those of its base model. It has one only after it has been made. */
  const baseOf = (model: ModelLike): ModelLike => collection.conn.models[model.baseModelName ?? ''] ?? model;

  return {
    collection,
    writes,
    model: () => known().model,
    add(model) {
      if (models.get(model.modelName) === model) return;
      models.set(model.modelName, model);
      latest = undefined;
    },
    row: (document) => rowOf(document, known().naming),
    copy(document, options) {
      const ignoreUndefined = options.ignoreUndefined ?? collection.conn.getClient().options?.ignoreUndefined ?? false;
      return BSON.deserialize(BSON.serialize(document, { ignoreUndefined }), READING);
    },
    async read(filter, { collation, hint, session, sort }, limit) {
      const { db } = collection.conn;
      if (db === undefined) throw new Error('The connection is not open.');
      const isInTransaction = unitOf(session, writes) !== undefined;
      const where = { collation, hint, session: session ?? undefined, sort, limit };
      const given = Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));
      const newest = isInTransaction ? {} : { readPreference: 'primary', readConcern: { level: 'local' } };
      return db
        .collection(collection.name)
        .find(filter, { ...READING, ...newest, ...given })
        .toArray();
    },
    tellable(part) {
      const { model, naming } = known();
      return tellable(part, maskedIn(model ?? {}), naming.aliases);
    },
  };
}
