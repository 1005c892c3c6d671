import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { redactor } from '../src/pure/redact/redactor';
import { newWalk, snapshot } from '../src/pure/snapshot';

const plain = redactor({});
const take = (value: unknown, rules = plain) => snapshot(value, newWalk(rules));

describe('a snapshot', () => {
  const circle: Record<string, unknown> = { name: 'round' };
  circle['self'] = circle;

  test.each<[string, unknown, unknown]>([
    ['text', 'a', 'a'],
    ['a BigInt', 12n, '12'],
    ['NaN', Number.NaN, 'NaN'],
    ['infinity', -Infinity, '-Infinity'],
    ['nothing', undefined, undefined],
    ['a function', () => 1, undefined],
    ['a symbol', Symbol('s'), undefined],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date('x'), '[invalid date]'],
    ['a map', new Map<unknown, unknown>([['a', 1]]), { a: 1 }],
    ['a set', new Set([1, 'b']), [1, 'b']],
    ['bytes', Buffer.from('abc'), '[3 bytes]'],
    ['an array buffer', new ArrayBuffer(4), '[4 bytes]'],
    ['an error', new TypeError('bad'), { message: 'bad', name: 'TypeError' }],
    ['a regular expression', /a+/g, '[/a+/g]'],
    ['a stream', new PassThrough(), '[stream]'],
    ['a promise', Promise.resolve(1), '[opaque]'],
    ['a sparse list', Object.assign([1], { 2: 3 }), [1, null, 3]],
    ['a revoked proxy', revoked(), '[proxy]'],
    ['symbol keys', { [Symbol('s')]: 1, a: 2 }, { a: 2 }],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['U+0000', 'a\u0000b', 'a\\u0000b'],
    ['our own marker, forged', { $redacted: true }, { $$redacted: true }],
  ])('writes %s', (_, value, expected) => {
    expect(take(value)).toEqual(expected);
  });

  test('runs no accessor, toJSON or proxy trap, and changes nothing', () => {
    let ran = 0;
    const count = () => {
      ran += 1;
      return 'x';
    };
    const value = {
      get lazy() {
        ran += 1;
        throw new Error('a getter ran');
      },
      toJSON() {
        ran += 1;
        throw new Error('toJSON ran');
      },
      proxy: new Proxy({}, { ownKeys: () => [count()] }),
      kept: 1,
    };
    expect(take(value)).toEqual({ kept: 1, proxy: '[proxy]', lazy: '[accessor]' });
    expect(ran).toBe(0);
  });

  test('keeps a __proto__ member as data and pollutes nothing', () => {
    const copy = take(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}'));
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('ends where a circle or a great depth would not', () => {
    let deep: unknown = 'bottom';
    for (let i = 0; i < 200_000; i++) deep = [deep];
    expect(JSON.stringify(take(deep)).length).toBeLessThan(500);
    expect(JSON.stringify(take(circle))).toContain('"$truncated":true');
  });

  test('writes members in canonical order, or says that it could not', () => {
    const walk = newWalk(plain);
    expect(JSON.stringify(snapshot({ b: 1, a: { d: 1, c: 2 } }, walk))).toBe('{"a":{"c":2,"d":1},"b":1}');
    expect(walk.unordered).toBe(false);
    snapshot({ '10': 1, '9': 2 }, walk);
    expect(walk.unordered).toBe(true);
  });

  test('of anything is JSON and leaves the value alone', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withNullPrototype: true,
          withTypedArray: true,
          withSparseArray: true,
        }),
        (value) => {
          const before = fc.stringify(value);
          const copy = take(value);
          if (copy !== undefined) expect(JSON.parse(JSON.stringify(copy))).toEqual(copy);
          expect(fc.stringify(value)).toBe(before);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
