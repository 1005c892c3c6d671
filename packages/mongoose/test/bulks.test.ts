import { changesOf, closeShops, openShop } from './support/shop';

afterEach(closeShops);

describe('bulks', () => {
  test('of every kind tell each document', async () => {
    const { models, short } = await openShop();
    const [a, b, c] = await models.Order.create([{ name: 'A' }, { name: 'B' }, { name: 'C' }]);
    await short();
    const result = await models.Order.bulkWrite([
      { insertOne: { document: { name: 'N' } } },
      { updateOne: { filter: { _id: a?._id }, update: { name: 'A2' } } },
      { updateMany: { filter: { name: 'B' }, update: { name: 'B2' } } },
      { replaceOne: { filter: { name: 'U' }, replacement: { name: 'U' }, upsert: true } },
      { deleteOne: { filter: { _id: c?._id } } },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 2, upsertedCount: 1, deletedCount: 1 });
    expect((await short()).sort()).toEqual([
      'order.create N',
      'order.create U',
      'order.delete C',
      'order.update A2',
      'order.update B2',
    ]);
    expect(b?.name).toBe('B');
  });

  test('of saved documents tell those that changed', async () => {
    const { models, server, told } = await openShop();
    const users = await models.User.create([
      { name: 'A', age: 1 },
      { name: 'B', age: 1 },
    ]);
    await told();
    server.commands.length = 0;
    for (const user of users) user.age = 2;
    await models.User.bulkSave([...users, new models.User({ name: 'C' })]);
    const events = await told();
    expect(events.map(({ action, resource }) => `${action} ${resource?.name}`).sort()).toEqual([
      'user.create C',
      'user.update A',
      'user.update B',
    ]);
    expect(changesOf(events.find(({ action }) => action === 'user.update'))['/age']).toMatchObject({ old: 1, new: 2 });
    // One query before and one after for all that are changed, one for what is new beside them.
    expect(server.commands.filter((name) => name === 'find')).toHaveLength(3);
  });

  test('of which a part is refused tell the other part, and the error stays what it is', async () => {
    const { models, short } = await openShop();
    await models.User.create({ name: 'Ann', email: 'a@x.org' });
    await short();
    const twins = [
      { name: 'B', email: 'b@x.org' },
      { name: 'A', email: 'a@x.org' },
      { name: 'C', email: 'c@x.org' },
    ];
    await expect(models.User.insertMany(twins)).rejects.toMatchObject({ name: 'MongoBulkWriteError', code: 11000 });
    expect(await short()).toEqual(['user.create B /email']);
    await models.User.deleteMany({ name: 'B' });
    await short();
    await expect(models.User.insertMany(twins, { ordered: false })).rejects.toMatchObject({ insertedCount: 2 });
    expect((await short()).sort()).toEqual(['user.create B /email', 'user.create C /email']);
    const failing = models.User.bulkWrite([
      { updateOne: { filter: { name: 'B' }, update: { age: 5 } } },
      { insertOne: { document: { name: 'D', email: 'a@x.org' } } },
      { deleteOne: { filter: { name: 'C' } } },
    ]);
    await expect(failing).rejects.toMatchObject({ name: 'MongoBulkWriteError' });
    expect(await short()).toEqual(['user.update B /age']);
  });

  test('that come one after the other in one command tell what came of them', async () => {
    const { models, told } = await openShop();
    const { _id } = await models.Order.create({ name: 'A' });
    await told();
    await models.Order.bulkWrite([
      { updateOne: { filter: { _id }, update: { name: 'B' } } },
      { updateOne: { filter: { _id }, update: { name: 'C' } } },
    ]);
    const events = await told();
    expect(changesOf(events[0])['/name']).toMatchObject({ old: 'A', new: 'C' });
  });
});
