import { auditKnex } from '@whodunit/knex';
import { SCHEMA } from '@whodunit/test-support/orm';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import createKnex, { type Knex } from 'knex';
import { type KnexWorld, knexWorld } from './support/knex-world';

/** What an application does with Knex, each from the same start. */
const DEEDS: Readonly<Record<string, (db: Knex) => unknown>> = {
  'insert one': (db) => db('people').insert({ name: 'A' }),
  'insert one, returning a column': (db) => db('people').insert({ name: 'A' }).returning('id'),
  'insert one, returning columns': (db) => db('people').insert({ name: 'A' }, ['id', 'name']),
  'insert one, returning all': (db) =>
    db('people')
      .insert({ name: 'A', born: new Date(0) })
      .returning(['id', 'born', 'state']),
  'insert many, returning all': (db) =>
    db('memberships').insert(
      [
        { org_id: 1, person_id: 2, role: 'a' },
        { org_id: 2, person_id: 2, role: 'b' },
      ],
      '*',
    ),
  'insert nothing': (db) => db('people').insert([]),
  'insert defaults': (db) =>
    db('documents')
      .insert({ title: db.raw("'T' || ?", ['x']) })
      .returning('title'),
  'insert from a query': (db) =>
    db(db.raw('?? (??, ??)', ['people', 'name', 'age'])).insert(db('people').select('name', 'age').where('id', '<', 3)),
  'insert or ignore': (db) => db('people').insert({ name: 'X', email: '1@x.org' }).onConflict('email').ignore(),
  'insert or ignore, returning': (db) =>
    db('people')
      .insert([
        { name: 'X', email: '1@x.org' },
        { name: 'Y', email: 'y@x.org' },
      ])
      .onConflict('email')
      .ignore()
      .returning('name'),
  'insert or merge': (db) =>
    db('people').insert({ name: 'X', email: '1@x.org' }).onConflict('email').merge(['name']).returning(['id', 'name']),
  'insert or merge where': (db) =>
    db('people')
      .insert({ name: 'X', email: '1@x.org' })
      .onConflict('email')
      .merge({ age: 3 })
      .where('people.age', '>', 1_000)
      .returning('id'),
  'update one': (db) => db('people').where({ id: 1 }).update({ age: 2 }),
  'update none': (db) => db('people').where({ id: 1_000 }).update({ age: 2 }),
  'update one, returning with another name': (db) =>
    db('people').where({ id: 1 }).update({ age: 2 }).returning(['id as name', 'age']),
  'update many, returning': (db) => db('people').where('id', '<', 3).update('state', 'x', ['id', 'state']),
  'update many, returning SQL': (db) =>
    db('people')
      .where('id', 1)
      .update({ age: 5 })
      .returning(db.raw('age * ? as twice', [2])),
  'update, returning lists': (db) =>
    db('people')
      .where('id', 1)
      .update({ age: 5 })
      .returning('age')
      .options({ rowMode: 'array' } as never),
  'update by a prepared statement': (db) => db('people').where('id', 1).update({ age: 5 }).options({ name: 'grow' }),
  'update from another table': (db) =>
    db('people')
      .updateFrom('tags')
      .whereRaw('people.id = tags.id')
      .update({ state: db.ref('tags.name') as never }),
  increment: (db) => db('people').where({ id: 1 }).increment({ age: 2 }).returning('age'),
  decrement: (db) => db('people').where({ id: 1 }).decrement('age', 2),
  'delete one': (db) => db('people').where({ id: 1 }).del(),
  'delete many, returning': (db) => db('people').whereIn('id', [1, 2]).del('name'),
  'delete by join': (db) => db('people').join('tags', 'people.id', 'tags.id').where('tags.name', 'red').del(),
  'delete with using': (db) =>
    db('people').using(['tags']).whereRaw('people.id = tags.id').where('tags.name', 'green').del(['people.id']),
  truncate: (db) => db('memberships').truncate(),
  batchInsert: (db) => db.batchInsert('people', [{ name: 'A' }, { name: 'B' }, { name: 'C' }], 2).returning('name'),
  'insert with a query in front': (db) =>
    db
      .with('first', db('people').select('name').where('id', 1))
      .insert({ name: db('first').select('name') as never })
      .into('people')
      .returning('name'),
  'an alias': (db) => db('people as p').where('p.id', 1).update({ age: 9 }).returning('p.age'),
  'a schema': (db) => db.withSchema('public').from('people').where({ id: 2 }).update({ age: 9 }).returning('id'),
  'first and pluck': async (db) => [
    await db('people').first('name').orderBy('id'),
    await db('people').pluck('id').orderBy('id'),
  ],
  raw: async (db) => (await db.raw('select 1 as one')).rows,
  'a violated constraint': (db) => db('people').insert({ name: 'X', email: '1@x.org' }),
  'a missing table': (db) => db('missing').insert({ name: 'X' }).returning('id'),
  'a missing column': (db) => db('people').where({ nick: 'x' }).update({ age: 1 }),
  'a missing column that is set': (db) => db('people').where({ id: 1 }).update({ nick: 'x' }).returning('id'),
  'a missing column in a transaction': (db) =>
    db.transaction(async (trx) => trx('people').where({ nick: 'x' }).update({ age: 1 })),
  'a violated constraint that is caught in a transaction': (db) =>
    db.transaction(async (trx) => {
      await trx('people')
        .insert({ name: 'X', email: '1@x.org' })
        .catch(() => undefined);
      return 'done';
    }),
  'an empty update': (db) => db('people').where({ id: 1 }).update({}),
  'an undefined filter': (db) =>
    db('people')
      .where({ id: undefined as never })
      .del(),
  'a transaction': (db) => db.transaction(async (trx) => trx('people').insert({ name: 'A' }).returning('name')),
  'a transaction that fails': (db) => db.transaction(async () => Promise.reject(new Error('undo'))),
  'a transaction that is rolled back without an error': (db) => db.transaction((trx) => trx.rollback()),
  'a transaction by hand': async (db) => {
    const trx = await db.transaction();
    const first = [trx.isTransaction, trx.isCompleted()];
    await trx('people').where({ id: 1 }).update({ age: 1 });
    await trx.commit('done');
    return [first, trx.isCompleted(), await trx.executionPromise];
  },
  'a transaction that goes on after its end': async (db) => {
    const trx = await db.transaction();
    await trx.rollback();
    return trx('people').insert({ name: 'A' });
  },
  savepoints: (db) =>
    db.transaction(async (trx) => {
      await trx.transaction(async (inner) => inner('people').insert({ name: 'A' })).then(() => undefined);
      await trx
        .savepoint(async (inner) => {
          await inner('people').insert({ name: 'B' });
          throw new Error('undo');
        })
        .catch(() => undefined);
      return trx('people').select('name').orderBy('name');
    }),
};

async function outcomeOf(db: Knex, deed: (db: Knex) => unknown): Promise<unknown> {
  const seen: unknown[] = [];
  const listen = ({ sql, bindings }: { sql: string; bindings?: unknown }) =>
    seen.push([sql.replace(/trx\d+/, 'trx'), bindings ?? []]);
  const respond = (response: unknown, { sql }: { sql: string }) => seen.push([sql, response]);
  db.on('query', listen).on('query-response', respond);
  try {
    return { result: await deed(db), seen };
  } catch (error) {
    const { code, message, name } = error as Error & { code?: string };
    return { code, message, name, seen };
  } finally {
    db.removeListener('query', listen).removeListener('query-response', respond);
  }
}

/** The same start for each: rows, and the counters of their keys. */
async function prepare(db: Knex): Promise<void> {
  await db.raw('truncate people, documents, memberships restart identity cascade');
  const people = [1, 2, 3].map((n) => ({ name: `P${n}`, email: `${n}@x.org`, age: n }));
  await db('people').insert(people);
  await db('memberships').insert({ org_id: 9, person_id: 9, role: 'x' });
}

describe.each([
  ['PostgreSQL 18', undefined],
  ['PostgreSQL before 18', '17.5'],
])('an application on %s gets the same, audited or not, from', (_server, version) => {
  const config = version === undefined ? {} : { version };
  let plain: Knex;
  let world: KnexWorld;
  beforeAll(async () => {
    plain = createKnex({ ...config, client: 'pg', connection: await createTestDatabase() });
    await plain.raw(SCHEMA);
    world = await knexWorld({}, config);
  });
  afterAll(async () => {
    await plain.destroy();
    await world.close();
  });

  test.each(Object.keys(DEEDS))('%s', async (name) => {
    const deed = DEEDS[name] as (db: Knex) => unknown;
    await prepare(plain);
    await prepare(world.db);
    const expected = await outcomeOf(plain, deed);
    expect(await outcomeOf(world.db, deed)).toEqual(expected);
    const rows = (db: Knex) => db('people').orderBy('id').select('id', 'name', 'age', 'state');
    expect(await rows(world.db)).toEqual(await rows(plain));
    // A filter that is wrong is wrong for our read too.
    const problems = world.errors.splice(0).filter(({ code }) => code !== 'AUDIT_CAPTURE_FAILED');
    expect(problems).toEqual([]);
  });
});

test('the instance is the one that was given, with all that it has', async () => {
  const bare = createKnex({ client: 'pg' });
  const members = Object.keys(bare);
  const db = auditKnex(bare);
  expect(db).toBe(bare);
  expect(Object.keys(db)).toEqual(members);
  expect(db('people').where({ id: 1 }).update({ age: 1 }).toString()).toBe(
    'update "people" set "age" = 1 where "id" = 1',
  );
  expect(db.fn.now().toString()).toBe('CURRENT_TIMESTAMP');
  await db.destroy();
});

test('a builder that nobody awaits does nothing, and one that is awaited runs once', async () => {
  const world = await knexWorld();
  const { db, told } = world;
  try {
    const insert = db('people').insert({ name: 'A' });
    const copy = insert.clone();
    expect([insert.toSQL().method, insert.toString(), copy.toQuery()]).toContain('insert');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await db('people').select()).toEqual([]);
    await insert;
    expect(await told()).toHaveLength(1);
    await copy.then(undefined, undefined);
    await new Promise<void>((resolve) => void copy.asCallback(() => resolve()));
    expect(await told()).toHaveLength(2);
    expect(await db('people').select()).toHaveLength(3);
  } finally {
    await world.close();
  }
});

test('listeners of builders and clients are called as ever, and may still change what is run', async () => {
  const world = await knexWorld();
  const { db, told } = world;
  try {
    await db('people').insert([{ name: 'A' }, { name: 'B' }]);
    await told();
    const seen: string[] = [];
    db.on('start', (builder: Knex.QueryBuilder) => {
      void builder.where('name', 'B');
    });
    const update = db('people').update({ age: 1 });
    update
      .on('query', () => seen.push('query'))
      .on('query-response', () => seen.push('response'))
      .on('end', () => seen.push('end'));
    expect(await update).toBe(1);
    expect(seen).toEqual(['query', 'response', 'end']);
    expect((await told()).map(({ resource }) => resource?.name)).toEqual(['B']);
  } finally {
    await world.close();
  }
});
