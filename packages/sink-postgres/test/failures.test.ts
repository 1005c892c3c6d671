import { setTimeout as sleep } from 'node:timers/promises';
import { sampleEvent, sampleEvents } from '@whodunit/testing';
import type pg from 'pg';
import { migrate, postgresSink } from '../src/index.js';
import { TestDatabase } from './support/database.js';
import { deliver } from './support/deliver.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await TestDatabase.create();
  await migrate({ pool: database.pool });
});
afterEach(() => database.dispose());

/** A sink whose connections start with these settings. */
const sinkWith = (settings = '', pool = database.connect({ max: 2, options: settings })) => ({
  pool,
  sink: postgresSink({ pool }),
});

/** Holds a lock that an insert waits for, while `run` runs. */
async function whileLocked(run: () => Promise<void>): Promise<void> {
  const locker = await database.pool.connect();
  try {
    await locker.query('BEGIN; LOCK TABLE whodunit.events IN ACCESS EXCLUSIVE MODE');
    await run();
  } finally {
    await locker.query('ROLLBACK');
    locker.release();
  }
}

const waiting = () =>
  database.column(`SELECT pid FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`, [database.name]);

/** Every connection is back and of use. */
async function expectUnharmed(pool: pg.Pool): Promise<void> {
  expect(pool.waitingCount).toBe(0);
  expect(pool.idleCount).toBe(pool.totalCount);
  expect((await Promise.all([1, 2, 3].map((n) => pool.query('SELECT $1::int AS n', [n])))).length).toBe(3);
}

describe('the kind of a failure', () => {
  test('wrong password: endpoint', async () => {
    const connectionString = database.urlWith((url) => {
      url.password = 'wrong';
    });
    const sink = postgresSink({ connectionString });
    await expect(sink.open?.()).rejects.toMatchObject({ kind: 'endpoint', message: expect.stringContaining('28P01') });
    await sink.close?.();
  });

  test('no such database: endpoint', async () => {
    const connectionString = database.urlWith((url) => {
      url.pathname = '/nowhere';
    });
    const sink = postgresSink({ connectionString });
    await expect(sink.open?.()).rejects.toMatchObject({ kind: 'endpoint', message: expect.stringContaining('3D000') });
    await sink.close?.();
  });

  test.each([
    ['ENOTFOUND', 'endpoint'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'endpoint'],
    ['CERT_HAS_EXPIRED', 'endpoint'],
    ['28000', 'endpoint'],
    ['42501', 'endpoint'],
    ['EPIPE', 'retryable'],
    ['ETIMEDOUT', 'retryable'],
    ['08006', 'retryable'],
    ['40001', 'retryable'],
    ['53300', 'retryable'],
    ['57P03', 'retryable'],
    ['P0001', 'retryable'],
    ['XX000', 'retryable'],
    ['22P05', 'payload'],
    ['23514', 'payload'],
    ['54000', 'payload'],
    [undefined, 'retryable'],
  ])('%s: %s', async (code, kind) => {
    const query = async () => {
      throw Object.assign(new Error('said by the server'), code === undefined ? {} : { code });
    };
    const error = await deliver(postgresSink({ pool: { query } }), sampleEvents(1)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'SinkError', kind, retryable: kind !== 'payload' });
    expect(String(error)).not.toContain('said by the server');
  });

  test('nobody listens: retryable', async () => {
    const sink = postgresSink({ connectionString: 'postgres://postgres@127.0.0.1:1/app' });
    await expect(sink.open?.()).rejects.toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await sink.close?.();
  });

  test('the table is gone: endpoint', async () => {
    const { sink, pool } = sinkWith();
    await sink.open?.();
    await database.pool.query('DROP TABLE whodunit.events CASCADE');
    await expect(deliver(sink, sampleEvents(2))).rejects.toMatchObject({
      kind: 'endpoint',
      message: expect.stringContaining('migrate'),
    });
    await expectUnharmed(pool);
  });

  test('read-only, as a standby is: retryable', async () => {
    const { sink, pool } = sinkWith('-c default_transaction_read_only=on');
    await expect(deliver(sink, sampleEvents(2))).rejects.toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('primary'),
    });
    await expectUnharmed(pool);
  });

  test('statement timeout: retryable', async () => {
    const { sink, pool } = sinkWith('-c statement_timeout=100');
    await sink.open?.();
    await whileLocked(async () => {
      await expect(deliver(sink, sampleEvents(2))).rejects.toMatchObject({
        kind: 'retryable',
        message: expect.stringContaining('57014'),
      });
    });
    await expectUnharmed(pool);
    await deliver(sink, sampleEvents(2));
    expect(await database.lines()).toHaveLength(2);
  });

  test('lock timeout: retryable', async () => {
    const { sink, pool } = sinkWith('-c lock_timeout=100');
    await sink.open?.();
    await deliver(sink, [sampleEvent()]);
    await whileLocked(async () => {
      await expect(deliver(sink, sampleEvents(2))).rejects.toMatchObject({
        kind: 'retryable',
        message: expect.stringContaining('55P03'),
      });
    });
    await expectUnharmed(pool);
  });

  test('deadlock: retryable', async () => {
    const { sink } = sinkWith('-c deadlock_timeout=50');
    await sink.open?.();
    const [first, second, third] = sampleEvents(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('unreachable');
    await deliver(sink, [third]);
    // The batch stores the first and waits for the second, which another transaction stored that now wants the first.
    const other = await database.pool.connect();
    await other.query(`BEGIN; SET LOCAL deadlock_timeout = '1min'`);
    const insert = `INSERT INTO whodunit.events (id, time, action, category, operation, outcome, severity, actor_type, line, event)
      VALUES ($1, $2, '', '', '', '', '', '', '', '{}')`;
    await other.query(insert, [second.id, second.time]);
    const writing = expect(deliver(sink, [first, second])).rejects.toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('40P01'),
    });
    while ((await waiting()).length === 0) await sleep(10);
    const blocked = other.query(insert, [first.id, first.time]);
    await writing;
    await blocked;
    await other.query('ROLLBACK');
    other.release();
    await deliver(sink, [first, second]);
    expect(await database.lines()).toHaveLength(3);
  });

  test('an event that Postgres cannot hold: payload, and nothing of the batch is stored', async () => {
    const { sink, pool } = sinkWith();
    const bad = sampleEvent({ id: 'canary-no-uuid' });
    const error = await deliver(sink, [...sampleEvents(5), bad]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'SinkError', kind: 'payload', code: 'AUDIT_SINK_REJECTED' });
    expect(String((error as Error).cause)).not.toContain('canary');
    expect(await database.lines()).toEqual([]);
    await expectUnharmed(pool);
  });
});

describe('a write that is aborted', () => {
  test('ends, is cancelled on the server, and gives its connection up', async () => {
    const { sink, pool } = sinkWith();
    await sink.open?.();
    await deliver(sink, [sampleEvent()]);
    const events = sampleEvents(20);
    await whileLocked(async () => {
      const stop = new AbortController();
      const writing = deliver(sink, events, stop.signal);
      while ((await waiting()).length === 0) await sleep(10);
      stop.abort();
      await expect(writing).rejects.toMatchObject({ name: 'SinkError', kind: 'retryable' });
      for (let i = 0; i < 200 && (await waiting()).length > 0; i++) await sleep(10);
      expect(await waiting()).toEqual([]);
    });
    await expectUnharmed(pool);
    await deliver(sink, events);
    expect(await database.lines()).toHaveLength(20);
  });

  test('does not wait for a pool that has no connection to give, and takes none of it', async () => {
    const pool = database.connect({ max: 1 });
    const sink = postgresSink({ pool });
    const held = await pool.connect();
    const stop = new AbortController();
    const writing = deliver(sink, sampleEvents(3), stop.signal);
    setTimeout(() => stop.abort(), 50);
    await expect(writing).rejects.toMatchObject({ kind: 'retryable' });
    held.release();
    await deliver(sink, sampleEvents(3));
    await expectUnharmed(pool);
  });
});

test('a connection that is terminated in the middle of a write loses nothing and doubles nothing', async () => {
  const { sink, pool } = sinkWith();
  await sink.open?.();
  await deliver(sink, [sampleEvent()]);
  const events = sampleEvents(50);
  await whileLocked(async () => {
    const writing = expect(deliver(sink, events)).rejects.toMatchObject({ kind: 'retryable' });
    while ((await waiting()).length === 0) await sleep(10);
    await database.pool.query('SELECT pg_terminate_backend($1)', [(await waiting())[0]]);
    await writing;
  });
  await deliver(sink, events);
  expect(await database.lines()).toHaveLength(50);
  await expectUnharmed(pool);
});
