import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditEvent, eventLine } from '@whodunit/core';
import { faultSink } from '@whodunit/testing';
import { migrate, postgresSink } from '../src/index.js';
import { type Application, application } from './support/application.js';
import { TestDatabase } from './support/database.js';

let database: TestDatabase;
const running: Application[] = [];
const start = (...sinks: Parameters<typeof application>[1] & object): Application => {
  const made = application(database.pool, sinks);
  running.push(made);
  return made;
};

beforeEach(async () => {
  database = await TestDatabase.create();
  await migrate({ pool: database.pool });
  await database.pool.query('CREATE TABLE accounts (id int PRIMARY KEY)');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ auditor }) => auditor.close().catch(() => undefined)));
  await database.dispose();
});

const idsIn = (events: readonly AuditEvent[]): number[] =>
  events.flatMap(({ resource }) => (resource?.type === 'account' ? [Number(resource.id)] : [])).sort((a, b) => a - b);
const waiting = () => database.column('SELECT count(*)::int FROM whodunit.events_outbox');

describe('events in the transaction of the application', () => {
  test('exist when it commits, are relayed to every sink as the same bytes, and leave the outbox', async () => {
    const { auditor, other, write } = start();
    await write([1, 2], 'commit', async () => {
      expect(await waiting()).toEqual([0]);
      await auditor.flush();
      expect(other.events).toEqual([]);
    });
    await auditor.flush();
    expect(other.events.map(({ action }) => action)).toEqual(['account.create', 'account.create']);
    expect(other.events.map(({ seal }) => seal?.seq)).toEqual([0, 1]);
    expect(await database.lines()).toEqual(other.events.map(eventLine));
    expect(await waiting()).toEqual([0]);
  });

  test('do not exist when it is rolled back', async () => {
    const { auditor, other, write } = start();
    await write([1], 'roll back');
    await auditor.flush();
    expect(other.events).toEqual([]);
    expect(await database.lines()).toEqual([]);
  });

  test('keep it from being committed when they cannot be written', async () => {
    const { write } = start();
    await database.pool.query('DROP TABLE whodunit.events_outbox');
    await expect(write([1])).rejects.toMatchObject({ code: 'AUDIT_NOT_STORED', cause: expect.anything() });
    expect(await database.column('SELECT count(*)::int FROM accounts')).toEqual([0]);
  });

  test('have the actor and the event of their job', async () => {
    const { auditor, other, write } = start();
    await auditor.run({ job: 'nightly', tenant: 'acme' }, () => write([1]));
    await auditor.flush();
    const job = other.events.find(({ action }) => action === 'job.run');
    const row = other.events.find(({ action }) => action === 'account.create');
    expect(row).toMatchObject({ parent: job?.id, actor: { type: 'job', id: 'nightly' }, tenant: { id: 'acme' } });
  });

  test('of 1,000 transactions that overlap are delivered once each, by four processes that relay them', async () => {
    const processes = [start(), start(), start(), start()];
    let next = 0;
    const kept: number[] = [];
    const worker = async (): Promise<void> => {
      while (next < 1_000) {
        const id = next++;
        const fate = id % 7 === 3 ? 'roll back' : 'commit';
        if (fate === 'commit') kept.push(id);
        // The earlier of two may well commit later.
        await processes[id % 4]?.write([id], fate, () => sleep(Math.random() * 8));
      }
    };
    await Promise.all(Array.from({ length: 9 }, worker));
    await Promise.all(processes.map(({ auditor }) => auditor.flush()));
    const delivered = processes.flatMap(({ other }) => other.events);
    expect(idsIn(delivered)).toEqual(kept.sort((a, b) => a - b));
    expect((await database.lines()).sort()).toEqual(delivered.map(eventLine).sort());
    expect(await waiting()).toEqual([0]);
    for (const stream of new Set(delivered.map(({ seal }) => seal?.stream))) {
      const places = delivered.flatMap(({ seal }) => (seal?.stream === stream ? [seal?.seq ?? -1] : []));
      expect(places.sort((a, b) => a - b)).toEqual(places.map((_, i) => i));
    }
  });

  test('that a process has sealed and not delivered are delivered by another, as the same bytes', async () => {
    const gone = postgresSink({ pool: database.pool, transactional: true }).outbox;
    const { auditor, other, write } = start();
    await write([1], 'commit');
    await auditor.flush();
    const line = eventLine(other.events[0] as AuditEvent);
    other.clear();
    await database.pool.query('INSERT INTO whodunit.events_outbox (id, event) VALUES ($1, $2)', [
      '019a0000-0000-7000-8000-000000000001',
      line
        .replace(/"id":"[0-9a-f-]{36}"/, '"id":"019a0000-0000-7000-8000-000000000001"')
        .replace(/"stream":"[^"]*"/, '"stream":"another"'),
    ]);
    const [claimed] = (await gone?.claim(10)) ?? [];
    expect(claimed?.isSealed).toBe(false);
    const sealed = { id: claimed?.id ?? '', time: '', line: claimed?.line ?? '', bytes: 0 };
    expect(await gone?.seal([sealed])).toEqual(new Set([sealed.id]));
    await auditor.flush();
    expect(other.events).toEqual([]);
    // Its lease ends.
    await database.pool.query(`UPDATE whodunit.events_outbox SET claimed_until = now() - interval '1 s'`);
    await auditor.flush();
    expect(other.events.map(eventLine)).toEqual([sealed.line]);
    expect(await waiting()).toEqual([0]);
  });

  test('stay in the outbox until the last sink has them', async () => {
    const slow = faultSink({ name: 'slow', fault: 'reject', times: 1 });
    const { auditor, other, write } = start(slow);
    await write([1]);
    while (other.events.length === 0) await sleep(5);
    expect(await waiting()).toEqual([1]);
    await auditor.flush();
    expect(slow.events).toHaveLength(1);
    expect(await waiting()).toEqual([0]);
  });
});

describe('the outbox', () => {
  test('gives a row to one process at a time, until its lease ends', async () => {
    const [first, second] = [1, 2].map(() => postgresSink({ pool: database.pool, transactional: true }).outbox);
    const id = '019a0000-0000-7000-8000-000000000001';
    await first?.store((sql, values) => database.pool.query(sql, [...values]), [{ id, line: '{}' }]);
    expect(await first?.claim(10)).toHaveLength(1);
    expect(await second?.claim(10)).toEqual([]);
    expect(await second?.seal([{ id, time: '', line: '{"a":1}', bytes: 7 }])).toEqual(new Set());
    await database.pool.query(`UPDATE whodunit.events_outbox SET claimed_until = now() + interval '1 s'`);
    await second?.extend([id]);
    await first?.extend([id]);
    const left = await database.column(
      'SELECT extract(epoch FROM claimed_until - now())::int FROM whodunit.events_outbox',
    );
    expect(Number(left[0])).toBeGreaterThan(20);
    await first?.release([id]);
    expect(await second?.claim(10)).toHaveLength(1);
    await second?.remove([id]);
    expect(await waiting()).toEqual([0]);
  });

  test('is one for all sinks of an auditor', () => {
    const { pool } = database;
    const two = ['a', 'b'].map((name) => postgresSink({ pool, name, transactional: true }));
    expect(() => application(pool, [two[0] as never])).toThrow('transactional');
  });
});
