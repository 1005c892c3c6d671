import { changesOf, closeShops, openShop } from './support/shop';

afterEach(closeShops);

const UNKNOWN = { ok: 0, code: 91, errmsg: 'shutdown', errorLabels: ['UnknownTransactionCommitResult'] };
const TRANSIENT = { ok: 0, code: 112, errmsg: 'conflict', errorLabels: ['TransientTransactionError'] };

describe('transactions', () => {
  test('of a session that is committed by hand tell then what they changed, locked', async () => {
    const { models, mongoose, short, told } = await openShop();
    const { _id } = await models.User.create({ name: 'Ann', age: 1 });
    await short();
    const session = await mongoose.startSession();
    session.startTransaction();
    const user = await models.User.findById(_id).session(session).orFail();
    user.age = 2;
    await user.save();
    await models.User.create([{ name: 'Ben' }], { session });
    expect(await told()).toEqual([]);
    await session.commitTransaction();
    const events = await told();
    expect(events.map(({ action }) => action)).toEqual(['user.update', 'user.create']);
    expect(events[0]?.diff).toEqual({ fidelity: 'exact' });
    session.startTransaction();
    await models.User.deleteOne({ _id }).session(session);
    await session.abortTransaction();
    session.startTransaction();
    await models.User.updateOne({ _id }, { age: 3 }, { session });
    await session.commitTransaction();
    await session.endSession();
    const [again, ...more] = await told();
    expect(more).toEqual([]);
    expect(changesOf(again)['/age']).toMatchObject({ old: 2, new: 3 });
  });

  test('whose session ends before they are committed tell nothing', async () => {
    const { models, mongoose, short } = await openShop();
    const session = await mongoose.startSession();
    session.startTransaction();
    await models.User.create([{ name: 'Ben' }], { session });
    await session.endSession();
    expect(await short()).toEqual([]);
    expect(await models.User.countDocuments()).toBe(0);
  });

  test('that are begun anew after a conflict tell what came of it once', async () => {
    const { models, mongoose, server, short } = await openShop();
    let runs = 0;
    server.fail('commitTransaction', TRANSIENT);
    await mongoose.connection.transaction(async (session) => {
      runs += 1;
      await models.User.create([{ name: 'Ben' }], { session });
      if (runs === 2) server.fail('update', TRANSIENT);
      await models.User.updateOne({ name: 'Ben' }, { age: runs }, { session });
    });
    expect(runs).toBe(3);
    expect(await short()).toEqual(['user.create Ben /age']);
  });

  test('whose commit is asked for again, as its answer got lost, tell what they changed once', async () => {
    const { models, mongoose, server, short } = await openShop();
    server.fail('commitTransaction', UNKNOWN);
    server.fail('commitTransaction', UNKNOWN);
    await mongoose.connection.transaction((session) => models.User.create([{ name: 'Ben' }], { session }));
    expect(await short()).toEqual(['user.create Ben']);
  });

  test('of which nobody knows whether they were committed leave a gap', async () => {
    const { models, mongoose, server, told } = await openShop();
    const session = await mongoose.startSession();
    session.startTransaction();
    await models.User.create([{ name: 'Ben' }], { session });
    for (let i = 0; i < 10; i++) server.fail('commitTransaction', UNKNOWN);
    await expect(session.commitTransaction()).rejects.toThrow('shutdown');
    await session.endSession();
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ action: 'audit.coverage_gap', metadata: { verb: 'commitTransaction' } });
  });

  test('that Mongoose carries along by itself are known without a session in every call', async () => {
    const { models, mongoose, short } = await openShop();
    mongoose.set('transactionAsyncLocalStorage', true);
    const failing = mongoose.connection.transaction(async () => {
      await models.User.create({ name: 'Ben' });
      await models.User.insertMany([{ name: 'Cis' }]);
      await models.User.bulkWrite([{ insertOne: { document: { name: 'Dan' } } }]);
      throw new Error('undo');
    });
    await expect(failing).rejects.toThrow('undo');
    expect(await short()).toEqual([]);
    await mongoose.connection.transaction(async () => {
      await models.User.create({ name: 'Ben' });
      await models.User.updateOne({ name: 'Ben' }, { age: 1 });
    });
    expect(await short()).toEqual(['user.create Ben /age']);
  });

  test('of their own are what `isolate` gives to writes that are in none', async () => {
    const { models, server, told } = await openShop({ isolate: true });
    const { _id } = await models.User.create({ name: 'Ann', age: 1 });
    await told();
    server.commands.length = 0;
    await models.User.updateOne({ _id }, { age: 2 });
    expect(server.commands).toEqual(['find', 'update', 'commitTransaction']);
    expect(await models.User.findOneAndDelete({ _id })).toMatchObject({ age: 2 });
    const events = await told();
    expect(events.map(({ diff }) => diff)).toEqual([{ fidelity: 'exact' }, { fidelity: 'exact' }]);
    expect(changesOf(events[0])['/age']).toMatchObject({ old: 1, new: 2 });
  });
});
