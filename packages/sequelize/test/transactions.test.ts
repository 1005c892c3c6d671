import { AsyncLocalStorage } from 'node:async_hooks';
import { Sequelize } from 'sequelize';
import { open, type Session } from './support/session';

let session: Session;
beforeEach(async () => {
  session = await open();
});
afterEach(() => session.close());

test('an unmanaged transaction tells what it did when it is committed, and nothing when it is rolled back', async () => {
  const { person, sequelize, told } = session;
  const kept = await sequelize.transaction();
  await person.create({ name: 'Ann' }, { transaction: kept });
  expect(await told()).toEqual([]);
  await kept.commit();
  const undone = await sequelize.transaction();
  await person.create({ name: 'Bob' }, { transaction: undone });
  await undone.rollback();
  expect((await told()).map(({ resource }) => resource?.name)).toEqual(['Ann']);
});

test('what is read before a write in a transaction is locked', async () => {
  const { person, sequelize, told } = session;
  const { id } = await person.create({ name: 'Ann', age: 1 });
  await told();
  await sequelize.transaction((transaction) => person.update({ age: 2 }, { where: { id }, transaction }));
  expect((await told())[0]?.diff).toEqual({ fidelity: 'exact' });
});

test('a commit that the database answers with a rollback tells nothing', async () => {
  const { person, sequelize, told } = session;
  await person.create({ name: 'Ann', email: 'a@x.org' });
  await told();
  const transaction = await sequelize.transaction();
  await person.create({ name: 'Bob' }, { transaction });
  await expect(person.create({ name: 'Cid', email: 'a@x.org' }, { transaction })).rejects.toThrow();
  await transaction.commit();
  expect(await told()).toEqual([]);
  expect(await person.count()).toBe(1);
});

test('a commit that fails tells nothing', async () => {
  const { models, sequelize, sql, told } = session;
  await sql('ALTER TABLE documents ALTER CONSTRAINT documents_owner_id_fkey DEFERRABLE INITIALLY DEFERRED');
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const failing = sequelize.transaction((transaction) =>
    models.document.create({ title: 'Plan', ownerId: 404 }, { transaction }),
  );
  await expect(failing).rejects.toThrow('foreign key');
  expect(warn).toHaveBeenCalled();
  warn.mockRestore();
  expect(await told()).toEqual([]);
});

test('a hook after the commit that fails leaves what was committed told', async () => {
  const { person, sequelize, told } = session;
  const committed = sequelize.transaction(async (transaction) => {
    await person.create({ name: 'Ann' }, { transaction });
    transaction.afterCommit(() => {
      throw new Error('afterwards');
    });
  });
  await expect(committed).rejects.toThrow('afterwards');
  expect((await told()).map(({ action }) => action)).toEqual(['person.create']);
});

test('a transaction of CLS holds writes that do not name it', async () => {
  const { person, sequelize, told } = session;
  const store = new AsyncLocalStorage<Map<string, unknown>>();
  const namespace = {
    bind: <T>(work: T) => work,
    run: (work: (context: unknown) => unknown) => store.run(new Map(store.getStore()), () => work(store.getStore())),
    get: (key: string) => store.getStore()?.get(key),
    set: (key: string, value: unknown) => store.getStore()?.set(key, value),
  };
  Sequelize.useCLS(namespace);
  try {
    const undone = sequelize.transaction(async () => {
      await person.create({ name: 'Ann' });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await told()).toEqual([]);
    await sequelize.transaction(async () => {
      await person.create({ name: 'Bob' });
      await person.create({ name: 'Cid' }, { transaction: null });
      expect((await told()).map(({ resource }) => resource?.name)).toEqual(['Cid']);
    });
    expect((await told()).map(({ resource }) => resource?.name)).toEqual(['Bob']);
  } finally {
    Reflect.deleteProperty(Sequelize, '_cls');
  }
});

test('writes run in transactions of their own where the options ask for it', async () => {
  await session.close();
  session = await open({ isolate: true });
  const { models, person, told } = session;
  const row = await person.create({ name: 'Ann', age: 1, email: 'a@x.org' });
  await told();
  await row.update({ age: 2 });
  await person.update({ age: 3 }, { where: { id: row.id } });
  await person.increment('age', { where: { id: row.id } });
  await person.upsert({ name: 'Ann', email: 'a@x.org', age: 5 }, { conflictFields: ['email'] as never });
  await row.destroy({ force: true });
  await models.membership.upsert({ orgId: 1, personId: 1, role: 'x' });
  await expect(row.update({ email: 'x'.repeat(3) as never, name: null as never })).rejects.toThrow('notNull');
  const events = await told();
  expect(events.map(({ diff }) => diff)).toEqual(events.map(() => ({ fidelity: 'exact' })));
  expect(events.map(({ action }) => action)).toEqual([
    ...Array.from({ length: 4 }, () => 'person.update'),
    'person.delete',
    'membership.create',
  ]);
});
