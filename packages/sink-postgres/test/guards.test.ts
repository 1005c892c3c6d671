import { sampleEvents } from '@whodunit/testing';
import { migrate, postgresSink } from '../src/index.js';
import { TestDatabase } from './support/database.js';
import { deliver } from './support/deliver.js';

const ROLE = `writer_${process.pid}`;

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
  await database.onServer(`CREATE ROLE "${ROLE}" LOGIN PASSWORD 'password'`);
  await migrate({ pool: database.pool, role: ROLE });
});
afterAll(async () => {
  await database.dispose();
  await database.onServer(`DROP ROLE "${ROLE}"`);
});

async function storeSome() {
  const sink = postgresSink({ pool: database.pool });
  await sink.open?.();
  await deliver(sink, sampleEvents(3));
}

test.each([
  `UPDATE whodunit.events SET outcome = 'success'`,
  'DELETE FROM whodunit.events',
  'TRUNCATE whodunit.events',
  'TRUNCATE whodunit.events_2026_01',
  'TRUNCATE whodunit.events_default',
  `UPDATE whodunit.events_2026_01 SET line = ''`,
  'DELETE FROM whodunit.events_2026_01',
  `INSERT INTO whodunit.events SELECT * FROM whodunit.events ON CONFLICT (id, time) DO UPDATE SET line = ''`,
])('refuses, for the owner too: %s', async (statement) => {
  await storeSome();
  const before = await database.lines();
  await expect(database.pool.query(statement)).rejects.toMatchObject({
    code: '42501',
    message: expect.stringContaining('append-only'),
    hint: expect.stringContaining('dropPartitionsBefore'),
  });
  expect(await database.lines()).toEqual(before);
});

describe('the role that was granted', () => {
  const asRole = () =>
    database.connect({
      connectionString: database.urlWith((url) => {
        url.username = ROLE;
      }),
    });

  test('stores events, makes months, and finds duplicates', async () => {
    const sink = postgresSink({ pool: asRole() });
    await sink.open?.();
    const events = sampleEvents(5);
    await deliver(sink, events);
    await deliver(sink, events);
    expect(await database.lines()).toHaveLength(5);
    expect(await database.column(`SELECT to_regclass('whodunit.events_2026_01') IS NOT NULL`)).toEqual([true]);
  });

  test.each([
    `UPDATE whodunit.events SET outcome = 'success'`,
    'DELETE FROM whodunit.events',
    'TRUNCATE whodunit.events',
    'DROP TABLE whodunit.events',
    'ALTER TABLE whodunit.events DISABLE TRIGGER ALL',
    'CREATE TABLE whodunit.other (id int)',
    'INSERT INTO whodunit.events_default SELECT * FROM whodunit.events',
    `INSERT INTO whodunit.migrations (table_name, version) VALUES ('events', 7)`,
  ])('may not: %s', async (statement) => {
    await storeSome();
    await expect(asRole().query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('loses rights on the table that it had before', async () => {
    await database.pool.query(`GRANT ALL ON whodunit.events TO "${ROLE}"`);
    await migrate({ pool: database.pool, role: ROLE });
    const rights = await database.column(
      `SELECT privilege_type FROM information_schema.role_table_grants WHERE grantee = $1 AND table_name = 'events' ORDER BY 1`,
      [ROLE],
    );
    expect(rights).toEqual(['INSERT', 'SELECT']);
  });
});

test('a role without rights is told to ask for them', async () => {
  await database.pool.query(`REVOKE ALL ON whodunit.events FROM "${ROLE}"`);
  const sink = postgresSink({
    connectionString: database.urlWith((url) => {
      url.username = ROLE;
    }),
  });
  await sink.open?.();
  await expect(deliver(sink, sampleEvents(1))).rejects.toMatchObject({
    kind: 'endpoint',
    message: expect.stringContaining('role'),
  });
  await sink.close?.();
  await migrate({ pool: database.pool, role: ROLE });
});

test('nobody else may make months', async () => {
  const granted = await database.column(
    `SELECT has_function_privilege('public', 'whodunit.events_ensure_partition(timestamptz)', 'EXECUTE')`,
  );
  expect(granted).toEqual([false]);
});
