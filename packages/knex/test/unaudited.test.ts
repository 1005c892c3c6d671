import type { Knex } from 'knex';
import { knexWorld, short } from './support/knex-world';

describe('what is not audited', () => {
  test.each([
    ['select 1', 0],
    ["select 'delete from people' as text -- update people", 0],
    ['update people set age = 1', 1],
    ['/* why */ DELETE FROM "public"."people"', 1],
    ['with x as (select 1) insert into tags (name) select 1 from x', 1],
    ['with x as (delete from tags where id > 99 returning id) select * from x', 1],
    ['select 1; truncate table memberships', 1],
    ['explain analyze update people set age = 1', 1],
    ['create table more (id int)', 0],
    ['select * from people for update', 0],
    ['do $$ begin perform 1; end $$', 1],
  ])('raw SQL leaves a gap only when it writes: %s', async (sql, gaps) => {
    const world = await knexWorld();
    try {
      await world.db.raw(sql);
      expect((await world.told()).map(({ action }) => action)).toEqual(Array(gaps).fill('audit.coverage_gap'));
    } finally {
      await world.close();
    }
  });

  test('migrations, their tables, seeds and the trail itself leave nothing', async () => {
    const world = await knexWorld();
    const { db } = world;
    try {
      const migration = {
        up: (knex: Knex) => knex('tags').insert({ name: 'migrated' }),
        down: (knex: Knex) => knex('tags').where({ name: 'migrated' }).del(),
      };
      await db.migrate.latest({
        migrationSource: {
          getMigrations: async () => ['1'],
          getMigrationName: () => '1',
          getMigration: async () => migration,
        },
      });
      await db.seed.run({
        seedSource: {
          getSeeds: async () => ['1'],
          getSeed: async () => ({ seed: (knex) => knex('tags').insert({ name: 'seeded' }) }),
        },
      });
      await db('knex_migrations').update({ batch: 2 });
      await db.raw('create schema whodunit');
      await db.raw('create table whodunit.events (id int primary key)');
      await db('whodunit.events').insert({ id: 1 });
      await db.withSchema('whodunit').from('events').where({ id: 1 }).update({ id: 2 });
      expect(await db('tags').pluck('name').orderBy('id')).toEqual(['red', 'green', 'blue', 'migrated', 'seeded']);
      expect(await world.told()).toEqual([]);
      await db('tags').insert({ name: 'told' });
      expect((await world.told()).map(short)).toEqual(['tag.create 6 /id /name']);
    } finally {
      await world.close();
    }
  });
});
