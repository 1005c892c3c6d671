import type { AuditEvent } from '@whodunit/core';
import { worldOf } from '@whodunit/test-support/orm';
import { eq, inArray, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { alias, integer, numeric, pgSchema, pgTable, text, withReplicas } from 'drizzle-orm/pg-core';
import type { Database } from '../src/drizzle';
import { auditDrizzle, type DrizzleOptions } from '../src/index';
import { inTransaction } from '../src/transaction';
import { connect, type Db, documents, memberships, ORM, people } from './support/tables';

const open: { close(): Promise<void> }[] = [];

/** A database, its auditor, and a Drizzle of our own on it. */
async function worldWith(options: DrizzleOptions = {}) {
  let db: Db | undefined;
  const world = await worldOf(
    {
      ...ORM,
      async connect(url, given) {
        db = connect(url, given);
        const { $client } = db;
        return { verbs: {} as never, close: () => $client.end() };
      },
    },
    options,
  );
  open.push(world);
  const told = async () => (await world.told()).map(short);
  const fill = async (...values: (typeof people.$inferInsert)[]) => {
    await (db as Db).insert(people).values(values);
    await world.told();
  };
  return { ...world, events: world.told, told, fill, db: db as Db };
}

afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

const short = ({ action, changes, diff, resource }: AuditEvent) =>
  [action, resource?.id, ...(changes ?? []).map(({ path, new: is }) => `${path}=${JSON.stringify(is)}`), diff?.fidelity]
    .filter((word) => word !== undefined)
    .join(' ');

describe('an upsert', () => {
  test('of several rows tells which were made, which changed, and nothing of those that setWhere left alone', async () => {
    const { db, fill, told } = await worldWith();
    await fill({ name: 'A', email: 'a@x.org', age: 1 }, { name: 'B', email: 'b@x.org', age: 2 });
    await db
      .insert(people)
      .values([
        { name: 'A', email: 'a@x.org', age: 10 },
        { name: 'B', email: 'b@x.org', age: 20 },
        { name: 'C', email: 'c@x.org' },
      ])
      .onConflictDoUpdate({
        target: people.email,
        set: { age: sql`excluded.age` },
        setWhere: sql`${people.age} < 2`,
      });
    expect(await told()).toEqual([
      'person.update 1 /age=10 exact',
      expect.stringMatching(/^person.create \d+ .* exact$/),
    ]);
  });

  test('by a key of several columns knows what was there', async () => {
    const { db, told } = await worldWith();
    const write = (role: string) =>
      db
        .insert(memberships)
        .values({ orgId: 1, personId: 2, role })
        .onConflictDoUpdate({ target: [memberships.orgId, memberships.personId], set: { role } });
    await write('reader');
    await write('writer');
    expect(await told()).toEqual([
      'membership.create 1:2 /orgId=1 /personId=2 /role="reader" exact',
      'membership.update 1:2 /role="writer" exact',
    ]);
  });

  test('whose target is made by SQL says that it does not know', async () => {
    const { db, events } = await worldWith();
    await db
      .insert(people)
      .values({ name: 'A', email: sql`lower('A@X.org')` })
      .onConflictDoUpdate({ target: people.email, set: { name: 'A' } });
    expect(await events()).toMatchObject([{ action: 'person.update', diff: { fidelity: 'none' } }]);
  });

  test('of several rows or of a query, of which it does not know what was there, tells them all the same', async () => {
    const { db, events } = await worldWith();
    const email = (name: string) => sql`lower(${`${name}@X.org`})`;
    await db
      .insert(people)
      .values([
        { name: 'A', email: email('a') },
        { name: 'B', email: email('b') },
      ])
      .onConflictDoUpdate({ target: people.email, set: { name: 'A' } });
    const query = db
      .select({ orgId: sql<number>`7`.as('org_id'), personId: people.id, role: people.name })
      .from(people);
    await db
      .insert(memberships)
      .select(query)
      .onConflictDoUpdate({ target: [memberships.orgId, memberships.personId], set: { role: 'x' } });
    expect(await events()).toMatchObject([
      { action: 'person.update', resource: { name: 'A' }, diff: { fidelity: 'none' } },
      { action: 'person.update', resource: { name: 'B' }, diff: { fidelity: 'none' } },
      { action: 'membership.update', diff: { fidelity: 'none' }, metadata: { bulk: { count: 2 } } },
    ]);
  });

  test('that does nothing on conflict tells only what was made', async () => {
    const { db, fill, told } = await worldWith();
    await fill({ name: 'A', email: 'a@x.org' });
    await db
      .insert(people)
      .values([{ name: 'A', email: 'a@x.org' }])
      .onConflictDoNothing();
    expect(await told()).toEqual([]);
  });
});

describe('a write that takes its rows from others', () => {
  test('inserts what a query finds', async () => {
    const { db, fill, told } = await worldWith();
    await fill({ name: 'A' }, { name: 'B' });
    const query = db
      .select({ orgId: sql<number>`7`.as('org_id'), personId: people.id, role: people.name })
      .from(people);
    await db.insert(memberships).select(query);
    expect((await told()).sort()).toEqual([
      'membership.create 7:1 /orgId=7 /personId=1 /role="A" exact',
      'membership.create 7:2 /orgId=7 /personId=2 /role="B" exact',
    ]);
  });

  test('inserts more than the limit as one event', async () => {
    const { db, events, fill } = await worldWith({ bulk: { maxRows: 2 } });
    await fill({ name: 'A' }, { name: 'B' });
    await fill({ name: 'C' });
    const query = db
      .select({ orgId: sql<number>`7`.as('org_id'), personId: people.id, role: people.name })
      .from(people);
    await db.insert(memberships).select(query);
    expect(await events()).toMatchObject([{ action: 'membership.create', metadata: { bulk: { count: 3 } } }]);
  });

  test('updates from another table, and tells the same rows before and after', async () => {
    const { db, fill, told } = await worldWith();
    await fill({ name: 'A' });
    const [document] = await db.insert(documents).values({ title: 'x', ownerId: 1 }).returning();
    await told();
    await db.transaction((tx) =>
      tx
        .update(documents)
        .set({ title: sql`${people.name}` })
        .from(people)
        .where(eq(documents.ownerId, people.id)),
    );
    expect(await told()).toEqual([`document.update ${document?.id} /title="A" exact`]);
  });

  test('with an expression before it is seen, and one with a write in it leaves a gap and runs once', async () => {
    const { db, events, fill, sql: run, told } = await worldWith();
    await fill({ name: 'A' });
    const found = db.$with('found').as(db.select({ id: people.id }).from(people));
    await db.with(found).update(people).set({ age: 5 }).where(sql`${people.id} in (select id from ${found})`);
    expect(await told()).toEqual(['person.update 1 /age=5 exact']);
    const made = db.$with('made').as(db.insert(people).values({ name: 'B' }).returning({ id: people.id }));
    await db
      .with(made)
      .update(people)
      .set({ age: sql`(select id from ${made})` })
      .where(eq(people.id, 1));
    await db.with(made).select().from(made);
    expect(await events()).toMatchObject([
      { action: 'audit.coverage_gap', metadata: { verb: 'with ... update', model: 'people' } },
      { action: 'audit.coverage_gap', metadata: { verb: 'with ... select' } },
    ]);
    expect(await run('SELECT count(*)::int FROM people')).toEqual([{ count: 3 }]);
  });
});

describe('a prepared statement', () => {
  test('is an event each time it runs, by its own values', async () => {
    const { db, fill, told } = await worldWith();
    await fill({ name: 'A' }, { name: 'B' });
    const rename = db
      .update(people)
      .set({ displayName: sql`${sql.placeholder('name')}` })
      .where(eq(people.id, sql.placeholder('id')))
      .returning({ id: people.id })
      .prepare('rename');
    expect(await rename.execute({ id: 1, name: 'one' })).toEqual([{ id: 1 }]);
    expect(await rename.execute({ id: 2, name: 'two' })).toEqual([{ id: 2 }]);
    expect(await told()).toEqual([
      'person.update 1 /displayName="one" exact',
      'person.update 2 /displayName="two" exact',
    ]);
  });

  test('of an upsert finds what is there by its placeholders', async () => {
    const { db, told } = await worldWith();
    const upsert = db
      .insert(people)
      .values({ name: 'A', email: sql.placeholder('email') })
      .onConflictDoUpdate({ target: people.email, set: { age: 2 } })
      .prepare('upsert_person');
    await upsert.execute({ email: 'a@x.org' });
    await upsert.execute({ email: 'a@x.org' });
    expect((await told()).at(-1)).toBe('person.update 1 /age=2 exact');
  });
});

describe('a transaction', () => {
  test('that Postgres rolls back at its commit, because a failed statement was passed over, tells nothing', async () => {
    const { db, sql: run, told } = await worldWith();
    await db.transaction(async (tx) => {
      await tx.insert(people).values({ name: 'A' });
      await tx.execute(sql`select 1 / 0`).catch(() => undefined);
    });
    expect(await run('SELECT * FROM people')).toEqual([]);
    expect(await told()).toEqual([]);
  });

  test('that fails at its commit tells nothing', async () => {
    const { db, sql: run, told } = await worldWith();
    await run('ALTER TABLE documents ALTER CONSTRAINT documents_owner_id_fkey DEFERRABLE INITIALLY DEFERRED');
    const failing = db.transaction((tx) => tx.insert(documents).values({ title: 'x', ownerId: 999 }));
    await expect(failing).rejects.toThrow();
    expect(await told()).toEqual([]);
  });

  test('that calls rollback() tells nothing, and a savepoint that does leaves the rest', async () => {
    const { db, told } = await worldWith();
    await expect(
      db.transaction(async (tx) => {
        await tx.insert(people).values({ name: 'A' });
        tx.rollback();
      }),
    ).rejects.toThrow('Rollback');
    await db.transaction(async (tx) => {
      await tx.insert(memberships).values({ orgId: 1, personId: 1, role: 'kept' });
      const inner = tx.transaction(async (nested) => {
        await nested.insert(memberships).values({ orgId: 1, personId: 2, role: 'lost' });
        nested.rollback();
      });
      await inner.catch(() => undefined);
    });
    expect(await told()).toEqual(['membership.create 1:1 /orgId=1 /personId=1 /role="kept" exact']);
  });

  test('lets SQL run on its own connection, in the same transaction', async () => {
    const { db } = await worldWith();
    const plain = drizzle(db.$client) as unknown as Database;
    const seen = await inTransaction(plain, undefined, async (tx, unit) => {
      const id = 'SELECT pg_current_xact_id()::text AS id, $1::int AS given';
      const inner = await inTransaction(tx, unit, (_, nested) => nested.query?.(id, [5]));
      return [await unit.query?.(id, [5]), inner].map((result) => (result as { rows: unknown[] }).rows[0]);
    });
    expect(seen[0]).toEqual({ id: expect.stringMatching(/^\d+$/), given: 5 });
    expect(seen[1]).toEqual(seen[0]);
  });

  test('locks what it will change, as a write of its own does with `isolate`', async () => {
    const { db, events, fill } = await worldWith({ isolate: true });
    await fill({ name: 'A' });
    expect(await db.update(people).set({ age: 1 }).where(eq(people.id, 1))).toMatchObject({ rowCount: 1, rows: [] });
    expect(await db.update(people).set({ age: 2 }).returning({ age: people.age })).toEqual([{ age: 2 }]);
    await db.delete(people);
    expect((await events()).map(({ diff }) => diff)).toEqual(Array(3).fill({ fidelity: 'exact' }));
  });
});

describe('tables', () => {
  test('with columns in another case, in a schema, or without a key are known by what the schema says', async () => {
    const { db, sql: run, told } = await worldWith();
    await run(`CREATE SCHEMA billing; CREATE TABLE billing.line_items (line_no int PRIMARY KEY, unit_price numeric);
      CREATE TABLE log_lines (text text, level int)`);
    const lines = pgSchema('billing').table('line_items', {
      lineNo: integer().primaryKey(),
      unitPrice: numeric({ mode: 'number' }),
    });
    const logs = pgTable('log_lines', { text: text(), level: integer() });
    const cased = auditDrizzle(drizzle(db.$client, { casing: 'snake_case' }));
    await cased.insert(lines).values({ lineNo: 1, unitPrice: 1 });
    const price = '12345678901234567890.5';
    await cased
      .update(lines)
      .set({ unitPrice: sql`${price}` })
      .where(eq(lines.lineNo, 1));
    await cased.insert(logs).values([{ text: 'a' }, { text: 'b' }]);
    await cased.update(logs).set({ level: 1 }).where(eq(logs.text, 'a'));
    await cased.update(logs).set({ level: 2 });
    expect(await told()).toEqual([
      'line_item.create 1 /lineNo=1 /unitPrice=1 exact',
      `line_item.update 1 /unitPrice="${price}" exact`,
      'log_line.create /text="a" /level=null exact',
      'log_line.create /text="b" /level=null exact',
      'log_line.update /level=1 exact',
      expect.stringMatching(/^log_line.update.* none$/),
      expect.stringMatching(/^log_line.update.* none$/),
    ]);
  });

  test('under an alias, and through replicas, are seen', async () => {
    const { db, auditor, fill, told } = await worldWith();
    await fill({ name: 'A' });
    const p = alias(people, 'p');
    await db.update(p).set({ age: 3 }).where(eq(p.id, 1));
    const plain = drizzle(db.$client);
    const replicated = auditDrizzle(withReplicas(plain, [plain]), { auditor });
    await replicated.update(people).set({ age: 4 }).where(eq(people.id, 1));
    await replicated.$primary.update(people).set({ age: 5 }).where(eq(people.id, 1));
    await replicated.transaction((tx) => tx.update(people).set({ age: 6 }).where(eq(people.id, 1)));
    expect(await replicated.select({ age: people.age }).from(people)).toEqual([{ age: 6 }]);
    expect(await told()).toEqual([3, 4, 5, 6].map((age) => `person.update 1 /age=${age} exact`));
  });

  test("that are left out by the options, or are whodunit's own, are sent as they are", async () => {
    const { db, queriesOf, sql: run, told } = await worldWith({ models: { people: false } });
    await run('CREATE TABLE whodunit_events (id int PRIMARY KEY)');
    const own = pgTable('whodunit_events', { id: integer().primaryKey() });
    const queries = await queriesOf(async () => {
      await db.insert(people).values({ name: 'A' });
      await db.update(people).set({ age: 1 });
      await db.insert(own).values({ id: 1 });
    });
    expect(queries).toBe(3);
    expect(await told()).toEqual([]);
  });
});

describe('many rows', () => {
  test('above the limit tell the filter, the values by their columns, and what was set, redacted', async () => {
    const { db, events, fill } = await worldWith({ bulk: { maxRows: 1 } });
    await fill({ name: 'A', password: 'secret-a' });
    await fill({ name: 'B' });
    await db
      .update(people)
      .set({ password: 'secret-b', age: sql`1` })
      .where(inArray(people.name, ['A', 'B']));
    await db.update(people).set({ age: 2 }).where(eq(people.password, 'secret-b'));
    const found = await events();
    expect(found[0]?.metadata?.['bulk']).toMatchObject({
      count: 2,
      filter: { sql: '"people"."name" in ($1, $2)', values: { name: ['A', 'B'] } },
      set: { age: 'set by SQL' },
    });
    expect(JSON.stringify(found)).not.toContain('secret-');
  });
});

describe('raw SQL', () => {
  test('that reads leaves no gap; what writes can be refused', async () => {
    const { db, told } = await worldWith({ onGap: 'throw' });
    await db.execute(sql`select 1`);
    await db.execute('with one as (select 1) select * from one for update');
    await expect(db.execute(sql`update people set age = 1`)).rejects.toMatchObject({ code: 'AUDIT_WRITE_UNSEEN' });
    await expect(db.transaction((tx) => tx.execute(sql`delete from people`))).rejects.toMatchObject({
      code: 'AUDIT_WRITE_UNSEEN',
    });
    expect(await told()).toEqual([]);
  });
});

describe('auditDrizzle', () => {
  test('leaves alone what it was given, and gives back what is audited already', async () => {
    const { db, told } = await worldWith();
    expect(auditDrizzle(db)).toBe(db);
    const plain = drizzle(db.$client);
    auditDrizzle(plain);
    await plain.insert(people).values({ name: 'A' });
    expect(await told()).toEqual([]);
  });

  test('refuses options that it does not know', async () => {
    const { db } = await worldWith();
    expect(() => auditDrizzle(db, { isolated: true } as DrizzleOptions)).toThrow(/isolate/);
  });
});
