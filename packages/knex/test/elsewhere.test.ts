import { type KnexWorld, knexWorld, short } from './support/knex-world';

/** A client of Knex whose statements are not asked for their rows, on a server that can be had here. */
const ELSEWHERE = { client: 'cockroachdb' } as const;

describe('where statements are not asked for their rows', () => {
  let world: KnexWorld;
  beforeEach(async () => {
    world = await knexWorld({}, ELSEWHERE);
  });
  afterEach(() => world.close());
  const told = async () => (await world.told()).map(short);

  test('inserts are read by the keys that they came with, or that they gave back', async () => {
    const { db } = world;
    expect(await db('tags').insert({ name: 'a' }).returning('id')).toEqual([{ id: 4 }]);
    await db('memberships').insert([1, 2].map((org_id) => ({ org_id, person_id: 1, role: 'x' })));
    expect(await told()).toEqual([
      'tag.create 4 /id /name',
      'membership.create 1:1 /org_id /person_id /role',
      'membership.create 2:1 /org_id /person_id /role',
    ]);
  });

  test('inserts whose keys nobody knows are counted', async () => {
    await world.db('tags').insert([{ name: 'a' }, { name: 'b' }]);
    expect(await world.told()).toMatchObject([
      { action: 'tag.create', diff: { fidelity: 'none' }, metadata: { bulk: { count: 2 } } },
    ]);
  });

  test('updates, counters and deletes are read before and after', async () => {
    const { db } = world;
    expect(await db('tags').where('id', '<', 3).update({ name: 'same' })).toBe(2);
    expect(await db('tags').where({ id: 3 }).del('name')).toEqual([{ name: 'blue' }]);
    await db('memberships').insert({ org_id: 1, person_id: 1, role: 'x' });
    await db('memberships').where({ org_id: 1, person_id: 1 }).increment('person_id', 0).update({ role: 'y' });
    expect(await told()).toEqual([
      'tag.update 1 /name',
      'tag.update 2 /name',
      'tag.delete 3 /id /name',
      'membership.create 1:1 /org_id /person_id /role',
      'membership.update 1:1 /role',
    ]);
  });

  test('upserts tell which rows were there, and what was left as it was is nothing', async () => {
    const { db } = world;
    await db('tags')
      .insert([1, 10].map((id) => ({ id, name: 'merged' })))
      .onConflict('id')
      .merge();
    await db('tags')
      .insert([2, 20].map((id) => ({ id, name: 'ignored' })))
      .onConflict('id')
      .ignore();
    expect(await told()).toEqual(['tag.update 1 /name', 'tag.create 10 /id /name', 'tag.create 20 /id /name']);
  });

  test('transactions are as true as anywhere, and lock what they read', async () => {
    const { db } = world;
    await db.transaction(async (trx) => {
      await trx('tags').where({ id: 1 }).update({ name: 'r' });
      await trx
        .transaction(async (inner) => {
          await inner('tags').del();
          throw new Error('undo');
        })
        .catch(() => undefined);
    });
    const events = await world.told();
    expect(events.map(short)).toEqual(['tag.update 1 /name']);
    expect(events[0]?.diff).toEqual({ fidelity: 'exact' });
  });
});
