import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createAuditor } from '@whodunit/core';
import { migrate, postgresSink } from '@whodunit/sink-postgres';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import pg from 'pg';

/** A process that commits two accounts with the events of it, and is killed before anybody has delivered them. */
const KILLED = `
import { createAuditor } from '@whodunit/core';
import { captureWrites, Unit } from '@whodunit/core/writes';
import { postgresSink } from '@whodunit/sink-postgres';
import pg from 'pg';
const pool = new pg.Pool({ connectionString: process.argv[1] });
const auditor = createAuditor({ sinks: [postgresSink({ pool, transactional: true })] });
const writes = captureWrites('orm', 'auditOrm', { auditor });
const model = writes.model({ name: 'accounts', key: ['id'] });
const write = async (id, ending) => {
  const client = await pool.connect();
  const unit = new Unit(undefined, (sql, values) => client.query(sql, [...values]));
  await client.query('BEGIN');
  await writes.capture({
    model, verb: 'insert', operation: 'create', unit,
    run: () => client.query('INSERT INTO accounts (id) VALUES ($1)', [id]),
    after: () => [{ id }],
  });
  await unit.prepare();
  if (ending !== undefined) await client.query(ending);
};
await write(1, 'COMMIT');
await write(2, 'COMMIT');
await write(3, undefined);
process.kill(process.pid, 'SIGKILL');
`;

test('a process that is killed between its commit and the delivery loses nothing, and tells nothing it did not commit', async () => {
  const url = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: url });
  await migrate({ pool });
  await pool.query('CREATE TABLE accounts (id int PRIMARY KEY)');
  const child = spawn(process.execPath, ['--input-type=module', '-e', KILLED, url], {
    cwd: join(__dirname, '..'),
    stdio: 'inherit',
  });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect((await pool.query('SELECT id FROM accounts ORDER BY id')).rows).toEqual([{ id: 1 }, { id: 2 }]);

  // What it had claimed already is nobody's any more once its lease has ended.
  await pool.query(`UPDATE whodunit.events_outbox SET claimed_until = '-infinity'`);
  const auditor = createAuditor({ sinks: [postgresSink({ pool, transactional: true })] });
  await auditor.flush();
  await auditor.close();
  expect((await pool.query('SELECT count(*)::int FROM whodunit.events_outbox')).rows).toEqual([{ count: 0 }]);
  const stored = await pool.query('SELECT action, resource_id FROM whodunit.events ORDER BY resource_id');
  expect(stored.rows).toEqual([
    { action: 'account.create', resource_id: '1' },
    { action: 'account.create', resource_id: '2' },
  ]);
  await pool.end();
});
