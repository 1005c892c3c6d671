import { createAuditor } from '@whodunit/core';
import { memorySink } from '@whodunit/testing';
import {
  DummyDriver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { auditKysely } from '../src/index';

interface Tables {
  people: { id: number; name: string };
}

/** A Kysely whose driver does nothing, or what it is told to. */
function worldOf(dialect: 'mysql' | 'postgres', answer: (sql: string) => Promise<unknown> = async () => undefined) {
  const sink = memorySink();
  const auditor = createAuditor({ sinks: [sink] });
  const sent: string[] = [];
  class Driver extends DummyDriver {
    override async acquireConnection() {
      const connection = await super.acquireConnection();
      return {
        ...connection,
        streamQuery: connection.streamQuery,
        async executeQuery({ sql }: { sql: string }) {
          sent.push(sql);
          await answer(sql);
          return { rows: [], numAffectedRows: 1n };
        },
      };
    }
  }
  const isMysql = dialect === 'mysql';
  const plain = new Kysely<Tables>({
    dialect: {
      createAdapter: () => (isMysql ? new MysqlAdapter() : new PostgresAdapter()),
      createDriver: () => new Driver(),
      createIntrospector: (db) => (isMysql ? new MysqlIntrospector(db) : new PostgresIntrospector(db)),
      createQueryCompiler: () => (isMysql ? new MysqlQueryCompiler() : new PostgresQueryCompiler()),
    },
  });
  const told = async () => {
    await auditor.close();
    return sink.events.map(({ action, metadata }) => `${action} ${metadata?.['verb']}`);
  };
  return { plain, db: auditKysely(plain, { auditor }), sent, told };
}

describe('a database that is not Postgres', () => {
  test('works as before, and its writes leave gaps', async () => {
    const { db, plain, sent, told } = worldOf('mysql');
    const values = { id: 1, name: 'A' };
    const bare = await plain.insertInto('people').values(values).execute();
    expect(await db.insertInto('people').values(values).execute()).toEqual(bare);
    await db.transaction().execute((tx) => tx.replaceInto('people').values(values).execute());
    await db.updateTable('people').set({ name: 'B' }).execute();
    await db.deleteFrom('people').execute();
    expect(sent).toHaveLength(5);
    expect((await told()).slice(0, 3)).toEqual([
      'audit.coverage_gap InsertQueryNode',
      'audit.coverage_gap UpdateQueryNode',
      'audit.coverage_gap DeleteQueryNode',
    ]);
  });
});

describe('a database that does not tell its keys', () => {
  test('leaves a gap that says what to do, and the write goes on', async () => {
    const { db, sent, told } = worldOf('postgres', async (sql) => {
      if (sql.includes('pg_index')) throw new Error('there is no pg_index');
    });
    await db.insertInto('people').values({ id: 1, name: 'A' }).execute();
    expect(sent.at(-1)).toContain('insert into "people"');
    expect(await told()).toContain('audit.coverage_gap the primary key');
  });
});
