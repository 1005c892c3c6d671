import { Binary, Code, DBRef, Decimal128, Double, Int32, Long, MaxKey, ObjectId, Timestamp, UUID } from 'bson';
import { plain, rowOf } from '../src/rows';

describe('a stored document', () => {
  test('becomes plain, and nothing of it loses its exactness', () => {
    const at = new Date(0);
    const row = plain({
      id: new ObjectId('64b000000000000000000001'),
      price: Decimal128.fromString('12345678901234567890.10'),
      big: Long.fromString('9007199254740993'),
      whole: new Int32(3),
      real: new Double(1.5),
      bytes: new Binary(Buffer.from('abc')),
      device: new UUID('0b43b4f4-1d5e-4a0f-9f0b-5d1c2f3a4b5c'),
      stamp: new Timestamp({ t: 1, i: 2 }),
      code: new Code('return 1'),
      ref: new DBRef('users', new ObjectId('64b000000000000000000002')),
      last: new MaxKey(),
      at,
      list: [new Int32(1), null],
    });
    expect(row).toEqual({
      id: '64b000000000000000000001',
      price: '12345678901234567890.10',
      big: 9_007_199_254_740_993n,
      whole: 3,
      real: 1.5,
      bytes: Buffer.from('abc'),
      device: '0b43b4f4-1d5e-4a0f-9f0b-5d1c2f3a4b5c',
      stamp: '4294967298',
      code: 'return 1',
      ref: { collection: 'users', id: '64b000000000000000000002' },
      last: 'MaxKey',
      at,
      list: [1, null],
    });
  });

  test('has nested members that have rules of their own beside the rest, under its whole path', () => {
    const naming = { aliases: new Map([['n', 'name']]), apart: ['a.b', 'list.c', 'none.there'] };
    const document = { n: 'A', secret: 1, a: { b: 2, d: 3 }, list: [{ c: 4, d: 5 }, { d: 6 }] };
    expect(rowOf(document, naming)).toEqual({
      name: 'A',
      secret: 1,
      a: { d: 3 },
      list: [{ d: 5 }, { d: 6 }],
      'a.b': 2,
      'list.c': [4, null],
    });
  });
});
