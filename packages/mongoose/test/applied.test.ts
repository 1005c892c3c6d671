import { BSON, Decimal128, ObjectId } from 'bson';
import { applied } from '../src/applied';
import { updated } from './support/updates';

const stored = () => ({
  _id: 1,
  name: 'A',
  count: 2,
  nested: { deep: { value: 1 }, list: [1, 2] },
  tags: ['a'],
  items: [{ sku: 'x' }, { sku: 'y' }],
  price: Decimal128.fromString('1.50'),
  owner: new ObjectId('64b000000000000000000001'),
});

describe('an update', () => {
  const KNOWN: Readonly<Record<string, object>> = {
    'of members': { $set: { name: 'B', added: null } },
    'of nested members': { $set: { 'nested.deep.value': 2, 'nested.new.value': 3 } },
    'of places in an array': { $set: { 'nested.list.1': 9, 'items.0.sku': 'z', 'tags.1': 'b' } },
    'that takes members away': { $unset: { name: 1, 'nested.deep.value': 1, 'not.there': 1 } },
    'that counts': { $inc: { count: 3, fresh: 1, 'nested.deep.value': -1 } },
    'that appends': { $push: { tags: { $each: ['b', 'c'] }, made: 'x' } },
    'that appends one': { $push: { items: { sku: 'w' } } },
    'of several kinds': { $set: { name: 'B' }, $inc: { count: 1 }, $push: { tags: 'b' }, $setOnInsert: { never: 1 } },
    'that replaces': { name: 'B', only: true },
  };
  for (const [name, update] of Object.entries(KNOWN))
    test(`${name} is applied as the database does it`, () => {
      const expected = updated(stored(), { q: {}, u: update as never });
      expect(plain(applied(stored(), update as never))).toEqual(plain(expected));
    });

  const UNKNOWN: Readonly<Record<string, unknown>> = {
    'by a pipeline': [{ $set: { name: 'B' } }],
    'of items that match': { $set: { 'items.$[].sku': 'z' } },
    'of the item that was found': { $set: { 'items.$.sku': 'z' } },
    'below a text': { $set: { 'name.first': 'B' } },
    'below an id': { $set: { 'owner.x': 'B' } },
    'far behind the end of an array': { $set: { 'tags.7': 'z' } },
    'that counts what is no whole number': { $inc: { price: 1 } },
    'that counts in parts': { $inc: { count: 0.1 } },
    'that appends in order': { $push: { tags: { $each: ['b'], $sort: 1 } } },
    'that appends to no array': { $push: { name: 'b' } },
    'that takes out of an array': { $pull: { tags: 'a' } },
    'that adds to a set': { $addToSet: { tags: 'b' } },
    'with the time of the database': { $currentDate: { at: true } },
    'that renames': { $rename: { name: 'title' } },
  };
  for (const [name, update] of Object.entries(UNKNOWN))
    test(`${name} is left to the database`, () => {
      expect(applied(stored(), update as never)).toBeUndefined();
    });
});

function plain(document: object | undefined): unknown {
  return document === undefined ? undefined : BSON.EJSON.serialize(document);
}
