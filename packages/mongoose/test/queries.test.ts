import { changesOf, closeShops, openShop } from './support/shop';

afterEach(closeShops);

describe('queries', () => {
  test('that find a document and change it are told exactly, with what the database answers', async () => {
    const { models, server, told } = await openShop();
    const { _id } = await models.Circle.create({ name: 'C', radius: 1 });
    await told();
    server.commands.length = 0;
    await models.Shape.findOneAndUpdate({ name: 'C' }, { $set: { radius: 2 } }, { strict: false });
    await models.Shape.findOneAndReplace({ _id }, { name: 'C', radius: 3 }, { strict: false });
    await models.Shape.findOneAndDelete({ _id });
    expect(server.commands).toEqual(['findAndModify', 'findAndModify', 'findAndModify']);
    const events = await told();
    expect(events.map(({ diff }) => diff)).toEqual(Array(3).fill({ fidelity: 'exact' }));
    expect(events.map((event) => changesOf(event)['/radius'])).toMatchObject([
      { old: 1, new: 2 },
      { old: 2, new: 3 },
      { old: 3, op: 'remove' },
    ]);
  });

  test('that ask for the document as it is then, or for a part of it, are told as well', async () => {
    const { models, server, told } = await openShop();
    const { _id } = await models.User.create({ name: 'Ann', age: 1 });
    await told();
    server.commands.length = 0;
    await models.User.findByIdAndUpdate(_id, { age: 2 }, { returnDocument: 'after' });
    await models.User.findByIdAndUpdate(_id, { $inc: { age: 1 } }, { projection: { name: 1 } });
    const deleted = await models.User.findByIdAndDelete(_id, { projection: { name: 1 }, includeResultMetadata: true });
    expect(deleted.lastErrorObject).toMatchObject({ n: 1 });
    expect(server.commands).toEqual(['find', 'findAndModify', 'find', 'findAndModify', 'find', 'findAndModify']);
    expect((await told()).map((event) => changesOf(event)['/age'])).toMatchObject([
      { old: 1, new: 2 },
      { old: 2, new: 3 },
      { old: 3, op: 'remove' },
    ]);
  });

  test('that find nothing tell nothing', async () => {
    const { models, short } = await openShop();
    await models.User.findOneAndUpdate({ name: 'No' }, { age: 2 });
    await models.User.findOneAndDelete({ name: 'No' });
    await models.User.updateOne({ name: 'No' }, { age: 2 });
    await models.User.updateMany({ name: 'No' }, { age: 2 });
    await models.User.deleteOne({ name: 'No' });
    await models.User.deleteMany({ name: 'No' });
    expect(await short()).toEqual([]);
  });

  test('that update or insert tell which of the two, whatever they return', async () => {
    const { models, told } = await openShop();
    const upsert = { upsert: true };
    await models.User.findOneAndUpdate({ name: 'A' }, { age: 1 }, upsert);
    await models.User.findOneAndUpdate({ name: 'A' }, { age: 2 }, upsert);
    await models.User.findOneAndUpdate({ name: 'B' }, { age: 1 }, { ...upsert, returnDocument: 'after' });
    await models.User.replaceOne({ name: 'C' }, { name: 'C', age: 1 }, upsert);
    await models.User.updateMany({ name: 'D' }, { $setOnInsert: { age: 9 } }, upsert);
    const events = await told();
    expect(events.map(({ action, resource }) => `${action} ${resource?.name}`)).toEqual([
      'user.create A',
      'user.update A',
      'user.create B',
      'user.create C',
      'user.create D',
    ]);
    expect(changesOf(events[1])['/age']).toMatchObject({ old: 1, new: 2 });
    expect(changesOf(events[4])['/age']).toMatchObject({ op: 'add', new: 9 });
  });

  test('with operators that only the database can apply are read again', async () => {
    const { models, server, told } = await openShop();
    const { _id } = await models.Order.create({
      name: 'O',
      items: [
        { sku: 'a', count: 1 },
        { sku: 'b', count: 2 },
      ],
    });
    await told();
    server.commands.length = 0;
    const arrayFilters = [{ 'x.sku': 'b' }];
    await models.Order.updateOne({ _id }, { $set: { 'items.$[x].count': 7 } }, { arrayFilters });
    await models.Order.updateOne({ _id, 'items.sku': 'a' }, { $set: { 'items.$.count': 8 } });
    await models.Order.updateOne({ _id }, { $pull: { items: { sku: 'a' } } });
    await models.Order.updateOne({ _id }, [{ $set: { name: 'P' } }], { updatePipeline: true });
    expect(server.commands).toEqual(Array(4).fill(['find', 'update', 'find']).flat());
    const [first, second, third, fourth] = (await told()).map(changesOf);
    expect(first?.['/items/1/count']).toMatchObject({ old: 2, new: 7 });
    expect(second?.['/items/0/count']).toMatchObject({ old: 1, new: 8 });
    expect(third?.['/items/0']).toMatchObject({ op: 'remove', old: { sku: 'a', count: 8 } });
    expect(fourth?.['/name']).toMatchObject({ old: 'O', new: 'P' });
  });

  test('are told as hooks and casts have left them', async () => {
    const { models, mongoose, short } = await openShop();
    const schema = new mongoose.Schema({ name: String, tenant: String, age: Number });
    schema.pre('updateMany', function () {
      this.where({ tenant: 'one' });
      this.set({ age: '7' });
    });
    const Guest = mongoose.model('Guest', schema);
    await Guest.create([
      { name: 'A', tenant: 'one' },
      { name: 'B', tenant: 'two' },
    ]);
    await short();
    await Guest.updateMany({}, {});
    expect(await short()).toEqual(['guest.update A /age']);
    expect(models.User.collection).toBeDefined();
  });

  test('that change nothing of what is stored tell nothing', async () => {
    const { models, short } = await openShop();
    const { _id } = await models.Order.create({ name: 'O' });
    await short();
    await models.Order.updateOne({ _id }, { name: 'O' });
    await models.Order.findOneAndUpdate({ _id }, { name: 'O' });
    await models.Order.replaceOne({ _id }, { name: 'O', __v: 0 });
    expect(await short()).toEqual([]);
  });

  test('by criteria that find many are told one by one, or above the limit as one', async () => {
    const { models, told } = await openShop({ bulk: { maxRows: 2 } });
    await models.User.insertMany([
      { name: 'A', age: 1 },
      { name: 'B', age: 1 },
      { name: 'C', age: 1 },
    ]);
    await models.User.updateMany({ name: { $in: ['A', 'B'] } }, { $inc: { age: 1 } });
    await models.User.updateMany({ secretNote: { $exists: false } }, { $set: { secretNote: 'hush', age: 3 } });
    const [inserted, a, b, all, ...more] = await told();
    expect(more).toEqual([]);
    expect(inserted?.metadata?.['bulk']).toMatchObject({ verb: 'insertMany', count: 3 });
    expect([a, b].map((event) => changesOf(event)['/age'])).toMatchObject([
      { old: 1, new: 2 },
      { old: 1, new: 2 },
    ]);
    expect(all?.metadata?.['bulk']).toMatchObject({ verb: 'updateMany', count: 3 });
    expect(JSON.stringify(all)).not.toContain('hush');
    expect(JSON.stringify(all)).toContain('"age":3');
  });

  test('of which another writer changed what they find are told without states, and not as another document', async () => {
    const { models, server, told } = await openShop();
    const [, second] = await models.Order.create([{ name: 'O' }, { name: 'O' }]);
    await told();
    const [, stored] = server.documents('orders');
    server.fail('find', { ok: 1, cursor: { id: 0n, ns: 'test.orders', firstBatch: [stored] } });
    await models.Order.updateOne({ name: 'O' }, { name: 'P' });
    expect(await models.Order.findById(second?._id).lean()).toMatchObject({ name: 'O' });
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      action: 'order.update',
      diff: { fidelity: 'none', why: 'changed between reading and writing' },
      metadata: { bulk: { count: 1, filter: { name: 'O' } } },
    });
    expect(event?.resource?.id).toBeUndefined();
  });

  test('that wait for no answer are told by what is stored then', async () => {
    const { models, short } = await openShop();
    const { _id } = await models.User.create({ name: 'Ann', age: 1 });
    await short();
    await models.User.updateOne({ _id }, { age: 2 }, { writeConcern: { w: 0 } });
    expect(await short()).toEqual(['user.update Ann /age']);
  });

  test('of the collection itself, past hooks and casts, are told as well', async () => {
    const { models, mongoose, short } = await openShop();
    await models.User.collection.insertOne({ name: 'Raw' });
    await mongoose.connection.collection('users').updateMany({ name: 'Raw' }, { $set: { age: 1 } });
    await models.User.collection.deleteMany({});
    expect(await short()).toEqual(['user.create Raw', 'user.update Raw /age', 'user.delete Raw /age']);
  });
});
