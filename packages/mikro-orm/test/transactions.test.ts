import { Document, Person } from './support/entities';
import { open, type Session } from './support/session';

let session: Session;
beforeEach(async () => {
  session = await open();
});
afterEach(() => session.close());

const names = async () => (await session.told()).map(({ action, resource }) => `${action} ${resource?.name}`);

test('a transaction that is begun and committed by hand tells what it did then, and nothing when rolled back', async () => {
  const em = session.orm.em.fork();
  await em.begin();
  em.create(Person, { name: 'Ann' } as never);
  await em.flush();
  expect(await session.told()).toEqual([]);
  await em.commit();
  await em.begin();
  em.create(Person, { name: 'Bob' } as never);
  await em.flush();
  await em.rollback();
  expect(await names()).toEqual(['person.create Ann']);
});

test('a commit that the database answers with a rollback tells nothing', async () => {
  await session.verbs.insert({ name: 'Ann', email: 'a@x.org' });
  await session.told();
  const em = session.orm.em.fork();
  await em.begin();
  await em.insert(Person, { name: 'Bob' } as never);
  await expect(em.insert(Person, { name: 'Cid', email: 'a@x.org' } as never)).rejects.toThrow();
  await em.commit();
  expect(await session.told()).toEqual([]);
  expect(await session.sql('SELECT name FROM people')).toEqual([{ name: 'Ann' }]);
});

test('a commit that fails tells nothing', async () => {
  await session.sql('ALTER TABLE documents ALTER CONSTRAINT documents_owner_id_fkey DEFERRABLE INITIALLY DEFERRED');
  const failing = session.orm.em
    .fork()
    .transactional((em) =>
      em.insert(Document, { id: '00000000-0000-4000-8000-000000000001', title: 'x', owner: 404 } as never),
    );
  await expect(failing).rejects.toThrow('foreign key');
  expect(await session.told()).toEqual([]);
});

test('a subscriber that fails after the commit leaves what was committed told', async () => {
  session.orm.em.getEventManager().registerSubscriber({
    afterTransactionCommit() {
      throw new Error('afterwards');
    },
  });
  await session.verbs.insert({ name: 'Ann' }).catch(() => undefined);
  expect(await session.sql('SELECT name FROM people')).toEqual([{ name: 'Ann' }]);
  expect(await names()).toEqual(['person.create Ann']);
});

test('writes run in transactions of their own where the options ask for it', async () => {
  await session.close();
  session = await open({ isolate: true });
  const em = session.orm.em.fork();
  const id = await em.insert(Person, { name: 'Ann', age: 1 } as never);
  await em.nativeUpdate(Person, { id }, { age: 2 });
  await em.createQueryBuilder(Person).update({ age: 3 }).where({ id }).execute();
  await em.upsert(Person, { id, name: 'Ann', age: 4 } as never);
  await em.nativeDelete(Person, { id });
  const events = await session.told();
  expect(events.map(({ diff }) => diff)).toEqual(events.map(() => ({ fidelity: 'exact' })));
  expect(events.map(({ action }) => action)).toEqual([
    'person.create',
    'person.update',
    'person.update',
    'person.update',
    'person.delete',
  ]);
});
