import { raw, wrap } from '@mikro-orm/postgresql';
import { Document, Membership, Person, Tag } from './support/entities';
import { open, type Session } from './support/session';

const AT = new Date('2020-01-01T00:00:00Z');
const made = { name: 'Ann', email: 'a@x.org', age: 1, balance: '1.5', settings: { a: 1 }, updatedAt: AT } as never;
const ID = '00000000-0000-4000-8000-000000000001';

/** Every verb, with what it gives and leaves behind in the objects of the application. */
const VERBS: Record<string, (session: Session) => Promise<unknown>> = {
  'a flush': async ({ orm }) => {
    const em = orm.em.fork();
    const person = em.create(Person, made);
    const first = await em.persistAndFlush(person);
    const created = wrap(person).toPOJO();
    person.age = 2;
    person.name = 'Zoe';
    await em.flush();
    const updated = wrap(person).toPOJO();
    const state = em.getUnitOfWork().getOriginalEntityData(person);
    await em.removeAndFlush(person);
    return [
      first,
      created,
      updated,
      state,
      wrap(person).isManaged(),
      em.getUnitOfWork().getIdentityMap().values().length,
    ];
  },
  'a flush of several, in order of what depends on what': async ({ orm }) => {
    const em = orm.em.fork();
    const people = ['A', 'B'].map((name) => em.create(Person, { name, updatedAt: AT } as never));
    const plan = em.create(Document, { id: ID, title: 'x', owner: people[0] } as never);
    await em.flush();
    plan.tags.add(em.getReference(Tag, 1));
    for (const each of people) each.age = 2;
    await em.flush();
    return [people.map((each) => wrap(each).toObject()), wrap(plan).toObject(), plan.tags.isDirty()];
  },
  'native writes': async ({ orm }) => {
    const em = orm.em.fork();
    return [
      await em.insert(Person, made),
      await em.insertMany(Person, [{ name: 'B' }, { name: 'C' }] as never),
      await em.insert(Membership, { orgId: 1, personId: 2, role: 'x' }),
      await em.nativeUpdate(Person, { name: 'B' }, { age: raw('1 + 1') as never }),
      await em.nativeUpdate(Person, { name: 'none' }, { age: 3 }),
      await em.nativeDelete(Person, { name: ['B', 'C'] }),
      await em.nativeDelete(Membership, { orgId: 1, personId: 2 }),
    ];
  },
  upserts: async ({ orm }) => {
    const em = orm.em.fork();
    const [one, two] = [
      await em.upsert(Person, made),
      await em.upsert(Person, { ...(made as object), age: 2 } as never),
    ];
    const many = await em.upsertMany(Membership, [{ orgId: 1, personId: 2, role: 'x' }]);
    return [one === two, wrap(two).toPOJO(), many.map((each) => wrap(each).toPOJO())];
  },
  'query builders': async ({ orm }) => {
    const em = orm.em.fork();
    const query = em.createQueryBuilder(Person).update({ age: 5 }).where({ name: 'Ann' });
    return [
      await em.createQueryBuilder(Person).insert(made),
      await query.clone().execute(),
      await query.execute('run'),
      query.getFormattedQuery(),
      await em
        .createQueryBuilder(Person)
        .update({ age: 6 })
        .where({ name: 'Ann' })
        .returning(['id', 'age'])
        .execute('all'),
      await em.createQueryBuilder(Person).delete({ age: 6 }),
      await em.createQueryBuilder(Person).truncate(),
    ];
  },
  'queries of their own': async ({ orm }) => [
    await orm.em.fork().execute('SELECT 1 AS one'),
    await orm.em.fork().execute("INSERT INTO tags (name) VALUES ('x') RETURNING name", [], 'run'),
  ],
  errors: async ({ orm }) => {
    await orm.em.fork().insert(Person, made);
    const em = orm.em.fork();
    em.create(Person, made);
    const failed = [
      await em.flush().catch((error) => error),
      await orm.em
        .fork()
        .insert(Person, made)
        .catch((error) => error),
      await orm.em
        .fork()
        .nativeUpdate(Person, {}, { name: null as never })
        .catch((error) => error),
      await orm.em
        .fork()
        .nativeUpdate(Person, { nothing: 1 } as never, { name: 'x' })
        .catch((error) => error),
    ];
    return failed.map((error) => [error.constructor.name, error.code, error.message]);
  },
};

test.each(Object.keys(VERBS))('gives the application the same with and without: %s', async (name) => {
  const [bare, audited] = [await open('not audited'), await open()];
  try {
    const of = async (session: Session) =>
      JSON.stringify(await VERBS[name]?.(session), (_, value) => (typeof value === 'bigint' ? `${value}n` : value), 1);
    const without = (text: string) => text.replace(/"\d{4}-\d\d-\d\d[T ][^"]+"/g, '"time"');
    const expected = without(await of(bare));
    expect(without(await of(audited))).toBe(expected);
    expect(audited.errors.filter(({ cause }) => !/nothing/.test(String(cause)))).toEqual([]);
  } finally {
    await Promise.all([bare.close(), audited.close()]);
  }
});

test('subscribers and hooks of the application run as they did', async () => {
  const ran: string[] = [];
  const { close, orm } = await open();
  const note = (name: string) => () => void ran.push(name);
  const events = ['beforeFlush', 'onFlush', 'beforeCreate', 'afterCreate', 'beforeUpdate', 'afterUpdate', 'afterFlush'];
  orm.em.getEventManager().registerSubscriber(Object.fromEntries(events.map((name) => [name, note(name)])));
  const em = orm.em.fork();
  const person = em.create(Person, { name: 'Ann' } as never);
  await em.flush();
  person.age = 1;
  await em.flush();
  expect(ran).toEqual([
    ...['beforeFlush', 'onFlush', 'beforeCreate', 'afterCreate', 'afterFlush'],
    ...['beforeFlush', 'onFlush', 'beforeUpdate', 'afterUpdate', 'afterFlush'],
  ]);
  await close();
});
