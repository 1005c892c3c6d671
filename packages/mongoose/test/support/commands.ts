import type { Document } from 'bson';
import { Aggregator, find as findIn, Query } from 'mingo';
import { duplicate, keyOf, Refusal, type Store, type View } from './store';
import { isSame, type Update, updated, upserted } from './updates';

/** What a command is given. */
export interface Context {
  readonly store: Store;
  readonly view: View;
  readonly database: string;
}

type Command = (command: Document, context: Context) => Document;

const write =
  (field: string, one: (each: Document, name: string, context: Context) => Document): Command =>
  (command, context) => {
    const name = String(Object.values(command)[0]);
    const total: Document = { n: 0 };
    const writeErrors: Document[] = [];
    for (const [index, each] of (command[field] as Document[]).entries()) {
      try {
        const { n, nModified, upserted: id } = one(each, name, context);
        total['n'] += n;
        if (nModified !== undefined) total['nModified'] = (total['nModified'] ?? 0) + nModified;
        if (id !== undefined) total['upserted'] = [...(total['upserted'] ?? []), { index, _id: id }];
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === 112) throw error;
        writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.more });
        if (command['ordered'] !== false) break;
      }
    }
    return { ...total, ...(writeErrors.length === 0 ? {} : { writeErrors }) };
  };

const cursors = new Map<number, Document[]>();
let lastCursor = 0;

/** The commands that Mongoose sends, as far as its tests need them. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  insert: write('documents', (document, name, { view }) => {
    if (view.all(name).some((other) => keyOf(other) === keyOf(document)))
      throw duplicate(name, { _id: document['_id'] });
    view.put(name, document);
    return { n: 1 };
  }),
  update: write('updates', (each, name, context) => updateIn(each as Update & Document, name, context)),
  delete: write('deletes', ({ q, limit }, name, { view }) => {
    const found = matching(view, name, q, limit === 1 ? 1 : Number.POSITIVE_INFINITY);
    for (const document of found) view.remove(name, document);
    return { n: found.length };
  }),
  find: ({ find, filter = {}, projection, sort, skip = 0, limit = 0, batchSize, singleBatch }, context) => {
    let cursor = findIn<Document>(context.view.all(find), filter, projection);
    if (sort !== undefined) cursor = cursor.sort(sort);
    if (skip > 0) cursor = cursor.skip(skip);
    if (limit !== 0) cursor = cursor.limit(Math.abs(limit));
    return batchOf(context, find, cursor.all(), singleBatch === true ? undefined : batchSize);
  },
  aggregate: ({ aggregate, pipeline, cursor }, context) => {
    const last = pipeline.at(-1) ?? {};
    const target = last.$out ?? last.$merge?.into ?? last.$merge;
    const source = context.view.all(String(aggregate));
    const rows = new Aggregator(target === undefined ? pipeline : pipeline.slice(0, -1)).run(source) as Document[];
    for (const row of target === undefined ? [] : rows) context.view.put(target, row);
    return batchOf(context, String(aggregate), target === undefined ? rows : [], cursor?.batchSize);
  },
  getMore: ({ getMore, collection, batchSize }, context) =>
    batchOf(context, collection, cursors.get(Number(getMore)) ?? [], batchSize, 'nextBatch'),
  count: ({ count, query = {} }, { view }) => ({ n: matching(view, count, query).length }),
  distinct: ({ distinct, key, query = {} }, { view }) => ({
    values: [...new Set(matching(view, distinct, query).map((document) => document[key]))],
  }),
  findAndModify: (command, context) => findAndModify(command, context),
  createIndexes: ({ createIndexes, indexes }, { store }) => {
    for (const { key, unique } of indexes as Document[])
      if (unique === true) store.unique(createIndexes, Object.keys(key)[0]);
    return {};
  },
  listIndexes: ({ listIndexes }, context) =>
    batchOf(context, listIndexes, [{ v: 2, key: { _id: 1 }, name: '_id_' }], undefined),
  listCollections: (_, context) =>
    batchOf(
      context,
      '$cmd.listCollections',
      context.store.names().map((name) => ({ name, type: 'collection', options: {} })),
      undefined,
    ),
  create: ({ create }, { store }) => {
    store.documents(create);
    return {};
  },
  drop: ({ drop }, { store }) => {
    store.drop(drop);
    return {};
  },
  dropDatabase: (_, { store }) => {
    for (const name of store.names()) store.drop(name);
    return {};
  },
  killCursors: () => ({}),
  endSessions: () => ({}),
  ping: () => ({}),
};

function matching(view: View, name: string, filter: Document, limit = Number.POSITIVE_INFINITY): Document[] {
  const query = new Query(filter);
  const found: Document[] = [];
  for (const document of view.all(name)) {
    if (found.length >= limit) break;
    if (query.test(document)) found.push(document);
  }
  return found;
}

function updateIn(each: Update & Document, name: string, { view }: Context): Document {
  const found = matching(view, name, each.q, each['multi'] === true ? Number.POSITIVE_INFINITY : 1);
  if (found.length === 0 && each['upsert'] === true) {
    const document = upserted(each);
    view.put(name, document);
    return { n: 1, nModified: 0, upserted: document['_id'] };
  }
  let nModified = 0;
  for (const document of found) {
    const after = updated(document, each);
    if (isSame(document, after)) continue;
    view.put(name, after);
    nModified += 1;
  }
  return { n: found.length, nModified };
}

function findAndModify(command: Document, context: Context): Document {
  const { findAndModify: name, query = {}, sort, remove, update, new: isNew, upsert, fields, arrayFilters } = command;
  let cursor = findIn<Document>(context.view.all(name), query);
  if (sort !== undefined) cursor = cursor.sort(sort);
  const [document] = cursor.limit(1).all();
  const shown = (value: Document | undefined): Document | null =>
    value === undefined ? null : (findIn<Document>([value], {}, fields).all()[0] ?? null);
  if (remove === true) {
    if (document !== undefined) context.view.remove(name, document);
    return { value: shown(document), lastErrorObject: { n: document === undefined ? 0 : 1 } };
  }
  const change = { q: query, u: update, arrayFilters };
  if (document === undefined) {
    if (upsert !== true) return { value: null, lastErrorObject: { n: 0, updatedExisting: false } };
    const made = upserted(change);
    context.view.put(name, made);
    const lastErrorObject = { n: 1, updatedExisting: false, upserted: made['_id'] };
    return { value: isNew === true ? shown(made) : null, lastErrorObject };
  }
  const after = updated(document, change);
  if (!isSame(document, after)) context.view.put(name, after);
  return { value: shown(isNew === true ? after : document), lastErrorObject: { n: 1, updatedExisting: true } };
}

function batchOf(
  { database }: Context,
  name: string,
  rows: readonly Document[],
  size: number | undefined,
  called = 'firstBatch',
): Document {
  const first = size === undefined || size === 0 ? rows : rows.slice(0, size);
  const rest = rows.slice(first.length);
  const id = rest.length === 0 ? 0 : ++lastCursor;
  if (id !== 0) cursors.set(id, rest);
  return { cursor: { id: BigInt(id), ns: `${database}.${name}`, [called]: first } };
}
