import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { changesBetween } from '../src/pure/changes';
import { fieldsOf } from '../src/pure/fields';
import { redactor } from '../src/pure/redact/redactor';
import { newWalk } from '../src/pure/snapshot';

const between = (before: unknown, after: unknown, ignore: string[] = []) =>
  changesBetween(before, after, newWalk(redactor({})), fieldsOf({ ignore }, undefined));
const gone = { $redacted: true };

describe('changes', () => {
  test('name each field by its path, with old and new value and their types', () => {
    expect(
      between(
        { name: 'a', address: { city: 'x', zip: 1 }, on: true },
        { name: 'b', address: { city: 'x', zip: '1' }, off: null },
      ),
    ).toEqual([
      { new: 'b', old: 'a', op: 'replace', path: '/name' },
      { new: '1', old: 1, op: 'replace', path: '/address/zip' },
      { old: true, op: 'remove', path: '/on' },
      { new: null, op: 'add', path: '/off' },
    ]);
  });

  test('of nothing to something, and back, are the fields', () => {
    expect(between(undefined, { a: 1 })).toEqual([{ new: 1, op: 'add', path: '/a' }]);
    expect(between({ a: 1 }, null)).toEqual([{ old: 1, op: 'remove', path: '/a' }]);
  });

  test.each<[string, unknown, unknown]>([
    ['the same object', { a: 1 }, { a: 1 }],
    ['another order of members', { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }],
    ['a date and its ISO text', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['undefined and absent', { a: 1, b: undefined }, { a: 1 }],
    ['only updatedAt', { a: 1, updatedAt: 1, updated_at: 2 }, { a: 1, updatedAt: 2, updated_at: 3 }],
    [
      'list items in another order, with ids',
      {
        list: [
          { id: 1, n: 1 },
          { id: 2, n: 2 },
        ],
      },
      {
        list: [
          { id: 2, n: 2 },
          { id: 1, n: 1 },
        ],
      },
    ],
    ['equal secrets', { password: { a: [1] } }, { password: { a: [1] } }],
    ['NaN', { a: Number.NaN }, { a: Number.NaN }],
  ])('of %s are none', (_, before, after) => {
    expect(between(before, after)).toEqual([]);
  });

  test('keep updatedAt when something else changed, and drop what alone is to be ignored', () => {
    expect(between({ a: 1, updatedAt: 1 }, { a: 2, updatedAt: 2 }).map((change) => change.path)).toEqual([
      '/a',
      '/updatedAt',
    ]);
    expect(between({ a: 1, views: 1 }, { a: 1, views: 2 }, ['views'])).toEqual([]);
  });

  test('align lists of objects by id', () => {
    const before = {
      items: [
        { id: 1, qty: 1 },
        { id: 2, qty: 2 },
        { id: 3, qty: 3 },
      ],
    };
    const after = {
      items: [
        { id: 3, qty: 3 },
        { id: 1, qty: 9 },
        { id: 4, qty: 4 },
      ],
    };
    expect(between(before, after)).toEqual([
      { old: { id: 2, qty: 2 }, op: 'remove', path: '/items/1' },
      { new: 9, old: 1, op: 'replace', path: '/items/1/qty' },
      { new: { id: 4, qty: 4 }, op: 'add', path: '/items/2' },
    ]);
  });

  test('tell other lists as a whole', () => {
    expect(between({ tags: ['a', 'b'] }, { tags: ['b'] })).toEqual([
      { new: ['b'], old: ['a', 'b'], op: 'replace', path: '/tags' },
    ]);
  });

  test('show that a secret changed and nothing of it', () => {
    expect(between({ password: 'a', card: { cvv: 1 } }, { password: 'b', card: { cvv: 2 }, token: 't' })).toEqual([
      { new: gone, old: gone, op: 'replace', path: '/password' },
      { new: gone, old: gone, op: 'replace', path: '/card/cvv' },
      { new: gone, op: 'add', path: '/token' },
    ]);
  });

  test('escape names as RFC 6901 says', () => {
    expect(between({}, { 'a/b~c': 1 })[0]?.path).toBe('/a~1b~0c');
  });

  test('are found in bounded time', () => {
    const big = (offset: number) => ({
      rows: Array.from({ length: 50_000 }, (_, i) => ({ id: i, value: i + offset })),
    });
    const started = performance.now();
    between(big(0), big(1));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('are empty exactly when another differ finds none', () => {
    const value = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.dictionary(fc.constantFrom('x', 'y'), fc.integer())),
    );
    fc.assert(
      fc.property(value, value, (before, after) => {
        expect(between(before, after).length === 0).toBe(fastJsonPatch.compare(before, after).length === 0);
      }),
      { numRuns: 500 },
    );
  });
});
