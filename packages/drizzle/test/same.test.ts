import { type AuditError, createAuditor } from '@whodunit/core';
import { SCHEMA } from '@whodunit/test-support/orm';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { memorySink } from '@whodunit/testing';
import { eq, getTableColumns, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { connect, type Db, documents, memberships, people } from './support/tables';

/** Each verb runs on a database of its own, bare and audited: what the application gets must be the same. */
const VERBS: Readonly<Record<string, (db: Db) => unknown>> = {
  insert: (db) => db.insert(people).values({ name: 'C' }),
  'insert of many': (db) => db.insert(people).values([{ name: 'C' }, { name: 'D' }]),
  'insert returning all': (db) => db.insert(documents).values({ id: ID, title: 'x' }).returning(),
  'insert returning some': (db) => db.insert(people).values({ name: 'C' }).returning({ key: people.id }),
  'insert returning SQL': (db) =>
    db
      .insert(people)
      .values({ name: 'C' })
      .returning({ up: sql<string>`upper(${people.name})` }),
  'insert on conflict do nothing': (db) =>
    db
      .insert(people)
      .values([{ name: 'C', email: 'a@x.org' }, { name: 'D' }])
      .onConflictDoNothing(),
  'insert on conflict do nothing, with a target': (db) =>
    db.insert(people).values({ name: 'C', email: 'a@x.org' }).onConflictDoNothing({ target: people.email }).returning(),
  upsert: (db) =>
    db
      .insert(people)
      .values({ name: 'C', email: 'a@x.org' })
      .onConflictDoUpdate({ target: people.email, set: { name: 'new' } })
      .returning({ id: people.id, name: people.name }),
  'insert from a query': (db) =>
    db.insert(memberships).select(
      db
        .select({ orgId: sql<number>`7`.as('org_id'), personId: people.id, role: people.state })
        .from(people)
        .orderBy(people.id),
    ),
  'insert overriding system values': (db) => db.insert(people).overridingSystemValue().values({ id: 77, name: 'C' }),
  update: (db) => db.update(people).set({ age: 3 }).where(eq(people.id, 1)),
  'update of all': (db) => db.update(people).set({ age: sql`${people.age} + 1` }),
  'update of none': (db) => db.update(people).set({ age: 3 }).where(eq(people.id, 999)),
  'update returning all': (db) => db.update(documents).set({ title: 'y' }).returning(),
  'update returning some': (db) =>
    db.update(people).set({ age: 3 }).where(eq(people.id, 1)).returning({ id: people.id }),
  'update from another table': (db) =>
    db
      .update(documents)
      .set({ title: people.name as never })
      .from(people)
      .where(eq(documents.ownerId, people.id)),
  'update from another table, returning': (db) =>
    db
      .update(documents)
      .set({ title: sql`${people.name}` })
      .from(people)
      .where(eq(documents.ownerId, people.id))
      .returning({ id: documents.id, title: documents.title, owner: people.name }),
  'update from a table joined to another, returning all': (db) => {
    const other = alias(people, 'other');
    return db
      .update(documents)
      .set({ title: 'z' })
      .from(people)
      .leftJoin(other, eq(other.id, sql`${people.id} + 1000`))
      .where(eq(documents.ownerId, people.id))
      .returning({ id: documents.id, people: { id: people.id }, other: { id: other.id } });
  },
  'update of an alias': (db) => {
    const p = alias(people, 'p');
    return db.update(p).set({ age: 3 }).where(eq(p.id, 1)).returning({ age: p.age });
  },
  'update with an expression before it': (db) => {
    const old = db.$with('old').as(db.select({ id: people.id }).from(people).where(eq(people.name, 'A')));
    return db.with(old).update(people).set({ age: 9 }).where(sql`${people.id} in (select id from ${old})`);
  },
  delete: (db) => db.delete(people).where(eq(people.id, 2)),
  'delete by criteria, returning': (db) =>
    db.delete(people).where(eq(people.name, 'B')).returning({ name: people.name }),
  'delete with an expression before it': (db) => {
    const old = db.$with('old').as(db.select({ id: people.id }).from(people).where(eq(people.name, 'B')));
    return db.with(old).delete(people).where(sql`${people.id} in (select id from ${old})`).returning({ id: people.id });
  },
  'then, catch and finally': async (db) => {
    const log: unknown[] = [];
    await db
      .update(people)
      .set({ age: 3 })
      .where(eq(people.id, 1))
      .returning({ id: people.id })
      .then((rows) => log.push(rows));
    await db
      .insert(people)
      .values({ id: 1, name: 'again' })
      .catch((error: Error) => log.push(error.name, error.message));
    await db
      .delete(people)
      .where(eq(people.id, 2))
      .finally(() => log.push('finally'));
    return log;
  },
  'execute()': (db) => db.update(people).set({ age: 3 }).where(eq(people.id, 1)).execute(),
  '$dynamic()': (db) => db.update(people).set({ age: 3 }).$dynamic().where(eq(people.id, 1)),
  'toSQL()': (db) => [
    db.insert(people).values({ name: 'C' }).toSQL(),
    db.update(people).set({ age: 3 }).where(eq(people.id, 1)).returning({ id: people.id }).toSQL(),
    db.delete(people).toSQL(),
  ],
  'a prepared statement': async (db) => {
    const update = db
      .update(people)
      .set({ age: 3 })
      .where(eq(people.id, sql.placeholder('id')))
      .prepare('older');
    const asked = db
      .insert(people)
      .values({ name: sql.placeholder('name') })
      .returning({ name: people.name })
      .prepare('made');
    return [await update.execute({ id: 1 }), await update.execute({ id: 2 }), await asked.execute({ name: 'P' })];
  },
  'a violated constraint': (db) => db.insert(people).values({ name: 'C', email: 'a@x.org' }),
  'a missing placeholder': (db) => db.delete(people).where(eq(people.id, sql.placeholder('id'))),
  'a wrong value in a transaction': (db) =>
    db
      .transaction((tx) =>
        tx
          .update(people)
          .set({ age: 1 })
          .where(eq(people.id, 'x' as never)),
      )
      .catch(({ cause }) => cause.code),
  'nothing to set': (db) => db.update(people).set({}),
  'raw SQL': (db) => db.execute(sql`update people set age = 5`),
  reads: async (db) => [
    await db
      .select({ ...getTableColumns(people), updatedAt: sql`1` })
      .from(people)
      .orderBy(people.id),
    await db.query.people.findFirst({ columns: { name: true } }),
    await db.$count(people),
  ],
  'a transaction': (db) =>
    db.transaction(async (tx) => (await tx.update(people).set({ age: 1 }).returning({ id: people.id })).length),
  'a transaction with settings': (db) =>
    db.transaction((tx) => tx.execute(sql`show transaction_isolation`).then(({ rows }) => rows), {
      isolationLevel: 'serializable',
    }),
  'a transaction that is rolled back': (db) =>
    db.transaction(async (tx) => {
      await tx.delete(people);
      tx.rollback();
    }),
  'a transaction that throws what is no error': (db) => db.transaction(() => Promise.reject('why')),
};
const ID = '00000000-0000-4000-8000-000000000001';

const RESET = `
  TRUNCATE people, documents, memberships, document_tags RESTART IDENTITY CASCADE;
  INSERT INTO people (name, email, age) VALUES ('A', 'a@x.org', 1), ('B', 'b@x.org', 2);
  INSERT INTO documents (id, title, owner_id) VALUES ('00000000-0000-4000-8000-000000000002', 'doc', 1)`;
const STATE = `
  SELECT id, name, email, age, (SELECT json_agg(title) FROM documents) titles, (SELECT json_agg(m) FROM memberships m) members
  FROM people ORDER BY id`;

describe.each([
  ['on PostgreSQL 18', 18],
  ['on PostgreSQL before 18', 17],
])('what the application gets is the same, audited or not, %s:', (_, serverVersion) => {
  let url: string;
  let bare: Db;
  let audited: Db;
  const errors: AuditError[] = [];
  const auditor = createAuditor({ sinks: [memorySink()], onError: (error) => errors.push(error) });

  beforeAll(async () => {
    url = await createTestDatabase();
    bare = connect(url, 'not audited');
    audited = connect(url, { auditor, serverVersion });
    await bare.$client.query(SCHEMA);
  });
  afterAll(async () => {
    await Promise.all([bare.$client.end(), audited.$client.end(), auditor.close()]);
  });

  test.each(Object.keys(VERBS))('%s', async (name) => {
    const [without, withAudit] = [await outcomeOf(bare, name), await outcomeOf(audited, name)];
    expect(withAudit).toEqual(without);
    // Where the application's own filter is wrong, nothing can be read by it either.
    const isRead = /wrong/.test(name) && serverVersion < 18;
    expect(errors.splice(0).map(({ code }) => code)).toEqual(isRead ? ['AUDIT_CAPTURE_FAILED'] : []);
    expect(Object.getPrototypeOf(withAudit.result ?? {})).toBe(Object.getPrototypeOf(without.result ?? {}));
  });

  async function outcomeOf(db: Db, name: string) {
    await db.$client.query(RESET);
    const outcome: { result?: unknown; error?: unknown; rows?: unknown } = {};
    try {
      outcome.result = withoutFunctions(await VERBS[name]?.(db));
    } catch (error) {
      outcome.error =
        error instanceof Error
          ? {
              ...error,
              kind: error.constructor,
              message: error.message,
              stack: error.stack?.split('\n    at ')[0],
              cause: String(error.cause),
            }
          : error;
    }
    outcome.rows = (await db.$client.query(STATE)).rows;
    return outcome;
  }
});

/** Drizzle gives each query a function of its own to parse types, which the result holds. */
function withoutFunctions(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(withoutFunctions);
  if (typeof result === 'object' && result !== null && '_types' in result) result._types = undefined;
  return result;
}
