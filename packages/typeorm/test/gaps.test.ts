import { AuditError } from '@whodunit/core';
import { type AuditTypeormOptions, auditTypeorm } from '@whodunit/typeorm';
import { rawWriteIn } from '../src/sql';
import { entitiesFor } from './support/entities';
import { closeSessions, sessionOf } from './support/session';
import { VERSIONS } from './support/versions';

afterEach(closeSessions);

describe('SQL', () => {
  test.each([
    ['SELECT 1', undefined],
    ['select * from people for update', undefined],
    ['SELECT replace(name, $1, $2) FROM people', undefined],
    ["SELECT 'x; DELETE FROM people'", undefined],
    ['/* ; delete from people */ SELECT 1 -- ; delete from people', undefined],
    ['WITH a AS (SELECT 1) SELECT * FROM a', undefined],
    ['CREATE TABLE people (id int)', undefined],
    ['START TRANSACTION', undefined],
    ['SET LOCAL lock_timeout = 1', undefined],
    ['EXPLAIN DELETE FROM people', undefined],
    ['DO $$ BEGIN DELETE FROM people; END $$', { verb: 'do', table: undefined }],
    ['  update "people" set age = 1', { verb: 'update', table: 'people' }],
    ['INSERT INTO public."people" (id) VALUES (1)', { verb: 'insert', table: 'public.people' }],
    ['DELETE FROM ONLY people', { verb: 'delete', table: 'people' }],
    ['TRUNCATE TABLE "people"', { verb: 'truncate', table: 'people' }],
    ['WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone', { verb: 'delete', table: 'people' }],
    ['WITH a AS (SELECT 1) UPDATE people SET age = 1', { verb: 'update', table: 'people' }],
    ['SELECT 1; UPDATE people SET age = 1', { verb: 'update', table: 'people' }],
    ['MERGE INTO people USING x ON true WHEN MATCHED THEN DELETE', { verb: 'merge', table: 'people' }],
    ['CALL close_month(1)', { verb: 'call', table: 'close_month' }],
    ['EXPLAIN ANALYZE UPDATE people SET age = 1', { verb: 'update', table: 'people' }],
    ['INSERT IGNORE INTO `people` VALUES (1)', { verb: 'insert', table: 'people' }],
  ])('%s', (sql, write) => {
    expect(rawWriteIn(sql)).toEqual(write);
  });
});

describe.each(VERSIONS)('raw SQL of TypeORM %s', (_name, orm) => {
  async function opened(audit: AuditTypeormOptions = {}) {
    const entities = entitiesFor(orm);
    const session = await sessionOf(orm, { entities: Object.values(entities), audit });
    return { ...session, ...entities };
  }

  test('leaves a gap when it writes, whichever way it is sent, and none when it reads', async () => {
    const { Person, source, told } = await opened();
    await source.query('SELECT * FROM people WHERE id = $1', [1]);
    expect(await told()).toEqual([]);
    await source.query('UPDATE people SET age = $1', [1]);
    await source.getRepository(Person).query('DELETE FROM people');
    await source.transaction((manager) => manager.query("INSERT INTO tags (name) VALUES ('red')"));
    const runner = source.createQueryRunner();
    await runner.query('CREATE TABLE loose (id int)');
    await runner.query('INSERT INTO loose VALUES (1)');
    await runner.release();
    expect((await told()).map(({ action, metadata }) => [action, metadata?.['verb'], metadata?.['model']])).toEqual([
      ['audit.coverage_gap', 'query', 'Person'],
      ['audit.coverage_gap', 'query', 'Tag'],
      ['audit.coverage_gap', 'query', 'loose'],
    ]);
  });

  test('leaves none when it fails, of models that are not audited, and of the trail itself', async () => {
    const { source, told } = await opened({ models: { Person: false } });
    await expect(source.query('UPDATE tags SET nothing = 1')).rejects.toThrow(/nothing/);
    await source.query('UPDATE people SET age = 1');
    await source.query('CREATE SCHEMA whodunit');
    await source.query('CREATE TABLE whodunit.events (id int)');
    await source.query('INSERT INTO whodunit.events VALUES (1)');
    expect(await told()).toEqual([]);
  });

  test('is refused before it is sent where the options say so', async () => {
    const { Person, source } = await opened({ onGap: 'throw' });
    await source.manager.insert(Person, { name: 'Ann', state: 'new' });
    await expect(source.query('DELETE FROM people')).rejects.toMatchObject({ code: 'AUDIT_WRITE_UNSEEN' });
    expect(await source.manager.count(Person)).toBe(1);
    await source.transaction((manager) => manager.save(Person, { id: 1, age: 2 }));
  });

  test('of migrations and of the cache of queries, which TypeORM sends for itself, leaves none', async () => {
    class Make1700000000000 {
      async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
        await runner.query('CREATE TABLE made (id int)');
      }
      async down(): Promise<void> {}
    }
    const entities = entitiesFor(orm);
    const { source, told } = await sessionOf(orm, {
      entities: Object.values(entities),
      audit: { onGap: 'throw' },
      source: { migrations: [Make1700000000000], cache: true },
    });
    expect(await source.runMigrations()).toHaveLength(1);
    await source.manager.find(entities.Person, { cache: true });
    await source.synchronize();
    expect(await told()).toEqual([]);
  });
});

describe('options', () => {
  const [, orm] = VERSIONS[0] as (typeof VERSIONS)[number];
  const failure = (work: () => unknown): AuditError | undefined => {
    try {
      work();
      return undefined;
    } catch (error) {
      return error instanceof AuditError ? error : undefined;
    }
  };

  test('that are unknown are refused, with a suggestion', () => {
    const source = new orm.DataSource({ type: 'postgres' });
    expect(failure(() => auditTypeorm(source, { isolated: true } as never))).toMatchObject({
      code: 'AUDIT_OPTION_INVALID',
      message: 'auditTypeorm: unknown option `isolated`. Did you mean `isolate`?',
    });
  });

  test('need a data source that has query builders', () => {
    expect(failure(() => auditTypeorm({ options: { type: 'postgres' }, isInitialized: false }))?.message).toMatch(
      /must be a DataSource/,
    );
    const mongo = Object.assign(new orm.DataSource({ type: 'postgres' }), { options: { type: 'mongodb' } });
    expect(failure(() => auditTypeorm(mongo))?.message).toMatch(/MongoDB/);
  });
});
