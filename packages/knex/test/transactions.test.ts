import { Unit } from '@whodunit/core/writes';
import type { Knex } from 'knex';
import type { Client } from '../src/knex-parts';
import { openTransaction } from '../src/transactions';
import { type KnexWorld, knexWorld, short } from './support/knex-world';

let world: KnexWorld;
beforeEach(async () => {
  world = await knexWorld();
});
afterEach(() => world.close());

const told = async () => (await world.told()).map(short);

test('a transaction by hand tells when it is committed, and nothing when it is rolled back', async () => {
  const { db } = world;
  const trx = await db.transaction();
  await trx('tags').insert({ name: 'kept' });
  await db('tags').insert({ name: 'besides' }).transacting(trx);
  expect(await told()).toEqual([]);
  await trx.commit();
  expect(await told()).toEqual(['tag.create 4 /id /name', 'tag.create 5 /id /name']);
  const undone = await db.transaction();
  await undone('tags').insert({ name: 'lost' });
  await undone.rollback();
  expect(await told()).toEqual([]);
});

test('a transaction has told when the application learns that it is committed', async () => {
  const { db } = world;
  const trx = await db.transaction();
  await trx('tags').insert({ name: 'kept' });
  const learned = trx.executionPromise.then(told);
  await trx.commit();
  expect(await learned).toEqual(['tag.create 4 /id /name']);
});

test('a transaction that ends by itself is the one of a provider, too', async () => {
  const provide = world.db.transactionProvider();
  const trx = await provide();
  await (await provide())('tags').insert({ name: 'kept' });
  await trx.commit();
  expect(await told()).toEqual(['tag.create 4 /id /name']);
});

test('a rollback that nobody awaits leaves nothing, though the work ends well', async () => {
  const undone = world.db.transaction(async (trx) => {
    await trx('tags').insert({ name: 'lost' });
    void trx.rollback();
  });
  // Knex takes the commit that follows for a mistake.
  await expect(undone).rejects.toThrow('already complete');
  expect(await world.db('tags').where({ name: 'lost' })).toEqual([]);
  expect(await told()).toEqual([]);
});

test('a transaction that Postgres rolls back at its COMMIT, as a statement in it had failed, leaves nothing', async () => {
  await world.db.transaction(async (trx) => {
    await trx('tags').insert({ name: 'lost' });
    await trx('tags')
      .insert({ id: 1, name: 'taken' })
      .catch(() => undefined);
  });
  expect(await world.db('tags').where({ name: 'lost' })).toEqual([]);
  expect(await told()).toEqual([]);
});

test('a constraint that fails at COMMIT leaves nothing', async () => {
  const { db } = world;
  await db.raw('alter table documents alter constraint documents_owner_id_fkey deferrable initially deferred');
  const failing = db.transaction((trx) => trx('documents').insert({ title: 'lost', owner_id: 99 }));
  await expect(failing).rejects.toMatchObject({ code: '23503' });
  expect(await told()).toEqual([]);
});

test('a lost connection leaves nothing', async () => {
  const { db } = world;
  const failing = db.transaction(async (trx) => {
    await trx('tags').insert({ name: 'lost' });
    const [{ pid }] = (await trx.raw('select pg_backend_pid() as pid')).rows;
    await db.raw('select pg_terminate_backend(?)', [pid]);
  });
  await expect(failing).rejects.toThrow();
  expect(await told()).toEqual([]);
});

test('savepoints in savepoints are forgotten and kept each by itself', async () => {
  const { db } = world;
  await db.transaction(async (trx) => {
    await trx.savepoint(async (one) => {
      await one('tags').insert({ name: 'one' });
      const two = await one.transaction();
      await two('tags').insert({ name: 'two' });
      await two.rollback();
      const three = await one.transaction();
      await three('tags').where({ id: 1 }).update({ name: 'three' });
      await three.commit();
    });
  });
  expect(await told()).toEqual(['tag.create 4 /id /name', 'tag.update 1 /name']);
});

test('batchInsert is one transaction: all of it, or nothing', async () => {
  const { db } = world;
  await db.batchInsert('tags', [{ name: 'a' }, { name: 'b' }, { name: 'c' }], 2);
  expect(await told()).toHaveLength(3);
  const failing = db.batchInsert('tags', [{ name: 'd' }, { id: 1, name: 'taken' }], 1);
  await expect(failing).rejects.toThrow();
  expect(await told()).toEqual([]);
});

test('the state before is locked in a transaction, so that what it says holds', async () => {
  await world.close();
  world = await knexWorld({}, { version: '17.5' });
  const { db } = world;
  const trx = await db.transaction();
  await trx('tags').where({ name: 'red' }).update({ name: 'r' });
  await trx.commit();
  await db('tags').where({ name: 'green' }).update({ name: 'g' });
  expect((await world.told()).map(({ diff }) => diff)).toEqual([
    { fidelity: 'exact' },
    { fidelity: 'exact', why: 'read just before the write, not locked' },
  ]);
});

test('isolate gives a write a transaction of its own, and its result', async () => {
  await world.close();
  world = await knexWorld({ isolate: true }, { version: '17.5' });
  const { db } = world;
  const seen: string[] = [];
  db.on('query', ({ sql }: { sql: string }) => seen.push(sql));
  expect(await db('tags').where({ name: 'green' }).update({ name: 'g' }).returning('name')).toEqual([{ name: 'g' }]);
  expect(seen.map((sql) => sql.split(' ')[0])).toEqual(['BEGIN;', 'update', 'COMMIT;']);
  expect((await world.told()).map(({ diff }) => diff)).toEqual([{ fidelity: 'exact' }]);
  const failing = db('tags').where({ name: 'g' }).update({ id: 1 });
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  expect(await told()).toEqual([]);
  const nested = db.transaction((trx: Knex.Transaction) => trx('tags').where({ id: 3 }).update({ name: 'b' }));
  expect(await nested).toBe(1);
  expect(await told()).toEqual(['tag.update 3 /name']);
});

test('isolate opens no transaction where the statement itself tells what was there', async () => {
  await world.close();
  world = await knexWorld({ isolate: true });
  const seen: string[] = [];
  world.db.on('query', ({ sql }: { sql: string }) => seen.push(sql));
  await world.db('tags').where({ id: 1 }).update({ name: 'r' });
  await world.db('tags').where({ id: 1 }).del();
  expect(seen.map((sql) => sql.split(' ')[0])).toEqual(['update', 'delete']);
  expect((await world.told()).map(({ diff }) => diff)).toEqual([{ fidelity: 'exact' }, { fidelity: 'exact' }]);
});

test('a unit runs SQL on the connection of its transaction, and no longer than that', async () => {
  const client = world.db.client as Client;
  let unit = new Unit();
  const name = async () => {
    const answer = await unit.query?.('select name from tags where id = $1', [4]);
    return (answer as { rows: unknown[] } | undefined)?.rows;
  };
  const transaction = openTransaction(
    (container) => client.transaction(container, {}),
    async (transactor) => {
      await (transactor as unknown as Knex.Transaction)('tags').insert({ name: 'inside' });
      return name();
    },
    (_inside, query) => {
      unit = new Unit(undefined, query);
      return unit;
    },
  );
  expect(await transaction).toEqual([{ name: 'inside' }]);
  await expect(name()).rejects.toThrow('has ended');
});
