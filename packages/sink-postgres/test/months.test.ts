import { sampleEvent, sampleEvents } from '@whodunit/testing';
import { dropPartitionsBefore, migrate, postgresSink } from '../src/index.js';
import { TestDatabase } from './support/database.js';
import { deliver } from './support/deliver.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await TestDatabase.create();
  await migrate({ pool: database.pool });
});
afterEach(() => database.dispose());

const open = async () => {
  const sink = postgresSink({ pool: database.pool });
  await sink.open?.();
  return sink;
};

const partitions = async () =>
  (
    await database.column(
      `SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'whodunit.events'::regclass ORDER BY 1`,
    )
  ).map((name) => String(name).replace('whodunit.', ''));

/** The first moment of the month that lies so many months after this one. */
const monthFromNow = (months: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
};

const nameOf = (month: Date) => `events_${month.toISOString().slice(0, 7).replace('-', '_')}`;

test('opening makes this month and the two after it', async () => {
  await open();
  expect(await partitions()).toEqual(['events_default', ...[0, 1, 2].map((n) => nameOf(monthFromNow(n)))].sort());
});

test('an event of another month gets its month, at both edges', async () => {
  const sink = await open();
  const last = monthFromNow(-3);
  const moments = [last.toISOString(), new Date(last.getTime() - 1).toISOString()];
  const events = sampleEvents(2, (index) => ({ time: moments[index] ?? '' }));
  await deliver(sink, events);
  const stored = await database.rows(
    'SELECT tableoid::regclass::text AS name, time FROM whodunit.events ORDER BY time',
  );
  expect(stored).toEqual([
    { name: `whodunit.${nameOf(monthFromNow(-4))}`, time: new Date(moments[1] ?? '') },
    { name: `whodunit.${nameOf(last)}`, time: new Date(moments[0] ?? '') },
  ]);
});

test('times of long ago and far ahead are stored, and make no partitions', async () => {
  const sink = await open();
  const before = await partitions();
  const times = [
    '0001-01-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '2199-02-28T12:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ];
  await deliver(
    sink,
    sampleEvents(4, (index) => ({ time: times[index] ?? '' })),
  );
  expect(await database.column('SELECT event->>$1 FROM whodunit.events_default ORDER BY time', ['time'])).toEqual(
    times,
  );
  expect(await partitions()).toEqual(before);
});

test('events that the default partition took move to their month when it is made', async () => {
  const month = monthFromNow(-5);
  const event = sampleEvent({ time: month.toISOString() });
  await deliver(await open(), [event]);
  await database.pool.query(`DROP TABLE whodunit.${nameOf(month)}`);
  // Its month is gone, and this sink believes that it is there.
  const sink = await open();
  await deliver(sink, [event]);
  await database.pool.query(`DROP TABLE whodunit.${nameOf(month)}`);
  await deliver(sink, [event]);
  expect(await database.column('SELECT count(*)::int FROM whodunit.events_default')).toEqual([1]);

  await database.pool.query('SELECT whodunit.events_ensure_partition($1)', [month]);
  expect(await database.column('SELECT count(*)::int FROM whodunit.events_default')).toEqual([0]);
  expect(await database.column('SELECT tableoid::regclass::text FROM whodunit.events')).toEqual([
    `whodunit.${nameOf(month)}`,
  ]);
  await expect(database.pool.query('DELETE FROM whodunit.events_default')).resolves.toMatchObject({ rowCount: 0 });
  await deliver(sink, [sampleEvent({ time: '1900-01-01T00:00:00.000Z' })]);
  await expect(database.pool.query('DELETE FROM whodunit.events_default')).rejects.toThrow('append-only');
});

test('a month that cannot be made now does not hold up its events', async () => {
  const sink = await open();
  const reader = await database.pool.connect();
  try {
    // A long read of the default partition: its month must wait, the event must not.
    await reader.query('BEGIN; SELECT count(*) FROM whodunit.events_default');
    await deliver(sink, [sampleEvent({ time: monthFromNow(-7).toISOString() })]);
  } finally {
    await reader.query('ROLLBACK');
    reader.release();
  }
  expect(await database.column('SELECT count(*)::int FROM whodunit.events_default')).toEqual([1]);
});

test('the same month wanted by eight sinks at once is made once', async () => {
  const sinks = await Promise.all(Array.from({ length: 8 }, open));
  const time = monthFromNow(-9).toISOString();
  const events = sampleEvents(8, { time });
  await Promise.all(sinks.map((sink, i) => deliver(sink, events.slice(i, i + 1))));
  expect(await database.column(`SELECT count(*)::int FROM whodunit.${nameOf(monthFromNow(-9))}`)).toEqual([8]);
});

describe('dropPartitionsBefore', () => {
  const times = [-30, -29, -28].map((months) => new Date(monthFromNow(months).getTime() + 86_400_000));

  beforeEach(async () => {
    const sink = await open();
    await deliver(
      sink,
      sampleEvents(6, (index) => ({ time: times[index % 3]?.toISOString() ?? '' })),
    );
  });

  test('removes the whole months before a moment and says which', async () => {
    const before = times[2] ?? new Date();
    const expected = [-30, -29].map((months) => ({
      name: nameOf(monthFromNow(months)),
      month: monthFromNow(months).toISOString().slice(0, 7),
      events: 2,
    }));
    expect(await dropPartitionsBefore({ pool: database.pool, before, dryRun: true })).toEqual(expected);
    expect(await database.lines()).toHaveLength(6);
    expect(await dropPartitionsBefore({ pool: database.pool, before })).toEqual(expected);
    expect(await database.lines()).toHaveLength(2);
    expect(await dropPartitionsBefore({ pool: database.pool, before })).toEqual([]);
  });

  test('a month goes at the moment when it ended, and not before', async () => {
    const end = monthFromNow(-29);
    const { pool } = database;
    const early = await dropPartitionsBefore({ pool, before: new Date(end.getTime() - 1), dryRun: true });
    const due = await dropPartitionsBefore({ pool, before: end, dryRun: true });
    expect([early, due].map((dropped) => dropped.map(({ month }) => month))).toEqual([
      [],
      [monthFromNow(-30).toISOString().slice(0, 7)],
    ]);
  });

  test('asks for a moment', async () => {
    const wrong = { pool: database.pool, before: new Date(Number.NaN) };
    await expect(dropPartitionsBefore(wrong)).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
  });
});
