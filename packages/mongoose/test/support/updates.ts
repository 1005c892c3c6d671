import { type Document, ObjectId, serialize } from 'bson';
import { updateOne } from 'mingo/updater';
import { cloneOf } from './store';

/** One update of a command. */
export interface Update {
  readonly q: Document;
  readonly u: Document | Document[];
  readonly arrayFilters?: Document[];
}

/** The document as it is after an update: by operators, by a pipeline, or replaced. */
export function updated(document: Document, { arrayFilters = [], q, u }: Update): Document {
  const copy = cloneOf(document);
  if (Array.isArray(u)) {
    const held = [copy];
    updateOne(held, {}, u as never, {});
    return held[0] ?? copy;
  }
  if (!isOperators(u)) return { _id: document['_id'], ...(u as Document) };
  for (const [operator, fields] of Object.entries(u)) {
    if (operator === '$setOnInsert' || Object.keys(fields as Document).length === 0) continue;
    // Where an operator before has changed what the document was found by, the filter finds it no more.
    const filter = JSON.stringify(u).includes('.$') ? q : {};
    updateOne([copy], filter, { [operator]: fields } as never, { arrayFilters });
  }
  return copy;
}

/** The document that an upsert makes. */
export function upserted({ q, u, ...rest }: Update): Document {
  const plain = Object.entries(q).filter(([name, value]) => !name.startsWith('$') && !isOperators(value));
  const equal = Object.entries(q).flatMap(([name, value]) =>
    isOperators(value) && '$eq' in value ? [[name, value['$eq']] as const] : [],
  );
  const start: Document = {};
  for (const [name, value] of [...plain, ...equal]) start[name] = value;
  const { _id = start['_id'], ...set } = (Array.isArray(u) ? {} : (u['$setOnInsert'] ?? {})) as Document;
  if (_id !== undefined) start['_id'] = _id;
  const change: Update['u'] = isOperators(u) ? { ...u, $set: { ...(u as Document)['$set'], ...set } } : u;
  const made = updated(start, { ...rest, q: {}, u: change });
  return { _id: made['_id'] ?? new ObjectId(), ...made };
}

export function isSame(a: Document, b: Document): boolean {
  return Buffer.compare(serialize(a), serialize(b)) === 0;
}

function isOperators(value: unknown): value is Document {
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.keys(value).some((name) => name.startsWith('$'));
}
