import { raw } from '@mikro-orm/postgresql';
import { Document, Membership, Person, Tag } from './support/entities';
import { open, type Session } from './support/session';

let session: Session;
beforeEach(async () => {
  session = await open();
});
afterEach(() => session.close());

const person = async (given: object = {}): Promise<number> => {
  const id = await session.verbs.insert({ name: 'Ann', age: 40, ...given });
  await session.told();
  return id;
};

describe('an entity', () => {
  test('that was loaded in part, or not at all, is read before it is changed and removed', async () => {
    const id = await person({ email: 'a@x.org' });
    const em = session.orm.em.fork();
    const part = await em.findOneOrFail(Person, id, { fields: ['name'] });
    em.assign(part as unknown as Person, { age: 41 });
    await em.flush();
    const other = session.orm.em.fork();
    other.assign(other.getReference(Person, id), { age: 42 });
    await other.flush();
    const third = session.orm.em.fork();
    await third.removeAndFlush(third.getReference(Person, id));
    const events = await session.told();
    expect(events.map(session.short)).toEqual([`person.update ${id}`, `person.update ${id}`, `person.delete ${id}`]);
    expect(events[0]?.changes).toEqual([{ path: '/age', op: 'replace', old: 40, new: 41 }]);
    expect(events[1]?.changes).toEqual([{ path: '/age', op: 'replace', old: 41, new: 42 }]);
    expect(events[2]?.changes).toContainEqual({ path: '/email', op: 'remove', old: 'a@x.org' });
    expect(events.map(({ diff }) => diff)).toEqual(events.map(() => ({ fidelity: 'exact' })));
  });

  test('that was loaded long ago tells its own changes, and says so', async () => {
    const id = await person();
    const em = session.orm.em.fork();
    const old = await em.findOneOrFail(Person, id);
    await session.verbs.update(id, { email: 'b@x.org' });
    await session.told();
    old.age = 41;
    await em.flush();
    const [event] = await session.told();
    expect(event?.changes).toEqual([{ path: '/age', op: 'replace', old: 40, new: 41 }]);
    expect(event?.diff).toEqual({ fidelity: 'exact', why: 'as it was when the application loaded it' });
  });

  test('is read and locked where the options ask for it', async () => {
    await session.close();
    session = await open({ reread: true });
    const id = await person();
    const em = session.orm.em.fork();
    const old = await em.findOneOrFail(Person, id);
    await session.verbs.update(id, { age: 50 });
    await session.told();
    old.age = 41;
    await em.flush();
    const [event] = await session.told();
    expect(event?.changes).toEqual([{ path: '/age', op: 'replace', old: 50, new: 41 }]);
    expect(event?.diff).toEqual({ fidelity: 'exact' });
  });

  test('with SQL for a value, and generated columns, tells what the database made of it', async () => {
    const id = await person();
    const em = session.orm.em.fork();
    const row = await em.findOneOrFail(Person, id);
    row.age = raw('age + 2') as never;
    row.name = 'Zoe';
    await em.flush();
    const [event] = await session.told();
    expect(event?.changes).toContainEqual({ path: '/age', op: 'replace', old: 40, new: 42 });
    expect(event?.changes).toContainEqual({ path: '/initial', op: 'replace', old: 'A', new: 'Z' });
  });

  test('whose JSON was changed in place tells what was there', async () => {
    const id = await person({ settings: { theme: { dark: true } } });
    const em = session.orm.em.fork();
    const row = await em.findOneOrFail(Person, id);
    (row.settings as { theme: { dark: boolean } }).theme.dark = false;
    await em.flush();
    expect((await session.told())[0]?.changes).toEqual([
      { path: '/settings/theme/dark', op: 'replace', old: true, new: false },
    ]);
  });

  test('that somebody else has removed tells nothing', async () => {
    const id = await person();
    const em = session.orm.em.fork();
    const row = await em.findOneOrFail(Person, id);
    await session.verbs.remove(id);
    await session.told();
    await em.removeAndFlush(row);
    expect(await session.told()).toEqual([]);
  });

  test('and others of its flush are told each, by their references too', async () => {
    const em = session.orm.em.fork();
    const [ann, bob] = ['Ann', 'Bob'].map((name) => em.create(Person, { name } as never));
    const plan = em.create(Document, { title: 'Plan', owner: ann } as never);
    await em.flush();
    plan.owner = bob ?? null;
    if (ann !== undefined && bob !== undefined) [ann.age, bob.age] = [1, 2];
    await em.flush();
    em.remove([plan, ann as Person]);
    await em.flush();
    const events = await session.told();
    expect(events.map(({ action, resource }) => `${action} ${resource?.name}`)).toEqual([
      'person.create Ann',
      'person.create Bob',
      'document.create Plan',
      'person.update Ann',
      'person.update Bob',
      'document.update Plan',
      'document.delete Plan',
      'person.delete Ann',
    ]);
    expect(events[5]?.changes).toEqual([{ path: '/owner', op: 'replace', old: ann?.id, new: bob?.id }]);
  });
});

describe('lists', () => {
  test('tell what is added and removed from either side, loaded or not', async () => {
    const id = await session.verbs.insertDocument('Plan');
    await session.verbs.setTags?.(id, [1, 2]);
    await session.told();
    const em = session.orm.em.fork();
    const plan = await em.findOneOrFail(Document, id);
    plan.tags.set([em.getReference(Tag, 2), em.getReference(Tag, 3)]);
    await em.flush();
    const other = session.orm.em.fork();
    const tag = await other.findOneOrFail(Tag, 1, { populate: ['documents'] });
    tag.documents.add(other.getReference(Document, id));
    await other.flush();
    const events = await session.told();
    expect(events.map(({ action, resource }) => `${action} ${resource?.id}`)).toEqual([
      `document.update ${id}`,
      `document.update ${id}`,
    ]);
    expect(events.map(({ changes }) => changes?.map(({ op, path }) => `${op} ${path}`))).toEqual([
      ['remove /tags/1', 'add /tags/3'],
      ['add /tags/1'],
    ]);
  });

  test('of children that were set without being loaded tell those that came and went', async () => {
    const id = await person();
    const [one, two] = [await session.verbs.insertDocument('one', id), await session.verbs.insertDocument('two')];
    await session.told();
    const em = session.orm.em.fork();
    const owner = await em.findOneOrFail(Person, id);
    owner.documents.set([em.getReference(Document, two)]);
    await em.flush();
    const events = await session.told();
    const owners = await session.sql('SELECT id, owner_id FROM documents');
    expect(owners).toContainEqual({ id: one, owner_id: null });
    expect(events.map(session.short)).toContain(`document.update ${one}`);
  });
});

describe('past the unit of work', () => {
  test('native writes and upserts tell each row', async () => {
    const em = session.orm.em.fork();
    const id = await em.insert(Person, { name: 'Ann', age: 1 } as never);
    await em.nativeUpdate(Person, id as never, { displayName: 'A.' });
    await em.upsertMany(Membership, [{ orgId: 1, personId: 2, role: 'a' }]);
    await em.upsertMany(Membership, [
      { orgId: 1, personId: 2, role: 'b' },
      { orgId: 1, personId: 3, role: 'c' },
    ]);
    await em.upsert(Membership, { orgId: 1, personId: 2, role: 'z' }, { onConflictAction: 'ignore' });
    await em.nativeDelete(Membership, { orgId: 1 });
    const events = await session.told();
    expect(events.map(session.short)).toEqual([
      `person.create ${id}`,
      `person.update ${id}`,
      'membership.create 1:2',
      'membership.update 1:2',
      'membership.create 1:3',
      'membership.delete 1:2',
      'membership.delete 1:3',
    ]);
    expect(events[1]?.changes).toEqual([{ path: '/displayName', op: 'replace', old: null, new: 'A.' }]);
  });

  test('query builders tell each row, and leave a gap with joins', async () => {
    const em = session.orm.em.fork();
    await em.createQueryBuilder(Person).insert([
      { name: 'Ann', age: 1 },
      { name: 'Bob', age: 2 },
    ] as never);
    await em
      .createQueryBuilder(Person, 'p')
      .update({ age: 7, displayName: 'x' })
      .where({ 'p.age': { $gt: 1 } } as never);
    await em
      .createQueryBuilder(Membership)
      .insert({ orgId: 1, personId: 1, role: 'a' })
      .onConflict(['orgId', 'personId'])
      .merge();
    await em
      .createQueryBuilder(Membership)
      .insert({ orgId: 1, personId: 1, role: 'b' })
      .onConflict(['orgId', 'personId'])
      .merge();
    await em.transactional(async (inner) => {
      await inner.createQueryBuilder(Person).delete({ name: 'Ann' }).execute();
    });
    await em
      .createQueryBuilder(Document, 'd')
      .update({ title: 'x' })
      .where({ owner: { name: 'Bob' } })
      .execute();
    const events = await session.told();
    const names = events.map(({ action, resource }) => [action, resource?.name ?? resource?.id].join(' ').trim());
    expect(names.sort()).toEqual([
      'audit.coverage_gap',
      'membership.create 1:1',
      'membership.update 1:1',
      'person.create Ann',
      'person.create Bob',
      'person.delete Ann',
      'person.update Bob',
    ]);
    expect(events[2]?.changes).toEqual([
      { path: '/displayName', op: 'replace', old: null, new: 'x' },
      { path: '/age', op: 'replace', old: 2, new: 7 },
    ]);
  });

  test('raw SQL leaves a gap when it writes, and none when it reads', async () => {
    const em = session.orm.em.fork();
    await em.execute('SELECT 1');
    await em.getConnection().execute('UPDATE people SET age = 1');
    await em.find(Person, {});
    expect(await session.told()).toMatchObject([{ action: 'audit.coverage_gap', metadata: { verb: 'execute' } }]);
  });
});
