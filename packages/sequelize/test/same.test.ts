import { literal } from 'sequelize';
import { open, type Session } from './support/session';

/** What an application can see of a result, with nothing of the connection. */
function seen(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(seen);
  if (typeof value === 'object' && value !== null && 'dataValues' in value) {
    const { _previousDataValues, dataValues, isNewRecord } = value as Record<string, unknown>;
    return {
      dataValues,
      _previousDataValues,
      isNewRecord,
      changed: (value as unknown as { changed(): unknown }).changed(),
    };
  }
  return value;
}

const AT = new Date('2020-01-01T00:00:00Z');
const made = { name: 'Ann', email: 'a@x.org', age: 1, balance: '1.5', settings: { a: 1 }, updatedAt: AT };
const silent = { silent: true };
const fields = ['name', 'email', 'age'] as never;

/** Every verb, with what it gives and leaves behind in the objects of the application. */
const VERBS: Record<string, (session: Session) => Promise<unknown>> = {
  create: ({ person }) => person.create(made, silent),
  'create, nothing returned': ({ person }) => person.create(made, { ...silent, returning: false }),
  'create, a part returned': ({ person }) =>
    person.create(made, { ...silent, returning: ['id', 'display_name'] as never }),
  save: async ({ person }) => {
    const row = await person.create(made, silent);
    row.age = 2;
    return [(await row.save(silent)) === row, row];
  },
  'save, with SQL': async ({ person }) => {
    const row = await person.create(made, silent);
    return row.update({ age: literal('age + 1') }, silent).then((same) => [same === row, typeof same.age]);
  },
  'save, all returned': async ({ person }) => {
    const row = await person.create(made, silent);
    return row.update({ age: literal('age + 1'), balance: '2' }, { ...silent, returning: true });
  },
  'save, a part returned': async ({ person }) => {
    const row = await person.create(made, silent);
    return row.update({ balance: '2' }, { ...silent, returning: ['balance'] as never });
  },
  'destroy softly and restore': async ({ person }) => {
    const row = await person.create(made, silent);
    await row.destroy({ ...silent } as never);
    const isGone = row.deletedAt instanceof Date;
    return [isGone, await row.restore({ ...silent } as never), row];
  },
  destroy: async ({ person }) => {
    const row = await person.create(made, silent);
    return [await row.destroy({ force: true }), row];
  },
  increment: async ({ person }) => {
    const row = await person.create(made, silent);
    return [(await row.increment('age', silent)) === row, row];
  },
  'increment by criteria': async ({ person }) => {
    await person.create(made, silent);
    return person.increment({ age: 3 }, { ...silent, where: { name: 'Ann' } });
  },
  'decrement by criteria': async ({ person }) => {
    await person.create(made, silent);
    return person.decrement('age', { ...silent, where: {} });
  },
  bulkCreate: ({ person }) => person.bulkCreate([made, { ...made, email: 'b' }], { fields }),
  'bulkCreate, nothing returned': ({ person }) => person.bulkCreate([made], { fields, returning: false }),
  'bulkCreate, a part returned': ({ person }) => person.bulkCreate([made], { fields, returning: ['id'] as never }),
  'bulkCreate, duplicates': async ({ person }) => {
    await person.bulkCreate([made], { fields });
    return [
      await person.bulkCreate([made], { fields, ignoreDuplicates: true }),
      await person.bulkCreate([made], { fields, updateOnDuplicate: ['age'] }),
    ];
  },
  'update by criteria': async ({ person }) => {
    await person.create(made, silent);
    return [
      await person.update({ age: 3 }, { ...silent, where: { age: 1 } }),
      await person.update({ age: 4 }, { ...silent, where: { age: 404 } }),
      await person.update({ age: 5 }, { ...silent, where: { age: 3 }, returning: true }),
      await person.update({ age: 6 }, { ...silent, where: { age: 5 }, returning: ['age'] as never }),
    ];
  },
  'destroy and restore by criteria': async ({ person }) => {
    await person.create(made, silent);
    return [
      await person.destroy({ where: { age: 1 } }),
      await person.restore({ where: { age: 1 } }),
      await person.destroy({ where: { age: 1 }, force: true }),
    ];
  },
  upsert: async ({ models: { membership } }) => [
    await membership.upsert({ orgId: 1, personId: 1, role: 'a' }),
    await membership.upsert({ orgId: 1, personId: 1, role: 'b' }, { returning: false }),
  ],
  'findOrCreate and findCreateFind': async ({ person }) => [
    await person.findOrCreate({ where: { email: 'a' }, defaults: made as never, ...silent }),
    await person.findOrCreate({ where: { email: 'a@x.org' }, defaults: made as never }),
    await person.findCreateFind({ where: { email: 'a@x.org' }, defaults: made as never }),
  ],
  'sets of a list': async ({ models: { document } }) => {
    const row = await document.create({ id: '00000000-0000-4000-8000-000000000001', title: 'Plan' });
    return [await row.setTags([1, 2]), await row.addTags([3]), await row.removeTags([1])];
  },
  'queries of their own': ({ sequelize }) => sequelize.query('SELECT 1 AS one; UPDATE people SET age = 1'),
  'verbs of queryInterface': async ({ sequelize }) => {
    const queryInterface = sequelize.getQueryInterface();
    return [
      await queryInterface.insert(null, 'people', { name: 'A' }),
      await queryInterface.bulkInsert('people', [{ name: 'B' }]),
      await queryInterface.bulkUpdate('people', { age: 3 }, { name: 'B' }),
      Array.isArray(await queryInterface.bulkDelete('people', { name: 'B' })),
    ];
  },
  'violation of a key': async ({ person }) => {
    await person.create(made);
    const row = await person.create({ name: 'Bob' });
    const errors = [
      await person.create(made).catch((error) => error),
      await row.update({ email: 'a@x.org' }).catch((error) => error),
      await person.update({ email: 'a@x.org' }, { where: { name: 'Bob' } }).catch((error) => error),
    ];
    return errors.map(({ errors: items, fields: columns, message, name }) => [
      message,
      name,
      columns,
      items.map(({ instance }: { instance: unknown }) => instance === row || (instance as Session)?.constructor.name),
    ]);
  },
  'a value that is not valid': async ({ person }) => {
    const row = await person.create(made);
    const { message, name } = await row.update({ age: 300 }).catch((error) => error);
    return [message, name];
  },
};

test.each(Object.keys(VERBS))('gives the application the same with and without: %s', async (name) => {
  const [bare, audited] = [await open('not audited'), await open()];
  try {
    const of = async (session: Session) =>
      JSON.stringify(seen(await VERBS[name]?.(session)), undefined, 1) ?? 'undefined';
    const without = (text: string) => text.replace(/"\d{4}-\d\d-\d\dT[^"]+"/g, '"time"');
    expect(without(await of(audited))).toBe(without(await of(bare)));
    expect(audited.errors).toEqual([]);
  } finally {
    await Promise.all([bare.close(), audited.close()]);
  }
});

test('hooks of the application run as they did, with the same instance', async () => {
  const { close, person } = await open();
  const ran: string[] = [];
  for (const hook of ['beforeCreate', 'afterCreate', 'beforeUpdate', 'afterUpdate', 'afterDestroy'] as const)
    person.addHook(hook, (instance: unknown) => void ran.push(`${hook} ${instance === row}`));
  const row = person.build({ name: 'Ann' });
  await row.save();
  await row.update({ age: 1 });
  await row.destroy({ force: true });
  expect(ran).toEqual(
    ['beforeCreate', 'afterCreate', 'beforeUpdate', 'afterUpdate', 'afterDestroy'].map((hook) => `${hook} true`),
  );
  await close();
});
