import { parseRetryAfter } from '../src/retry-after.js';

const NOW = Date.UTC(2026, 0, 5, 9, 0, 0);

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 120 ', 120_000],
  ['000007', 7000],
  ['Mon, 05 Jan 2026 09:01:00 GMT', 60_000],
  ['Monday, 05-Jan-26 09:01:00 GMT', 60_000],
  ['Mon Jan  5 09:01:00 2026', 60_000],
  ['Mon, 05 Jan 2026 09:00:00 GMT', 0],
  ['99999999999999999999999', Number.MAX_SAFE_INTEGER],
])('%j asks for %i ms', (header, expected) => {
  expect(parseRetryAfter(header, NOW)).toBe(expected);
});

test.each([
  undefined,
  '',
  ' ',
  '-1',
  '+1',
  '1.5',
  '1e3',
  '0x10',
  'Infinity',
  'NaN',
  '120s',
  '120, 60',
  'soon',
  '2026-01-05T09:01:00Z',
  'Mon, 05 Jan 2026 08:59:59 GMT',
  'Mon, 99 Jan 2026 09:01:00 GMT',
  'Mon, 05 Foo 2026 09:01:00 GMT',
  'Mon, 05 Jan 2026 09:01:00 +0100',
  '٣',
])('%j counts as no header', (header) => {
  expect(parseRetryAfter(header, NOW)).toBeUndefined();
});

test('whatever a server sends, the answer is nothing or a number that can be waited', () => {
  const alphabet = ' -+0123456789.,:eExGMTJanMoFri/\t\u0000é'.split('');
  let state = 42;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  for (let i = 0; i < 20_000; i++) {
    const header = Array.from({ length: next(30) }, () => alphabet[next(alphabet.length)]).join('');
    const waitMs = parseRetryAfter(header, NOW);
    if (waitMs !== undefined) expect(Number.isSafeInteger(waitMs) && waitMs >= 0).toBe(true);
  }
});
