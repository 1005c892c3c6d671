import { auditKnex } from '@whodunit/knex';
import createKnex from 'knex';
import { knexSnakeCaseMappers } from 'objection';
import { knexWorld, short } from './support/knex-world';

test.each([
  [{ model: {} }, 'models'],
  [{ keys: { people: 1 } }, 'keys'],
  [{ keys: { people: ['id', ''] } }, 'keys'],
  [{ bulk: { maxRows: 0 } }, 'maxRows'],
])('options that are wrong are refused: %j', async (options, named) => {
  const bare = createKnex({ client: 'pg' });
  expect(() => auditKnex(bare, options as never)).toThrow(named);
  await bare.destroy();
});

test('only a Knex is audited, once, and not a transaction of it', async () => {
  const { close, db } = await knexWorld();
  try {
    const invalid = expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' });
    expect(() => auditKnex(db)).toThrow(invalid);
    expect(() => auditKnex({ client: undefined })).toThrow(invalid);
    await db.transaction(async (trx) => {
      expect(() => auditKnex(trx)).toThrow(invalid);
    });
  } finally {
    await close();
  }
});

test('events have the names that the application has, where it has Knex turn them', async () => {
  const { close, db, told } = await knexWorld({}, knexSnakeCaseMappers());
  try {
    const [person] = await db('people').insert({ name: 'A', displayName: 'a' }).returning(['id', 'displayName']);
    expect(person).toEqual({ id: 1, displayName: 'a' });
    await db('people')
      .where({ displayName: 'a' })
      .update({ displayName: 'b', deletedAt: new Date(0) });
    await db('memberships').insert({ orgId: 1, personId: 2, role: 'x' });
    await db('memberships').where({ orgId: 1, personId: 2 }).del();
    expect((await told()).map(short).slice(1)).toEqual([
      'person.delete 1 /displayName /deletedAt',
      'membership.create 1:2 /orgId /personId /role',
      'membership.delete 1:2 /orgId /personId /role',
    ]);
  } finally {
    await close();
  }
});

test('keys of tables can be said, in the application’s names', async () => {
  const { close, db, told } = await knexWorld({ keys: { people: 'email', memberships: ['role', 'org_id'] } });
  try {
    await db('people').insert({ name: 'A', email: 'a@x.org' });
    await db('memberships').insert({ org_id: 1, person_id: 2, role: 'x' });
    expect((await told()).map(({ resource }) => resource?.id)).toEqual(['a@x.org', 'x:1']);
  } finally {
    await close();
  }
});

test('tables can be left out, or named and told otherwise, by schema too', async () => {
  const models = {
    tags: false,
    people: { type: 'human', fields: { age: 'drop' } },
    'other.things': { type: 'gadget' },
  } as const;
  const { close, db, told } = await knexWorld({ models });
  try {
    await db.raw('create schema other');
    await db.raw('create table other.things (id int primary key); create table things (id int primary key)');
    await db('tags').insert({ name: 'x' });
    await db('people').insert({ name: 'A', age: 3 });
    await db('other.things').insert({ id: 1 });
    await db('things').insert({ id: 1 });
    const [person, ...more] = await told();
    expect(person?.action).toBe('human.create');
    expect(person?.changes?.map(({ path }) => path)).not.toContain('/age');
    expect(more.map(({ action }) => action)).toEqual(['gadget.create', 'thing.create']);
  } finally {
    await close();
  }
});

test('what nobody sees can be refused, before it is run', async () => {
  const { close, db } = await knexWorld({ onGap: 'throw' });
  try {
    await expect(db.raw("update tags set name = 'x'")).rejects.toMatchObject({ code: 'AUDIT_WRITE_UNSEEN' });
    expect(await db('tags').where({ name: 'x' })).toEqual([]);
  } finally {
    await close();
  }
});

test('a summary says the filter and what was set, redacted by names', async () => {
  const { close, db, told } = await knexWorld({ bulk: { level: 'summary' } });
  try {
    await db('people').insert([{ name: 'A' }, { name: 'B' }]);
    await db('people')
      .where('id', '>', 0)
      .whereIn('name', ['A', 'B'])
      .whereNull('email')
      .update({ password: 'secret-1', age: 2 });
    await db('people').where('state', 'new').increment('age', 2);
    const [, set, added] = await told();
    expect(set?.metadata?.['bulk']).toEqual({
      verb: 'update',
      count: 2,
      filter: { id: { '>': 0 }, name: { in: ['A', 'B'] }, email: null },
      set: { age: 2, password: { $redacted: true } },
    });
    expect(added?.metadata?.['bulk']).toMatchObject({ set: { age: { increment: 2 } } });
  } finally {
    await close();
  }
});

test('what the application does with rows that it got back changes no event', async () => {
  const { close, db, told } = await knexWorld();
  try {
    await db.transaction(async (trx) => {
      const [row] = await trx('people')
        .insert({ name: 'A', settings: { theme: 'dark' } })
        .returning('*');
      row.settings.theme = 'light';
      row.name = 'changed';
    });
    const [event] = await told();
    expect(event?.resource?.name).toBe('A');
    expect(event?.changes).toContainEqual({ op: 'add', path: '/settings', new: { theme: 'dark' } });
  } finally {
    await close();
  }
});
