import { type AuditEvent, type Auditor, type Change, createAuditor } from '@whodunit/core';
import { migrate, postgresSink } from '@whodunit/sink-postgres';
import { SCHEMA } from '@whodunit/test-support/orm';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { type MemorySink, memorySink } from '@whodunit/testing';
import pg from 'pg';
import {
  bindContext,
  checkTriggers,
  type PgTriggers,
  pgTriggers,
  type TriggerRegistry,
  triggersSql,
} from '../src/index.js';

const REGISTRY: TriggerRegistry = {
  maxRows: 5,
  tables: {
    people: { fields: { mood: 'drop', email: 'mask' } },
    memberships: { key: ['org_id', 'person_id'] },
    documents: { name: 'title' },
    document_tags: {
      key: ['document_id', 'tag_id'],
      join: { of: 'document', owner: 'document_id', member: 'tag_id', as: 'tags' },
    },
  },
};

let pool: pg.Pool;
let sink: MemorySink;
let auditor: Auditor;
let triggers: PgTriggers;

beforeEach(async () => {
  pool = new pg.Pool({ connectionString: await createTestDatabase() });
  await pool.query(SCHEMA);
  await migrate({ pool });
  await pool.query(triggersSql(REGISTRY));
  sink = memorySink();
  auditor = createAuditor({ sinks: [postgresSink({ pool, transactional: true }), sink] });
  triggers = pgTriggers({ pool, auditor, ...REGISTRY, pollIntervalMs: 3_600_000 });
  await triggers.open();
});
afterEach(async () => {
  await triggers.close();
  await auditor.close();
  await pool.end();
});

async function told(): Promise<AuditEvent[]> {
  await triggers.drain();
  await auditor.flush();
  const events = [...sink.events];
  sink.clear();
  return events;
}

const short = ({ action, resource }: AuditEvent): string => [action, resource?.id].join(' ').trim();
const changeOf = (event: AuditEvent | undefined, path: string): Change | undefined =>
  event?.changes?.find((change) => change.path === path);
const person = async (columns: string, values: string): Promise<number> => {
  const { rows } = await pool.query(`INSERT INTO people (name, ${columns}) VALUES ('Ann', ${values}) RETURNING id`);
  return rows[0].id;
};
async function inTransaction(work: (client: pg.PoolClient) => Promise<void>, ending = 'COMMIT'): Promise<void> {
  const client = await pool.connect();
  await client.query('BEGIN');
  await work(client);
  await client.query(ending);
  client.release();
}

describe('raw SQL', () => {
  test('is told row by row, as it was and is', async () => {
    const id = await person('age, password', "40, 'secret-word'");
    await pool.query(`UPDATE people SET age = age + 1, password = 'secret-word-2' WHERE id = $1`, [id]);
    await pool.query('DELETE FROM people');
    const events = await told();
    expect(events.map(short)).toEqual([`person.create ${id}`, `person.update ${id}`, `person.delete ${id}`]);
    expect(events[1]).toMatchObject({
      resource: { type: 'person', name: 'Ann' },
      actor: { type: 'unresolved' },
      diff: { fidelity: 'exact' },
      capture: { by: 'pg-triggers', why: 'UPDATE of people' },
    });
    expect(changeOf(events[1], '/age')).toEqual({ path: '/age', op: 'replace', old: 40, new: 41 });
    expect(changeOf(events[1], '/password')).toMatchObject({ old: { $redacted: true }, new: { $redacted: true } });
    expect(JSON.stringify(events)).not.toContain('secret-word');
  });

  test('keeps every type of value exact', async () => {
    const id = await person(
      'balance, big, born, photo, settings',
      `'10.5000', 9007199254740993, '1990-01-02T03:04:05.678Z', 'aaa', '{"a": {"b": 1}}'`,
    );
    await pool.query(
      `UPDATE people SET balance = 12345678901234.1234, big = 9007199254740995, born = '1991-01-02T03:04:05Z',
       photo = 'bbb', settings = '{"a": {"b": 2}}' WHERE id = $1`,
      [id],
    );
    const [, event] = await told();
    const byPath = (changes: readonly Change[] = []) => [...changes].sort((a, b) => (a.path < b.path ? -1 : 1));
    expect(byPath(event?.changes)).toEqual([
      { path: '/balance', op: 'replace', old: '10.5000', new: '12345678901234.1234' },
      { path: '/big', op: 'replace', old: '9007199254740993', new: '9007199254740995' },
      { path: '/born', op: 'replace', old: '1990-01-02T03:04:05.678Z', new: '1991-01-02T03:04:05.000Z' },
      { path: '/photo', op: 'replace', old: '[3 bytes]', new: '[3 bytes]' },
      { path: '/settings/a/b', op: 'replace', old: 1, new: 2 },
    ]);
  });

  test('that leaves a row as it was tells nothing', async () => {
    await person('age', '40');
    await told();
    await pool.query('UPDATE people SET age = 40');
    await pool.query('UPDATE people SET updated_at = now()');
    await pool.query('UPDATE people SET age = 1 WHERE false');
    expect(await told()).toEqual([]);
  });

  test('of many rows is told as one above the limit, and a TRUNCATE always', async () => {
    await pool.query(`INSERT INTO people (name) SELECT 'P' FROM generate_series(1, 6)`);
    await pool.query(`UPDATE people SET age = 1 WHERE id <= 5`);
    await pool.query('TRUNCATE people CASCADE');
    const events = await told();
    expect(events.map(short).sort()).toEqual([
      'document.delete',
      'document.update',
      'person.create',
      'person.delete',
      ...[1, 2, 3, 4, 5].map((id) => `person.update ${id}`),
    ]);
    expect(events[0]).toMatchObject({
      diff: { fidelity: 'none' },
      metadata: { bulk: { verb: 'INSERT', count: 6, ids: ['1', '2', '3', '4', '5', '6'] } },
    });
    expect(events.find(({ action }) => action === 'person.delete')?.metadata).toEqual({ bulk: { verb: 'TRUNCATE' } });
  });

  test('knows keys of several columns, and a key that was changed', async () => {
    await pool.query(`INSERT INTO memberships VALUES (7, 9, 'reader')`);
    await pool.query(`UPDATE memberships SET role = 'writer'`);
    await pool.query('UPDATE memberships SET person_id = 10');
    expect((await told()).map(short)).toEqual([
      'membership.create 7:9',
      'membership.update 7:9',
      'membership.delete 7:9',
      'membership.create 7:10',
    ]);
  });

  test('tells what a foreign key deletes with a row, and rows that only join others as a list', async () => {
    const { rows } = await pool.query(`INSERT INTO documents (title) VALUES ('Plan') RETURNING id`);
    await pool.query('INSERT INTO document_tags SELECT $1, id FROM tags WHERE id < 3', [rows[0].id]);
    await pool.query('DELETE FROM documents');
    const events = await told();
    expect(events.map(short)).toEqual([
      `document.create ${rows[0].id}`,
      `document.update ${rows[0].id}`,
      `document.delete ${rows[0].id}`,
    ]);
    expect(events[1]?.changes?.map(({ op, path }) => `${op} ${path}`)).toEqual(['add /tags/1', 'add /tags/2']);
    expect(events[2]?.changes?.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/title', '/tags/1', '/tags/2']),
    );
  });

  test('never lets a field out of the table that is dropped, and masks others', async () => {
    await person('mood, email', `'angry', 'ann@example.org'`);
    const { rows } = await pool.query('SELECT new FROM whodunit.row_changes');
    expect(rows[0].new).not.toHaveProperty('mood');
    const [event] = await told();
    expect(changeOf(event, '/mood')).toBeUndefined();
    expect(changeOf(event, '/email')).toMatchObject({ new: { $redacted: true } });
  });
});

describe('transactions', () => {
  test('are told when they are committed, and not when they or a savepoint in them are rolled back', async () => {
    await inTransaction(async (client) => {
      await client.query(`INSERT INTO people (name) VALUES ('kept')`);
      await client.query('SAVEPOINT s');
      await client.query(`INSERT INTO people (name) VALUES ('lost')`);
      await client.query('ROLLBACK TO s');
      expect(await told()).toEqual([]);
    });
    await inTransaction(
      async (client) => void (await client.query(`INSERT INTO people (name) VALUES ('lost')`)),
      'ROLLBACK',
    );
    expect((await told()).map(({ resource }) => resource?.name)).toEqual(['kept']);
  });

  test('merge what they do to one row', async () => {
    const id = await person('age', '1');
    await told();
    await inTransaction(async (client) => {
      await client.query('UPDATE people SET age = 2');
      await client.query('UPDATE people SET age = 3');
      await client.query(`INSERT INTO people (id, name) VALUES (900, 'brief')`);
      await client.query('DELETE FROM people WHERE id = 900');
    });
    const events = await told();
    expect(events.map(short)).toEqual([`person.update ${id}`]);
    expect(changeOf(events[0], '/age')).toMatchObject({ old: 1, new: 3 });
  });

  test('carry who works in them, bound and not as text of SQL, and nobody after them', async () => {
    const actor = { type: 'user', id: `u-1'; DROP TABLE people; --` } as const;
    await auditor.run({ job: 'import', tenant: 'acme', actor }, () =>
      inTransaction(async (client) => {
        await bindContext((sql, values) => client.query(sql, values));
        await client.query(`INSERT INTO people (name) VALUES ('A')`);
      }),
    );
    await pool.query(`INSERT INTO people (name) VALUES ('B')`);
    const events = await told();
    const job = events.find(({ action }) => action === 'job.run');
    const [first, second] = events.filter(({ action }) => action === 'person.create');
    expect(first).toMatchObject({ actor, tenant: { id: 'acme' }, parent: job?.id });
    expect(second?.actor).toEqual({ type: 'unresolved' });
    expect(second?.parent).toBeUndefined();
  });

  test('with a context that somebody else wrote are told without what is wrong in it', async () => {
    for (const context of [
      'no json',
      '[]',
      '{"actor":{"type":"root"},"parent":7}',
      '{"actor":{"type":"user","id":[1]}}',
    ]) {
      await inTransaction(async (client) => {
        await client.query(`SELECT set_config('whodunit.context', $1, true)`, [context]);
        await client.query(`INSERT INTO people (name) VALUES ('A')`);
      });
    }
    const events = await told();
    expect(events.map(({ actor, parent }) => [actor, parent])).toEqual([
      [{ type: 'unresolved' }, undefined],
      [{ type: 'unresolved' }, undefined],
      [{ type: 'unresolved' }, undefined],
      [{ type: 'user' }, undefined],
    ]);
  });

  test('are told once each by processes that take them at the same time', async () => {
    const others = Array.from({ length: 3 }, () => {
      const own = memorySink({ idempotent: false });
      const other = createAuditor({ sinks: [postgresSink({ pool, transactional: true }), own] });
      return { own, other, taking: pgTriggers({ pool, auditor: other, ...REGISTRY }) };
    });
    for (let i = 0; i < 60; i++) await pool.query(`INSERT INTO people (name) VALUES ('A')`);
    await Promise.all([triggers.drain(), ...others.map(({ taking }) => taking.drain())]);
    await Promise.all([auditor.flush(), ...others.map(({ other }) => other.flush())]);
    const all = [...sink.events, ...others.flatMap(({ own }) => own.events)];
    expect(all.map(({ resource }) => Number(resource?.id)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    for (const { other, taking } of others) {
      await taking.close();
      await other.close();
    }
  });
});

describe('the triggers', () => {
  test('can be made again, follow the registry, and say when they are behind', async () => {
    expect(await checkTriggers(pool, REGISTRY)).toEqual([]);
    const less: TriggerRegistry = { tables: { people: {}, tags: {} } };
    expect(await checkTriggers(pool, less)).toEqual([
      { table: 'people', problem: 'behind' },
      { table: 'tags', problem: 'missing' },
    ]);
    await pool.query(triggersSql(less));
    await pool.query(triggersSql(less));
    expect(await checkTriggers(pool, less)).toEqual([]);
    await pool.query(`INSERT INTO memberships VALUES (1, 2, 'reader')`);
    expect(await told()).toEqual([]);
    await pool.query('ALTER TABLE people DISABLE TRIGGER whodunit_update');
    expect(await checkTriggers(pool, less)).toEqual([{ table: 'people', problem: 'disabled' }]);
    const behind = pgTriggers({ pool, auditor, ...less });
    await expect(behind.open()).rejects.toMatchObject({
      code: 'AUDIT_OPTION_INVALID',
      message: expect.stringContaining('people (disabled)'),
    });
    await behind.close();
  });

  test('tell what a user writes who may not see the table in which it waits', async () => {
    await pool.query(`DROP ROLE IF EXISTS clerk_${process.pid}`);
    await pool.query(`CREATE ROLE clerk_${process.pid}`);
    await pool.query(`GRANT INSERT ON memberships TO clerk_${process.pid}`);
    await inTransaction(async (client) => {
      await client.query(`SET LOCAL ROLE clerk_${process.pid}`);
      await client.query(`INSERT INTO memberships VALUES (1, 2, 'reader')`);
      await client.query('SAVEPOINT s');
      await expect(client.query('SELECT * FROM whodunit.row_changes')).rejects.toMatchObject({ code: '42501' });
      await client.query('ROLLBACK TO s');
    });
    expect((await told()).map(short)).toEqual(['membership.create 1:2']);
    await pool.query(`DROP OWNED BY clerk_${process.pid}`);
    await pool.query(`DROP ROLE clerk_${process.pid}`);
  });

  test.each([
    [{ tables: {} }, 'names no table'],
    [{ tables: { 'people"; DROP': {} } }, 'no name of a table'],
    [{ tables: { people: { key: ["id'"] } } }, 'no name of a table or column'],
    [{ tables: { people: { keys: ['id'] } } }, 'Did you mean `key`'],
    [{ tables: { people: {} }, maxRows: 0 }, 'maxRows'],
  ])('of a registry that is wrong are not made: %j', (registry, message) => {
    expect(() => triggersSql(registry as never)).toThrow(message);
  });

  test('need a sink that is transactional', async () => {
    const plain = createAuditor({ sinks: [memorySink()] });
    const taking = pgTriggers({ pool, auditor: plain, ...REGISTRY });
    await person('age', '1');
    await expect(taking.drain()).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
    expect((await told()).map(({ action }) => action)).toEqual(['person.create']);
    await taking.close();
    await plain.close();
  });
});
