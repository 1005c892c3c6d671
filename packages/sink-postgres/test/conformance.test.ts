import { testSink } from '@whodunit/testing';
import type pg from 'pg';
import { migrate, postgresSink } from '../src/index.js';
import { TestDatabase } from './support/database.js';

testSink({ test, create: () => harness(), createBroken: brokenHarness });

describe('with four connections of its own', () => {
  testSink({ test, create: () => harness({ owned: true }), createBroken: brokenHarness });
});

/** Broken by refusing connections, stalled by a lock that is never released. */
async function harness({ owned = false } = {}) {
  const database = await TestDatabase.create();
  await migrate({ pool: database.pool });
  let locker: pg.PoolClient | undefined;
  const allowConnections = (allow: boolean) =>
    database.onServer(`ALTER DATABASE "${database.name}" WITH ALLOW_CONNECTIONS ${allow}`);
  return {
    sink: postgresSink(
      owned ? { connectionString: database.url, concurrency: 4 } : { pool: database.connect({ max: 2 }) },
    ),
    stored: () => database.lines(),
    async breakBackend() {
      await allowConnections(false);
      await database.terminateConnections();
    },
    repairBackend: () => allowConnections(true),
    async stallBackend() {
      locker = await database.pool.connect();
      await locker.query('BEGIN; LOCK TABLE whodunit.events IN ACCESS EXCLUSIVE MODE');
    },
    async refuseEvent(id: string) {
      await database.pool.query(`ALTER TABLE whodunit.events ADD CONSTRAINT refused CHECK (id <> '${id}')`);
    },
    async dispose() {
      locker?.release(true);
      await database.dispose();
    },
  };
}

/** A database without the tables. */
async function brokenHarness() {
  const database = await TestDatabase.create();
  return { sink: postgresSink({ pool: database.pool }), dispose: () => database.dispose() };
}
