import type { DataSource } from 'typeorm';
import { entitiesFor } from './support/entities';
import { closeSessions, sessionOf } from './support/session';
import { type TypeOrm, VERSIONS } from './support/versions';

afterEach(closeSessions);

/** Everything that is not the same in any two databases. */
function settled(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, held: unknown) => (held === undefined ? '(undefined)' : held));
  return JSON.parse(
    (text ?? 'null')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '(uuid)'),
  );
}

/** What each verb gives back, or fails with, and what it makes of the objects that it was given. */
async function everything(
  orm: TypeOrm,
  source: DataSource,
  { Document, Membership, Person, Tag }: ReturnType<typeof entitiesFor>,
) {
  const people = source.getRepository(Person);
  const documents = source.getRepository(Document);
  const results: [name: string, result: unknown][] = [];
  const does = async (name: string, work: () => unknown): Promise<unknown> => {
    try {
      const result = await work();
      results.push([name, settled(result)]);
      return result;
    } catch (error) {
      const { message, name: kind } = error as Error;
      results.push([name, settled([kind, message.replace(/ AS whodunit_\d+/g, '')])]);
      return undefined;
    }
  };
  const given = people.create({ name: 'Ann', state: 'new', age: 1, settings: { a: 1 } });
  const saved = await does('save new', () => people.save(given));
  results.push(['save gives back what it was given', saved === given]);
  await does('save many', () =>
    people.save([
      { name: 'B', state: 'new' },
      { name: 'C', state: 'new' },
    ]),
  );
  given.age = 2;
  await does('save changed', () => people.save(given));
  await does('save unchanged', () => people.save(given));
  await does('save with a password', () => people.save({ id: given.id, password: 'one' }));
  await does('save without reload', () => people.save({ name: 'D', state: 'new' }, { reload: false }));
  await does('save without a transaction', () => people.save({ id: given.id, age: 3 }, { transaction: false }));
  await does('save without listeners', () => people.save({ id: given.id, age: 4 }, { listeners: false }));
  await does('save in chunks', () =>
    people.save(
      [
        { name: 'E', state: 'e' },
        { name: 'F', state: 'e' },
      ],
      { chunk: 1 },
    ),
  );
  await does('save what is no entity', () => people.save(1 as never));
  await does('save without what must be there', () => people.save({ state: 'new' }));
  await does('insert', () => people.insert({ name: 'G', state: 'g', email: 'g@x.org' }));
  await does('insert many', () =>
    people.insert([
      { name: 'H', state: 'g' },
      { name: 'I', state: 'g' },
    ]),
  );
  await does('insert nothing', () => people.insert([]));
  await does('insert twice', () => people.insert({ name: 'G', state: 'g', email: 'g@x.org' }));
  await does('update', () => people.update(given.id, { age: 5 }));
  await does('update by criteria', () => people.update({ state: 'g' }, { age: 6 }));
  await does('update nobody', () => people.update({ state: 'nobody' }, { age: 6 }));
  await does('update with nothing', () => people.update({ state: 'g' }, {}));
  await does('update of no column', () => people.update({ state: 'g' }, { nothing: 1 } as never));
  await does('update without criteria', () => people.update({}, { age: 6 }));
  await does('update by no column', () => people.update({ nothing: 1 } as never, { age: 6 }));
  await does('upsert a new one', () => people.upsert({ name: 'J', state: 'j', email: 'j@x.org' }, ['email']));
  await does('upsert one that is there', () => people.upsert({ name: 'K', state: 'j', email: 'j@x.org' }, ['email']));
  await does('upsert of what is the same', () =>
    people.upsert(
      { name: 'K', state: 'j', email: 'j@x.org' },
      { conflictPaths: ['email'], skipUpdateIfNoValuesChanged: true },
    ),
  );
  await does('increment', () => people.increment({ state: 'g' }, 'age', 2));
  await does('decrement', () => people.decrement({ state: 'g' }, 'age', 1));
  await does('softDelete', () => people.softDelete({ name: 'B' }));
  await does('restore', () => people.restore({ name: 'B' }));
  const b = await people.findOneByOrFail({ name: 'B' });
  await does('softRemove', () => people.softRemove(b));
  await does('recover', () => people.recover(b));
  const removed = await does('remove', () => people.remove(b));
  results.push(['remove gives back what it was given', removed === b]);
  await does('remove many', async () => people.remove(await people.findBy({ state: 'e' })));
  await does('delete', () => people.delete({ name: 'C' }));
  await does('delete by ids', () => people.delete([1000, 1001]));
  await does('builder returning all', () =>
    people.createQueryBuilder().insert().values({ name: 'L', state: 'l' }).returning('*').execute(),
  );
  await does('builder returning some', () =>
    people
      .createQueryBuilder()
      .update()
      .set({ age: 9 })
      .where('state = :state', { state: 'l' })
      .returning(['id', 'age'])
      .execute(),
  );
  await does('builder returning nothing', () =>
    people
      .createQueryBuilder()
      .update()
      .set({ age: () => 'age + 1' })
      .where("state = 'l'")
      .execute(),
  );
  await does('builder that ignores', () =>
    people.createQueryBuilder().insert().values({ name: 'G', state: 'g', email: 'g@x.org' }).orIgnore().execute(),
  );
  await does('builder in a transaction', () =>
    people.createQueryBuilder().update().set({ age: 10 }).where({ state: 'l' }).useTransaction(true).execute(),
  );
  await does('a copy of a builder', () =>
    people.createQueryBuilder().delete().where({ state: 'nobody' }).clone().execute(),
  );
  await does('builder deleting', () =>
    people.createQueryBuilder().delete().where({ state: 'l' }).returning('name, age').execute(),
  );
  const document = await documents.save(documents.create({ title: 'Plan', owner: given }));
  const tags = await source.getRepository(Tag).save([{ name: 'red' }, { name: 'green' }]);
  const relation = () => documents.createQueryBuilder().relation(Document, 'tags').of(document.id);
  await does('relation add', () => relation().add([tags[0]?.id, tags[1]?.id]));
  await does('relation remove', () => relation().remove(tags[0]?.id));
  await does('relation set', () =>
    documents.createQueryBuilder().relation(Document, 'owner').of(document.id).set(null),
  );
  await does('save a list', () => documents.save({ id: document.id, tags: [] }));
  await does('insert with keys', () => source.manager.insert(Membership, { orgId: 1, personId: 2, role: 'reader' }));
  await does('clear', () => source.getRepository(Membership).clear());
  await does('query', () => source.query('UPDATE people SET age = 1 WHERE id = $1', [given.id]));
  await does('failing transaction', () =>
    source.transaction(async (manager) => {
      await manager.update(Person, given.id, { age: 99 });
      throw new orm.EntityNotFoundError(Person, {});
    }),
  );
  await does('everybody at last', () => people.find({ order: { id: 'ASC' } }));
  return results;
}

test.each(VERSIONS)('nothing that an application sees of TypeORM %s is changed', async (_name, orm) => {
  const entities = entitiesFor(orm);
  const all = Object.values(entities);
  const bare = await sessionOf(orm, { entities: all, audit: 'not audited' });
  const plain = await everything(orm, bare.source, entities);
  const audited = await sessionOf(orm, { entities: all });
  const seen = await everything(orm, audited.source, entities);
  expect(seen).toEqual(plain);
  expect(plain.length).toBeGreaterThan(50);
  expect(audited.errors).toEqual([]);
  expect((await audited.told()).length).toBeGreaterThan(30);
});
