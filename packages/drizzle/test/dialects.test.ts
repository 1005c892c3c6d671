import { createAuditor } from '@whodunit/core';
import { memorySink } from '@whodunit/testing';
import { eq, sql } from 'drizzle-orm';
import { int, mysqlTable } from 'drizzle-orm/mysql-core';
import { drizzle as mysqlProxy } from 'drizzle-orm/mysql-proxy';
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
import { drizzle as sqliteProxy } from 'drizzle-orm/sqlite-proxy';
import { auditDrizzle } from '../src/index';

/** Both send to a function of ours, which keeps what it is sent. */
function auditorWith() {
  const sink = memorySink();
  const auditor = createAuditor({ sinks: [sink] });
  const gaps = async () => {
    await auditor.close();
    return sink.events.map(({ action, metadata }) => `${action} ${metadata?.['verb']} ${metadata?.['model']}`);
  };
  return { auditor, gaps };
}

describe('a database that is not Postgres', () => {
  test('of MySQL works as before, and its writes leave gaps', async () => {
    const { auditor, gaps } = auditorWith();
    const sent: string[] = [];
    const people = mysqlTable('people', { id: int('id').primaryKey() });
    const plain = mysqlProxy(async (text) => {
      sent.push(text);
      return { rows: [{ affectedRows: 1 }] };
    });
    const db = auditDrizzle(plain, { auditor });
    expect(await db.insert(people).values({ id: 1 })).toEqual(await plain.insert(people).values({ id: 1 }));
    await db.update(people).set({ id: 2 }).where(eq(people.id, 1)).prepare().execute();
    await db.delete(people);
    await db.execute(sql`select 1`);
    expect(sent).toHaveLength(5);
    expect(await gaps()).toEqual([
      'audit.coverage_gap insert people',
      'audit.coverage_gap update people',
      'audit.coverage_gap delete people',
    ]);
  });

  test('of SQLite works as before, and its writes leave gaps', async () => {
    const { auditor, gaps } = auditorWith();
    const sent: string[] = [];
    const people = sqliteTable('people', { id: integer('id').primaryKey() });
    const plain = sqliteProxy(
      async (text) => {
        sent.push(text);
        return { rows: [['1']] };
      },
      async (queries) => queries.map(() => ({ rows: [] })),
    );
    const db = auditDrizzle(plain, { auditor });
    await db.insert(people).values({ id: 1 }).run();
    await db.update(people).set({ id: 2 });
    expect(await db.delete(people).returning().all()).toEqual(await plain.delete(people).returning().all());
    await db.run(sql`vacuum`);
    await db.all(sql`select 1`);
    await db.batch([db.insert(people).values({ id: 3 })]);
    await db.transaction(async (tx) => {
      await tx.insert(people).values({ id: 4 });
    });
    expect(sent).toHaveLength(9);
    expect(await gaps()).toEqual([
      'audit.coverage_gap insert people',
      'audit.coverage_gap update people',
      'audit.coverage_gap delete people',
      'audit.coverage_gap run undefined',
      'audit.coverage_gap batch undefined',
      expect.stringMatching('audit.coverage_gap insert'),
    ]);
  });
});
