import { sampleEvents } from '@whodunit/testing';
import { dropPartitionsBefore, migrate, postgresSink } from '../src/index.js';
import { MIGRATIONS } from '../src/sql/index.js';
import { TestDatabase } from './support/database.js';
import { deliver } from './support/deliver.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await TestDatabase.create();
});
afterEach(() => database.dispose());

test('migrating makes the tables once and says their version', async () => {
  expect(await migrate({ pool: database.pool })).toBe(MIGRATIONS.length);
  expect(await migrate({ pool: database.pool })).toBe(MIGRATIONS.length);
  expect(await database.column('SELECT version FROM whodunit.migrations ORDER BY version')).toEqual(
    MIGRATIONS.map((_, i) => i + 1),
  );
});

test('eight processes that migrate at once all end well', async () => {
  const pools = Array.from({ length: 8 }, () => database.connect({ max: 1 }));
  const versions = await Promise.all(pools.map((pool) => migrate({ pool })));
  expect(versions).toEqual(Array(8).fill(MIGRATIONS.length));
});

test('eight sinks that migrate at opening and open at once all end well', async () => {
  const sinks = Array.from({ length: 8 }, () => postgresSink({ pool: database.connect(), migrations: 'apply' }));
  await Promise.all(sinks.map((sink) => sink.open?.()));
  const events = sampleEvents(8);
  await Promise.all(sinks.map((sink, i) => deliver(sink, events.slice(i, i + 1))));
  expect(await database.lines()).toHaveLength(8);
});

test('opening without the tables fails and says what to run', async () => {
  const sink = postgresSink({ pool: database.pool });
  await expect(sink.open?.()).rejects.toMatchObject({
    code: 'AUDIT_SINK_FAILED',
    kind: 'endpoint',
    message: expect.stringContaining('await migrate({ pool })'),
  });
  expect(await database.column("SELECT 1 FROM pg_namespace WHERE nspname = 'whodunit'")).toEqual([]);
});

test('opening an older table fails, opening a newer one does not', async () => {
  await migrate({ pool: database.pool });
  await database.pool.query('INSERT INTO whodunit.migrations (table_name, version) VALUES ($1, $2)', ['events', 99]);
  await postgresSink({ pool: database.pool }).open?.();
  await database.pool.query('DELETE FROM whodunit.migrations WHERE version > 1');
  await expect(postgresSink({ pool: database.pool }).open?.()).rejects.toThrow('has version 1');
});

test('other names of schema and table are kept apart, with their case', async () => {
  const places = [
    { schema: 'Audit', table: 'Events' },
    { schema: 'Audit', table: 'select' },
  ].map((names) => ({ ...names, pool: database.pool }));
  await Promise.all(places.map(migrate));
  const [first] = places.map((place) => postgresSink(place));
  if (first === undefined) throw new Error('unreachable');
  await first.open?.();
  await deliver(first, sampleEvents(3));
  expect(await database.column('SELECT count(*)::int FROM "Audit"."Events"')).toEqual([3]);
  expect(await database.column('SELECT count(*)::int FROM "Audit"."select"')).toEqual([0]);
});

test('names that are no identifiers are refused', async () => {
  const { pool } = database;
  for (const table of ['events; DROP TABLE users', 'a"b', '', '1st', 'a.b', 'é', 'x'.repeat(41)]) {
    expect(() => postgresSink({ pool, table })).toThrow('`table` must be a name');
    await expect(migrate({ pool, schema: table })).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
    const dropping = dropPartitionsBefore({ pool, table, before: new Date() });
    await expect(dropping).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
  }
});

test('the schema is the one that was reviewed', async () => {
  await migrate({ pool: database.pool });
  const columns = await database.column(
    `SELECT column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
     FROM information_schema.columns WHERE table_schema = 'whodunit' AND table_name = 'events' ORDER BY ordinal_position`,
  );
  expect(columns).toEqual([
    'id uuid NOT NULL',
    'time timestamp with time zone NOT NULL',
    'recorded_at timestamp with time zone',
    'stream text',
    'seq bigint',
    'action text NOT NULL',
    'category text NOT NULL',
    'operation text NOT NULL',
    'outcome text NOT NULL',
    'severity text NOT NULL',
    'actor_type text NOT NULL',
    'actor_id text',
    'tenant_id text',
    'resource_type text',
    'resource_id text',
    'request_id text',
    'parent text',
    'ip text',
    'line text NOT NULL',
    'event jsonb NOT NULL',
  ]);
  const indexes = await database.column(
    `SELECT substring(indexdef FROM 'CREATE (.*)') FROM pg_indexes WHERE schemaname = 'whodunit' AND tablename = 'events' ORDER BY indexname`,
  );
  expect(indexes.map((text) => String(text).replace(/INDEX \S+ ON ONLY whodunit.events USING btree/, 'INDEX'))).toEqual(
    [
      'INDEX (action, "time")',
      'INDEX (actor_id, "time")',
      'UNIQUE INDEX (id, "time")',
      'INDEX (request_id) WHERE (request_id IS NOT NULL)',
      'INDEX (resource_type, resource_id, "time")',
      'UNIQUE INDEX (stream, seq, "time")',
      'INDEX (tenant_id, "time", id)',
    ],
  );
});
