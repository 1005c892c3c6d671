import { type AuditError, createAuditor } from '@whodunit/core';
import { SCHEMA } from '@whodunit/test-support/orm';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { memorySink } from '@whodunit/testing';
import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { auditKysely } from '../src/index';
import type { Db, Tables } from './support/tables';

/** Each verb runs bare and audited: what the application gets must be the same. */
const VERBS: Readonly<Record<string, (db: Db) => unknown>> = {
  insert: (db) => db.insertInto('people').values({ name: 'C' }).execute(),
  'insert, the first': (db) => db.insertInto('people').values({ name: 'C' }).executeTakeFirst(),
  'insert of many': (db) =>
    db
      .insertInto('people')
      .values([{ name: 'C' }, { name: 'D', age: 1 }])
      .execute(),
  'insert of defaults': (db) => db.insertInto('document_tags').defaultValues().execute(),
  'insert returning all': (db) => db.insertInto('documents').values({ id: ID, title: 'x' }).returningAll().execute(),
  'insert returning some': (db) =>
    db.insertInto('people').values({ name: 'C' }).returning(['id', 'name as called']).execute(),
  'insert returning SQL': (db) =>
    db
      .insertInto('people')
      .values({ name: 'C' })
      .returning((eb) => [eb.fn<string>('upper', ['name']).as('name'), 'people.id'])
      .executeTakeFirstOrThrow(),
  'insert returning all and more': (db) =>
    db
      .insertInto('documents')
      .values({ id: ID, title: 'x' })
      .returningAll()
      .returning(sql<number>`1`.as('one'))
      .execute(),
  'insert on conflict do nothing': (db) =>
    db
      .insertInto('people')
      .values([
        { name: 'C', email: 'a@x.org' },
        { name: 'D', email: null },
      ])
      .onConflict((oc) => oc.column('email').doNothing())
      .execute(),
  upsert: (db) =>
    db
      .insertInto('people')
      .values({ name: 'C', email: 'a@x.org' })
      .onConflict((oc) => oc.column('email').doUpdateSet({ name: 'new' }))
      .returning(['id', 'name'])
      .execute(),
  'upsert by a constraint': (db) =>
    db
      .insertInto('people')
      .values({ name: 'C', email: 'a@x.org' })
      .onConflict((oc) => oc.constraint('people_email_key').doUpdateSet({ name: 'new' }))
      .execute(),
  'insert from a query': (db) =>
    db
      .insertInto('memberships')
      .columns(['org_id', 'person_id', 'role'])
      .expression((eb) =>
        eb.selectFrom('people').select([sql<number>`7`.as('org_id'), 'id as person_id', 'state as role']),
      )
      .execute(),
  update: (db) => db.updateTable('people').set({ age: 3 }).where('id', '=', 1).execute(),
  'update, the first': (db) => db.updateTable('people').set({ age: 3 }).where('id', '=', 1).executeTakeFirst(),
  'update of all': (db) =>
    db
      .updateTable('people')
      .set((eb) => ({ age: eb('age', '+', 1) }))
      .execute(),
  'update of none': (db) => db.updateTable('people').set({ age: 3 }).where('id', '=', 999).executeTakeFirst(),
  'update of none, or an error': (db) =>
    db.updateTable('people').set({ age: 3 }).where('id', '=', 999).returning('id').executeTakeFirstOrThrow(),
  'update returning some': (db) =>
    db.updateTable('people').set({ age: 3 }).where('id', '=', 1).returning('age').execute(),
  'update from another table': (db) =>
    db
      .updateTable('documents')
      .from('people')
      .set((eb) => ({ title: eb.ref('people.name') }))
      .whereRef('documents.owner_id', '=', 'people.id')
      .returning(['documents.title', 'people.id', 'people.name as owner'])
      .execute(),
  'update from a table joined to another': (db) =>
    db
      .updateTable('documents as d')
      .from('people as p')
      .leftJoin('people as o', 'o.id', 'p.age')
      .set({ title: 'z' })
      .whereRef('d.owner_id', '=', 'p.id')
      .returning(['d.title', 'o.name as other'])
      .execute(),
  'update with an expression before it': (db) =>
    db
      .with('old', (qb) => qb.selectFrom('people').select('id').where('name', '=', 'A'))
      .updateTable('people')
      .set({ age: 9 })
      .where('id', 'in', (eb) => eb.selectFrom('old').select('id'))
      .execute(),
  delete: (db) => db.deleteFrom('people').where('id', '=', 2).executeTakeFirst(),
  'delete using another table': (db) =>
    db
      .deleteFrom('documents')
      .using('people')
      .whereRef('documents.owner_id', '=', 'people.id')
      .returning('title')
      .execute(),
  'delete by criteria, returning': (db) =>
    db.deleteFrom('people').where('name', '=', 'B').returning(['name', 'age']).execute(),
  'a merge': (db) =>
    db
      .mergeInto('people')
      .using('documents', 'documents.owner_id', 'people.id')
      .whenMatched()
      .thenUpdateSet({ age: 8 })
      .executeTakeFirstOrThrow(),
  'a write within an expression': (db) =>
    db
      .with('made', (qb) => qb.insertInto('people').values({ name: 'W' }).returning('name'))
      .selectFrom('made')
      .selectAll()
      .execute(),
  'an explained update': async (db) => (await db.updateTable('people').set({ age: 3 }).explain()).length,
  'compile()': (db) => db.updateTable('people').set({ age: 3 }).where('id', '=', 1).returning('id').compile().sql,
  'a compiled query': (db) => db.executeQuery(db.updateTable('people').set({ age: 3 }).where('id', '=', 1).compile()),
  'raw SQL': (db) => sql`update people set age = 5`.execute(db),
  'raw SQL, compiled': (db) => db.executeQuery(CompiledQuery.raw('update people set age = $1', [6])),
  'a violated constraint': (db) => db.insertInto('people').values({ name: 'C', email: 'a@x.org' }).execute(),
  'a wrong value in a transaction': (db) =>
    db
      .transaction()
      .execute((tx) =>
        tx
          .updateTable('people')
          .set({ age: 1 })
          .where('id', '=', 'x' as never)
          .execute(),
      )
      .catch(({ code }) => code),
  reads: async (db) => [
    await db.selectFrom('people').select(['id', 'name']).orderBy('id').execute(),
    (await db.introspection.getTables()).length,
  ],
  'a transaction': (db) =>
    db
      .transaction()
      .setIsolationLevel('serializable')
      .execute(async (tx) => [
        await tx.updateTable('people').set({ age: 1 }).executeTakeFirst(),
        await sql`show transaction_isolation`.execute(tx),
        tx.isTransaction,
      ]),
  'a transaction that is rolled back': (db) =>
    db.transaction().execute(async (tx) => {
      await tx.deleteFrom('documents').execute();
      throw 'why';
    }),
  'a transaction that is over': async (db) => {
    const tx = await db.startTransaction().execute();
    await tx.commit().execute();
    return tx.deleteFrom('people').execute();
  },
  'one connection': (db) =>
    db.connection().execute(async (one) => {
      await sql`set application_name = 'x'`.execute(one);
      return one.updateTable('people').set({ age: 1 }).execute();
    }),
  'plugins and schemas': (db) =>
    db
      .withSchema('public')
      .withPlugin(new CamelCasePlugin())
      .updateTable('people')
      .set({ displayName: 'd' } as never)
      .where('id', '=', 1)
      .returning(['displayName', 'id'] as never)
      .execute(),
};
const ID = '00000000-0000-4000-8000-000000000001';
const RESET = `
  TRUNCATE people, documents, memberships, document_tags RESTART IDENTITY CASCADE;
  INSERT INTO people (name, email, age) VALUES ('A', 'a@x.org', 1), ('B', 'b@x.org', 2);
  INSERT INTO documents (id, title, owner_id) VALUES ('00000000-0000-4000-8000-000000000002', 'doc', 1)`;
const STATE = `
  SELECT id, name, email, age, (SELECT json_agg(title) FROM documents) titles, (SELECT json_agg(m) FROM memberships m) members
  FROM people ORDER BY id`;

describe('what the application gets is the same, audited or not:', () => {
  let pool: pg.Pool;
  let bare: Db;
  let audited: Db;
  const errors: AuditError[] = [];
  const auditor = createAuditor({ sinks: [memorySink()], onError: (error) => errors.push(error) });

  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: await createTestDatabase() });
    await pool.query(SCHEMA);
    bare = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    audited = auditKysely(bare, { auditor });
  });
  afterAll(() => Promise.all([bare.destroy(), auditor.close()]));

  test.each(Object.keys(VERBS))('%s', async (name) => {
    const [without, withAudit] = [await outcomeOf(bare, name), await outcomeOf(audited, name)];
    expect(withAudit).toStrictEqual(without);
    // Where the application's own filter is wrong, nothing can be read by it either.
    expect(errors.splice(0).map(({ code }) => code)).toEqual(/wrong/.test(name) ? ['AUDIT_CAPTURE_FAILED'] : []);
  });

  async function outcomeOf(db: Db, name: string) {
    await pool.query(RESET);
    const outcome: { result?: unknown; error?: unknown; rows?: unknown } = {};
    try {
      outcome.result = await VERBS[name]?.(db);
    } catch (error) {
      const told = error as Error & { code?: string };
      outcome.error =
        error instanceof Error ? { kind: told.constructor, message: told.message, code: told.code } : error;
    }
    outcome.rows = (await pool.query(STATE)).rows;
    return outcome;
  }
});
