import { SCHEMA } from '@whodunit/test-support/orm';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import createKnex from 'knex';
import { knexSnakeCaseMappers, Model, type ModelOptions, type QueryContext, snakeCaseMappers } from 'objection';
import { type KnexWorld, knexWorld, short } from './support/knex-world';
import { JOINS, modelsOn } from './support/objection-orm';

type Models = ReturnType<typeof modelsOn>;

describe('verbs of Objection', () => {
  let world: KnexWorld;
  let models: Models;
  beforeEach(async () => {
    world = await knexWorld({ models: JOINS }, knexSnakeCaseMappers());
    models = modelsOn(world.db);
  });
  afterEach(() => world.close());
  const told = async () => (await world.told()).map(short);

  test('upsertGraph tells what it made, changed and removed', async () => {
    const { Person } = models;
    const person = await Person.query().insertGraph({ name: 'A', documents: [{ title: 'one' }, { title: 'two' }] });
    const [one, two] = person.documents ?? [];
    await world.told();
    const graph = { id: person.id, age: 3, documents: [{ id: one?.id ?? '', title: 'changed' }, { title: 'three' }] };
    await Person.transaction(async (trx) => Person.query(trx).upsertGraph(graph));
    const events = await world.told();
    expect(events.map(({ action, resource }) => `${action} ${resource?.name}`).sort()).toEqual([
      'document.create three',
      'document.delete two',
      'document.update changed',
      'person.update A',
    ]);
    expect(events.find(({ operation }) => operation === 'delete')?.resource?.id).toBe(two?.id);
  });

  test('relate and unrelate tell what was added to a list and removed from it', async () => {
    const { Document } = models;
    const document = await Document.query().insert({ title: 'Plan' });
    await world.told();
    await document.$relatedQuery('tags').relate([1, 2]);
    await document.$relatedQuery('tags').unrelate().where('name', 'red');
    expect(await told()).toEqual([
      `document.update ${document.id} /tags/1 /tags/2`,
      `document.update ${document.id} /tags/1`,
    ]);
  });

  test('$query, patchAndFetchById, updateAndFetchById, decrement and deleteById tell one row each', async () => {
    const { Person } = models;
    const person = await Person.query().insertAndFetch({ name: 'A', age: 3 });
    expect(person.toJSON()).toMatchObject({ id: 1, state: 'new', initial: 'A' });
    await world.told();
    await person.$query().patch({ age: 4 });
    expect((await Person.query().patchAndFetchById(1, { age: 5 })).age).toBe(5);
    expect((await Person.query().updateAndFetchById(1, { name: 'B' })).name).toBe('B');
    await Person.query().findById(1).decrement('age', 2);
    expect(await Person.query().patch({ age: 8 }).where({ id: 1 }).returning('*').first()).toMatchObject({ age: 8 });
    expect(await person.$query().delete()).toBe(1);
    expect(await told()).toEqual([
      'person.update 1 /age',
      'person.update 1 /age',
      'person.update 1 /name /initial',
      'person.update 1 /age',
      'person.update 1 /age',
      expect.stringMatching(/^person.delete 1 /),
    ]);
  });

  test('a transaction of Objection, however it is given, is the unit', async () => {
    const { Person } = models;
    const trx = await Person.startTransaction();
    await Person.bindTransaction(trx).query().insert({ name: 'bound' });
    await Person.query().insert({ name: 'given' }).transacting(trx);
    await trx.rollback();
    expect(await told()).toEqual([]);
    await Person.transaction(async (inner) => {
      await Person.query(inner).insert({ name: 'kept' });
    });
    expect((await world.told()).map(({ resource }) => resource?.name)).toEqual(['kept']);
  });
});

test('hooks, JSON and names of columns that only models know stay theirs; events have the columns', async () => {
  const url = await createTestDatabase();
  const bare = createKnex({ client: 'pg', connection: url });
  await bare.raw(SCHEMA);
  await bare.destroy();
  const calls: string[] = [];

  const outcome = async (db: ReturnType<typeof createKnex>): Promise<unknown> => {
    class Person extends Model {
      static override tableName = 'people';
      static override columnNameMappers = snakeCaseMappers();
      static override jsonSchema = {
        type: 'object',
        properties: { displayName: { type: ['string', 'null'] }, settings: { type: ['object', 'null'] } },
      };
      declare id: number;
      declare displayName: string | null;
      declare settings: Record<string, unknown> | null;
      override $beforeInsert(_context: QueryContext): void {
        calls.push('before insert');
        this.displayName = 'hooked';
      }
      override $afterUpdate(_options: ModelOptions, _context: QueryContext): void {
        calls.push('after update');
      }
      static override beforeDelete(): void {
        calls.push('before delete');
      }
    }
    const people = Person.bindKnex(db);
    const made = await people.query().insert({ name: 'A', settings: { a: [1] } } as object);
    const changed = await made.$query(db).patchAndFetch({ settings: { a: [2] } });
    const gone = await people.query().deleteById(made.id);
    const invalid = await people
      .query()
      .insert({ displayName: 3 } as object)
      .catch((error: Error) => error.message);
    const missing = await people
      .query()
      .findById(0)
      .patch({ displayName: 'x' })
      .throwIfNotFound()
      .catch((error: Error) => error.name);
    return [made.displayName, changed.settings, changed.displayName, gone, invalid, missing, calls.splice(0)];
  };

  const plain = createKnex({ client: 'pg', connection: url });
  const world = await knexWorld();
  try {
    const expected = await outcome(plain);
    expect(await outcome(world.db)).toEqual(expected);
    const events = await world.told();
    expect(events.map(({ action }) => action)).toEqual(['person.create', 'person.update', 'person.delete']);
    expect(events[0]?.changes).toContainEqual({ op: 'add', path: '/display_name', new: 'hooked' });
    expect(events[1]?.changes).toEqual([{ op: 'replace', path: '/settings/a', old: [1], new: [2] }]);
  } finally {
    await plain.destroy();
    await world.close();
  }
});
