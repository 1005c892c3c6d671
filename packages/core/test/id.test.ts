import { idGenerator, timeWriter } from '../src/pure/id';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids', () => {
  test('are UUIDv7 with the time in the first 48 bits', () => {
    const next = idGenerator(
      () => 0x0123_4567_89ab,
      (bytes) => bytes.fill(0xff),
    );
    expect(next()).toMatch(UUID_V7);
    expect(next().slice(0, 13)).toBe('01234567-89ab');
  });

  test.each([
    ['runs', (i: number) => 1_700_000_000_000 + Math.floor(i / 50)],
    ['stands still', () => 1_700_000_000_000],
    ['jumps back an hour', (i: number) => 1_700_000_000_000 - (i > 500 ? 3_600_000 : 0)],
    ['runs backwards', (i: number) => 1_700_000_000_000 - i],
  ])('strictly increase while the clock %s', (_, clock) => {
    let i = 0;
    const next = idGenerator(
      () => clock(i++),
      (bytes) => crypto.getRandomValues(bytes),
    );
    const ids = Array.from({ length: 20_000 }, next);
    expect(ids.every((id, at) => at === 0 || id > (ids[at - 1] as string))).toBe(true);
    expect(ids.every((id) => UUID_V7.test(id))).toBe(true);
  });

  test('are the same for the same time and the same random bytes', () => {
    const make = () =>
      idGenerator(
        () => 1,
        (bytes) => bytes.fill(7),
      );
    expect(make()()).toBe(make()());
  });
});

describe('times', () => {
  test.each([0, 1, 999, 1000, 1_700_000_000_123, 253_402_300_799_999, 2_147_483_647_999])(
    '%d is written as toISOString does',
    (time) => {
      expect(timeWriter()(time)).toBe(new Date(time).toISOString());
    },
  );

  test('stay right when the second changes, and changes back', () => {
    const write = timeWriter();
    for (const time of [1_000, 1_999, 2_000, 61_005, 1_000]) expect(write(time)).toBe(new Date(time).toISOString());
  });
});
