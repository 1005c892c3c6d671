import type { Model, Row, Writes } from '@whodunit/core/writes';
import { type CallOptions, type CollectionLike, type Doc, type ModelLike, READING } from './like.js';
import { plain, rowOf } from './rows.js';
import { unitOf } from './sessions.js';
import { shapeOf } from './shape.js';

/** A collection whose writes become events. */
export interface Audited {
  readonly collection: CollectionLike;
  readonly writes: Writes;
  /** What its rows are; `undefined` when they are not audited. */
  model(): Model | undefined;
  /** A model was compiled again for the collection, or has another discriminator. */
  renew(model: ModelLike): void;
  row(document: Doc): Row;
  /** A document as the database stores it, and a copy of our own. */
  copy(document: Doc, options: CallOptions): Doc;
  /** Documents that a write will find, as they are stored now, in its transaction. */
  read(filter: unknown, options: CallOptions, limit: number): Promise<Doc[]>;
  /** Filter or change of a write as a summary may tell it: without what is masked. */
  tellable(part: unknown): unknown;
}

export function audited(first: ModelLike, writes: Writes): Audited {
  const { collection } = first;
  const { BSON } = first.base.mongo;
  let model = first;
  let known: { readonly of: number; readonly as: ReturnType<typeof shapeOf>; readonly model: Model | undefined };

  const told = (): typeof known => {
    const of = Object.keys(model.discriminators ?? {}).length;
    if (known?.of !== of) {
      const as = shapeOf(model);
      known = { of, as, model: writes.model(as.shape) };
    }
    return known;
  };

  return {
    collection,
    writes,
    model: () => told().model,
    renew(again) {
      if (again !== model && again.modelName !== model.modelName) return;
      model = again;
      known = { ...told(), of: -1 };
    },
    row: (document) => rowOf(document, told().as.naming),
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
      const { as, model: of } = told();
      const masked = Object.entries(of?.fields ?? {}).flatMap(([name, field]) =>
        ['mask', 'drop', 'hash'].includes(String(typeof field === 'string' ? field : field.policy)) ? [name] : [],
      );
      return without(plain(part), new Set([...masked, ...as.naming.hidden]), '');
    },
  };
}

/** Operators and places in an array are no part of the name of a member. */
function without(value: unknown, masked: ReadonlySet<string>, path: string): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item) => without(item, masked, path));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const parts = name.split('.').filter((part) => !part.startsWith('$') && !/^\d+$/.test(part));
      const at = [...(path === '' ? [] : [path]), ...parts].join('.');
      const isMasked = [...masked].some((hidden) => at === hidden || at.startsWith(`${hidden}.`));
      return [name, isMasked && at !== path ? '[masked]' : without(member, masked, at)];
    }),
  );
}
