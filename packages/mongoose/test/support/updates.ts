import { type Document, ObjectId, serialize } from 'bson';
import { updateOne } from 'mingo/updater';
import { cloneOf, Refusal } from './store';

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
    if (!OPERATORS.has(operator)) throw new Refusal(9, `Unknown modifier: ${operator}`);
    if (operator === '$push') refuseNoArray(copy, fields as Document);
    if (operator === '$setOnInsert' || Object.keys(fields as Document).length === 0) continue;
    // Where an operator before has changed what the document was found by, the filter finds it no more.
    const filter = JSON.stringify(u).includes('.$') ? q : {};
    updateOne([copy], filter, { [operator]: fields } as never, { arrayFilters });
  }
  return copy;
}

const OPERATORS = new Set(
  '$set $setOnInsert $unset $inc $mul $min $max $push $pull $pullAll $pop $addToSet $rename $currentDate $bit'.split(
    ' ',
  ),
);

function refuseNoArray(document: Document, fields: Document): void {
  for (const name of Object.keys(fields)) {
    const held: unknown = document[name];
    if (held !== undefined && !Array.isArray(held))
      throw new Refusal(2, `The field '${name}' must be an array but is of type ${typeof held}`);
  }
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
  return { ...made, _id: made['_id'] ?? new ObjectId() };
}

export function isSame(a: Document, b: Document): boolean {
  return Buffer.compare(serialize(a), serialize(b)) === 0;
}

function isOperators(value: unknown): value is Document {
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.keys(value).some((name) => name.startsWith('$'));
}
