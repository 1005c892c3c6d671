import type { AuditEvent } from '@whodunit/core';
import { worldOf } from '@whodunit/test-support/orm';
import { CamelCasePlugin, type Kysely, sql } from 'kysely';
import { auditKysely, type KyselyOptions } from '../src/index';
import type { Connection } from '../src/kysely';
import { sessionOf } from '../src/session';
import { connect, type Db, ORM } from './support/tables';

const open: { close(): Promise<void> }[] = [];

/** A database, its auditor, and a Kysely of our own on it. */
async function worldWith(options: KyselyOptions = {}) {
  let db: Db | undefined;
  let url = '';
  const { keys, ...rest } = options;
  const world = await worldOf(
    {
      ...ORM,
      async connect(place, given) {
        url = place;
        const opened = connect(place, given === 'not audited' ? given : { ...given, ...(keys && { keys }) });
        db = opened;
        return { verbs: {} as never, close: () => opened.destroy() };
      },
    },
    rest,
  );
  open.push(world);
  const told = async () => (await world.told()).map(short);
  const fill = async (...values: { name: string; email?: string; age?: number; password?: string }[]) => {
    await (db as Db).insertInto('people').values(values).execute();
    await world.told();
  };
  // Tables of a test are not in the types.
  return { ...world, url, events: world.told, told, fill, db: db as Db, any: db as unknown as Kysely<AnyTables> };
}

type AnyTables = Record<string, Record<string, never>>;

afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

const short = ({ action, changes, diff, resource }: AuditEvent) =>
  [action, resource?.id, ...(changes ?? []).map(({ path, new: is }) => `${path}=${JSON.stringify(is)}`), diff?.fidelity]
    .filter((word) => word !== undefined)
    .join(' ');

describe('an upsert', () => {
  test('of several rows tells which were made, which changed, and nothing of those that its filter left alone', async () => {
    const { db, fill, told } = await worldWith();
    await fill({ name: 'A', email: 'a@x.org', age: 1 }, { name: 'B', email: 'b@x.org', age: 2 });
    await db
      .insertInto('people')
      .values([
        { name: 'A', email: 'a@x.org', age: 10 },
        { name: 'B', email: 'b@x.org', age: 20 },
        { name: 'C', email: 'c@x.org' },
      ])
      .onConflict((oc) =>
        oc
          .column('email')
          .doUpdateSet((eb) => ({ age: eb.ref('excluded.age') }))
          .where('people.age', '<', 2),
      )
      .execute();
    expect(await told()).toEqual([
      'person.update 1 /age=10 exact',
      expect.stringMatching(/^person.create \d+ .* exact$/),
    ]);
  });

  test('by a key of several columns knows what was there', async () => {
    const { db, told } = await worldWith();
    const write = (role: string) =>
      db
        .insertInto('memberships')
        .values([
          { org_id: 1, person_id: 2, role },
          { org_id: 1, person_id: 3, role: 'same' },
        ])
        .onConflict((oc) =>
          oc.columns(['org_id', 'person_id']).doUpdateSet((eb) => ({ role: eb.ref('excluded.role') })),
        )
        .execute();
    await write('reader');
    await write('writer');
    expect(await told()).toEqual([
      'membership.create 1:2 /org_id=1 /person_id=2 /role="reader" exact',
      'membership.create 1:3 /org_id=1 /person_id=3 /role="same" exact',
      'membership.update 1:2 /role="writer" exact',
    ]);
  });

  test('whose target is made by SQL, or is a constraint, says that it does not know', async () => {
    const { db, events } = await worldWith();
    await db
      .insertInto('people')
      .values({ name: 'A', email: sql`lower('A@X.org')` })
      .onConflict((oc) => oc.column('email').doUpdateSet({ name: 'A' }))
      .execute();
    await db
      .insertInto('people')
      .values({ name: 'A', email: 'a@x.org' })
      .onConflict((oc) => oc.constraint('people_email_key').doUpdateSet({ name: 'B' }))
      .execute();
    expect(await events()).toMatchObject([
      { action: 'person.update', diff: { fidelity: 'none' } },
      { action: 'person.update', diff: { fidelity: 'none' } },
    ]);
  });

  test('of a query, of which it does not know what was there, is told all the same', async () => {
    const { db, events, fill } = await worldWith();
    await fill({ name: 'A' }, { name: 'B' });
    await db
      .insertInto('memberships')
      .columns(['org_id', 'person_id', 'role'])
      .expression((eb) =>
        eb.selectFrom('people').select([sql<number>`7`.as('org_id'), 'id as person_id', 'name as role']),
      )
      .onConflict((oc) => oc.columns(['org_id', 'person_id']).doUpdateSet({ role: 'x' }))
      .execute();
    expect(await events()).toMatchObject([
      { action: 'membership.update', diff: { fidelity: 'none' }, metadata: { bulk: { count: 2 } } },
    ]);
  });

  test('that does nothing on conflict tells only what was made', async () => {
    const { db, fill, told } = await worldWith();
    await fill({ name: 'A', email: 'a@x.org' });
    await db
      .insertInto('people')
      .values({ name: 'A', email: 'a@x.org' })
      .onConflict((oc) => oc.doNothing())
      .execute();
    expect(await told()).toEqual([]);
  });
});

describe('a write that takes its rows from others', () => {
  test('inserts what a query finds; more than the limit is one event', async () => {
    const { db, events, fill, told } = await worldWith({ bulk: { maxRows: 2 } });
    await fill({ name: 'A' }, { name: 'B' });
    const copy = (org: number) =>
      db
        .insertInto('memberships')
        .columns(['org_id', 'person_id', 'role'])
        .expression((eb) =>
          eb.selectFrom('people').select([sql<number>`${org}::int`.as('org_id'), 'id as person_id', 'name as role']),
        )
        .execute();
    await copy(7);
    expect((await told()).sort()).toEqual([
      'membership.create 7:1 /org_id=7 /person_id=1 /role="A" exact',
      'membership.create 7:2 /org_id=7 /person_id=2 /role="B" exact',
    ]);
    await fill({ name: 'C' });
    await copy(8);
    expect(await events()).toMatchObject([{ action: 'membership.create', metadata: { bulk: { count: 3 } } }]);
  });

  test('updates from another table under an alias, and deletes using it, with the rows as they were', async () => {
    const { db, fill, told } = await worldWith();
    await fill({ name: 'A' });
    const { id } = await db
      .insertInto('documents')
      .values({ title: 'x', owner_id: 1 })
      .returning('id')
      .executeTakeFirstOrThrow();
    await told();
    await db.transaction().execute((tx) =>
      tx
        .updateTable('documents as d')
        .from('people as p')
        .set((eb) => ({ title: eb.ref('p.name') }))
        .whereRef('d.owner_id', '=', 'p.id')
        .returning('p.id')
        .execute(),
    );
    await db.deleteFrom('documents').using('people').whereRef('documents.owner_id', '=', 'people.id').execute();
    expect(await told()).toEqual([
      `document.update ${id} /title="A" exact`,
      `document.delete ${id} /id=undefined /title=undefined /owner_id=undefined exact`,
    ]);
  });

  test('with an expression before it is seen, and one with a write in it leaves a gap and runs once', async () => {
    const { db, events, fill, sql: run, told } = await worldWith();
    await fill({ name: 'A' });
    await db
      .with('found', (qb) => qb.selectFrom('people').select('id'))
      .updateTable('people')
      .set({ age: 5 })
      .where('id', 'in', (eb) => eb.selectFrom('found').select('id'))
      .execute();
    expect(await told()).toEqual(['person.update 1 /age=5 exact']);
    const made = db.with('made', (qb) => qb.insertInto('people').values({ name: 'B' }).returning('id'));
    await made.updateTable('people').set({ age: 6 }).where('id', '=', 1).execute();
    await made.selectFrom('made').selectAll().execute();
    expect(await events()).toMatchObject([{ action: 'audit.coverage_gap', metadata: { verb: 'with' } }]);
    expect(await run('SELECT count(*)::int FROM people')).toEqual([{ count: 3 }]);
  });

  test('by a merge leaves a gap', async () => {
    const { db, told } = await worldWith();
    const merge = db.mergeInto('people').using('documents', 'documents.owner_id', 'people.id');
    await merge.whenMatched().thenDelete().execute();
    expect(await told()).toEqual(['audit.coverage_gap']);
  });
});

describe('a transaction', () => {
  test('that Postgres rolls back at its commit, because a failed statement was passed over, tells nothing', async () => {
    const { db, sql: run, told } = await worldWith();
    await db.transaction().execute(async (tx) => {
      await tx.insertInto('people').values({ name: 'A' }).execute();
      await sql`select 1 / 0`.execute(tx).catch(() => undefined);
    });
    expect(await run('SELECT * FROM people')).toEqual([]);
    expect(await told()).toEqual([]);
  });

  test('that fails at its commit tells nothing', async () => {
    const { db, sql: run, told } = await worldWith();
    await run('ALTER TABLE documents ALTER CONSTRAINT documents_owner_id_fkey DEFERRABLE INITIALLY DEFERRED');
    const values = { title: 'x', owner_id: 999 };
    const failing = db.transaction().execute((tx) => tx.insertInto('documents').values(values).execute());
    await expect(failing).rejects.toThrow('violates');
    expect(await told()).toEqual([]);
  });

  test('that is controlled follows its savepoints, in whatever order they are released and undone', async () => {
    const { db, told } = await worldWith();
    const tx = await db.startTransaction().execute();
    const join = (person: number) =>
      tx.insertInto('memberships').values({ org_id: 1, person_id: person, role: 'x' }).execute();
    await join(1);
    const one = await tx.savepoint('one').execute();
    await join(2);
    const two = await one.savepoint('two').execute();
    await join(3);
    await two.releaseSavepoint('two').execute();
    const again = await one.rollbackToSavepoint('one').execute();
    await join(4);
    await sql`select 1 / 0`.execute(again).catch(() => undefined);
    await again.rollbackToSavepoint('one').execute();
    await join(5);
    await again.releaseSavepoint('one').execute();
    expect(await told()).toEqual([]);
    await tx.commit().execute();
    expect((await told()).map((line) => line.split(' ')[1])).toEqual(['1:1', '1:5']);
  });

  test('in SQL on one connection is followed as well', async () => {
    const { db, told } = await worldWith();
    await db.connection().execute(async (one) => {
      const join = (person: number) =>
        one.insertInto('memberships').values({ org_id: 1, person_id: person, role: 'x' }).execute();
      await sql`START TRANSACTION`.execute(one);
      await join(1);
      await sql`ROLLBACK`.execute(one);
      await sql`BEGIN`.execute(one);
      await join(2);
      await sql`SAVEPOINT "a point"`.execute(one);
      await join(3);
      await sql`ROLLBACK TO SAVEPOINT "a point"`.execute(one);
      await sql`COMMIT`.execute(one);
      await join(4);
    });
    expect((await told()).map((line) => line.split(' ')[1])).toEqual(['1:2', '1:4']);
  });

  test('lets SQL run on its own connection, in the same transaction', async () => {
    const { db } = await worldWith();
    const id = 'SELECT pg_current_xact_id()::text AS id, $1::int AS given';
    const seen = await db.transaction().execute((tx) =>
      tx.getExecutor().provideConnection(async (connection) => {
        const unit = sessionOf(connection as unknown as Connection).unit;
        const { rows } = await sql`SELECT pg_current_xact_id()::text AS id`.execute(tx);
        const own = ((await unit?.query?.(id, [5])) ?? {}) as { rows?: unknown[] };
        return [own.rows?.[0], { ...(rows[0] ?? {}), given: 5 }];
      }),
    );
    expect(seen[0]).toEqual(seen[1]);
  });

  test('locks what it will change, as a write of its own does with `isolate`', async () => {
    const { db, events, fill } = await worldWith({ isolate: true });
    await fill({ name: 'A', email: 'a@x.org' });
    await db.updateTable('people').set({ age: 1 }).where('id', '=', 1).execute();
    expect(await db.updateTable('people').set({ age: 2 }).returning('age').execute()).toEqual([{ age: 2 }]);
    const taken = db
      .updateTable('people')
      .set({ id: null as never })
      .execute();
    await expect(taken).rejects.toThrow('null value');
    await db.deleteFrom('people').execute();
    expect((await events()).map(({ diff }) => diff)).toEqual(Array(3).fill({ fidelity: 'exact' }));
  });
});

describe('tables', () => {
  test('have the keys of the database, or those of the options, or none', async () => {
    const { any, sql: run, told } = await worldWith({ keys: { log_lines: ['line'] } });
    await run(`CREATE SCHEMA billing; CREATE TABLE billing.line_items (b int, a int, price numeric, PRIMARY KEY (a, b));
      CREATE TABLE log_lines (line int, text text); CREATE TABLE notes (text text, level int)`);
    const billing = any.withSchema('billing');
    await billing
      .insertInto('line_items')
      .values({ b: 2, a: 1, price: '12345678901234567890.5' } as never)
      .execute();
    await billing
      .updateTable('line_items')
      .set({ price: 1 } as never)
      .where('a', '=', 1 as never)
      .execute();
    await any
      .insertInto('log_lines')
      .values({ line: 4, text: 'x' } as never)
      .execute();
    await any
      .insertInto('notes')
      .values([{ text: 'a' }, { text: 'b' }] as never)
      .execute();
    await any
      .updateTable('notes')
      .set({ level: 1 } as never)
      .where('text', '=', 'a' as never)
      .execute();
    await any
      .updateTable('notes')
      .set({ level: 2 } as never)
      .execute();
    expect(await told()).toEqual([
      'line_item.create 1:2 /b=2 /a=1 /price="12345678901234567890.5" exact',
      'line_item.update 1:2 /price="1" exact',
      'log_line.create 4 /line=4 /text="x" exact',
      'note.create /text="a" /level=null exact',
      'note.create /text="b" /level=null exact',
      'note.update /level=1 exact',
      expect.stringMatching(/^note.update.* none$/),
      expect.stringMatching(/^note.update.* none$/),
    ]);
  });

  test('go by the names of the application where plugins make them', async () => {
    const join = { of: 'document', owner: 'documentId', member: 'tagId', as: 'tags' };
    const { any, sql: run, told } = await worldWith({ models: { documentTags: { join }, auditSkipped: false } });
    await run('CREATE TABLE audit_skipped (id int)');
    const cased = any.withPlugin(new CamelCasePlugin());
    await cased
      .insertInto('memberships')
      .values({ orgId: 1, personId: 2, role: 'x' } as never)
      .execute();
    await cased
      .updateTable('memberships')
      .set({ role: 'y' } as never)
      .where('orgId', '=', 1 as never)
      .where('personId', '=', 2 as never)
      .execute();
    const title = await cased
      .insertInto('documents')
      .values({ title: 'x' } as never)
      .returning('id as documentId')
      .execute();
    const [{ documentId }] = title as never as [{ documentId: string }];
    await cased
      .insertInto('documentTags')
      .values({ documentId, tagId: 1 } as never)
      .execute();
    await cased
      .insertInto('auditSkipped')
      .values({ id: 1 } as never)
      .execute();
    expect(await told()).toEqual([
      'membership.create 1:2 /orgId=1 /personId=2 /role="x" exact',
      'membership.update 1:2 /role="y" exact',
      `document.create ${documentId} /id="${documentId}" /title="x" /ownerId=null exact`,
      `document.update ${documentId} /tags/1="1" exact`,
    ]);
  });

  test("that are left out by the options, or are whodunit's own, are sent as they are", async () => {
    const { any, db, queriesOf, sql: run, told } = await worldWith({ models: { people: false } });
    await run('CREATE TABLE whodunit_events (id int PRIMARY KEY)');
    const queries = await queriesOf(async () => {
      await db.insertInto('people').values({ name: 'A' }).execute();
      await db.updateTable('people').set({ age: 1 }).execute();
      await any
        .insertInto('whodunit_events')
        .values({ id: 1 } as never)
        .execute();
    });
    expect(queries).toBe(3);
    expect(await told()).toEqual([]);
  });
});

describe('many rows', () => {
  test('above the limit tell the filter and what was set, redacted', async () => {
    const { db, events, fill } = await worldWith({ bulk: { maxRows: 1 } });
    await fill({ name: 'A', password: 'secret-a' });
    await fill({ name: 'B' });
    await db.updateTable('people').set({ password: 'secret-b', age: sql`1` }).where('name', 'in', ['A', 'B']).execute();
    await db.updateTable('people').set({ age: 2 }).where('password', '=', 'secret-b').execute();
    const found = await events();
    expect(found[0]?.metadata?.['bulk']).toMatchObject({
      count: 2,
      filter: { name: { in: ['A', 'B'] } },
      set: { age: 'set by SQL' },
    });
    expect(JSON.stringify(found)).not.toContain('secret-');
  });
});

describe('a write that returns what has no name', () => {
  test('is told as one event, or by what was there', async () => {
    const { db, errors, events } = await worldWith();
    const nameless = sql<string>`upper(name)` as never;
    await db.insertInto('people').values({ name: 'A' }).returning(nameless).execute();
    await db.updateTable('people').set({ age: 1 }).returning(nameless).execute();
    await db.deleteFrom('people').where('id', '=', 1).returning(nameless).execute();
    expect((await events()).map(({ action, diff }) => `${action} ${diff?.fidelity}`)).toEqual([
      'person.create none',
      'person.update none',
      'person.delete exact',
    ]);
    expect(errors.map(({ code }) => code)).toEqual(['AUDIT_CAPTURE_FAILED', 'AUDIT_CAPTURE_FAILED']);
  });
});

describe('a stream', () => {
  test('of a write gives its rows, and tells them', async () => {
    const { db, fill, told } = await worldWith();
    await fill({ name: 'A' }, { name: 'B' });
    const ids: number[] = [];
    for await (const { id } of db.updateTable('people').set({ age: 1 }).returning('id').stream(1)) ids.push(id);
    expect(ids).toEqual([1, 2]);
    expect(await told()).toEqual(['person.update 1 /age=1 exact', 'person.update 2 /age=1 exact']);
  });
});

describe('raw SQL', () => {
  test('that reads leaves no gap; what writes can be refused', async () => {
    const { db, told } = await worldWith({ onGap: 'throw' });
    await sql`select 1`.execute(db);
    await sql`with one as (select 1) select * from one for update`.execute(db);
    const refused = { code: 'AUDIT_WRITE_UNSEEN' };
    await expect(sql`update people set age = 1`.execute(db)).rejects.toMatchObject(refused);
    await expect(db.transaction().execute((tx) => sql`delete from people`.execute(tx))).rejects.toMatchObject(refused);
    expect(await told()).toEqual([]);
  });
});

describe('auditKysely', () => {
  test('leaves alone what it was given, and gives back what is audited already', async () => {
    const { db, auditor, told, url } = await worldWith();
    expect(auditKysely(db)).toBe(db);
    const plain = connect(url, 'not audited');
    const audited = auditKysely(plain, { auditor });
    await plain.insertInto('people').values({ name: 'A' }).execute();
    expect(await told()).toEqual([]);
    await audited.transaction().execute((tx) => auditKysely(tx).insertInto('people').values({ name: 'B' }).execute());
    expect(await told()).toHaveLength(1);
    expect(plain.withPlugin(new CamelCasePlugin()).getExecutor().plugins).toHaveLength(1);
    await audited.destroy();
  });

  test('refuses options that it does not know', async () => {
    const { db } = await worldWith();
    expect(() => auditKysely(db, { isolated: true } as KyselyOptions)).toThrow(/isolate/);
    expect(() => auditKysely(db, { keys: { people: 'id' as never } })).toThrow(/a list of columns/);
  });
});
