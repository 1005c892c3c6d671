import type { Shop } from './support/shop';
import { closeShops, openShop } from './support/shop';

afterEach(closeShops);

/** Every verb of Mongoose that writes, on an order that is there. */
const VERBS: Readonly<Record<string, (shop: Shop, id: string) => unknown>> = {
  'new and save': ({ models }, id) => new models.Order({ _id: id, name: 'N' }).save(),
  save: async ({ models }) => {
    const order = await models.Order.findOne().orFail();
    order.name = 'S';
    expect(await order.save()).toBe(order);
    return [order, order.isModified(), order.isNew];
  },
  'save without a change': async ({ models }) => (await models.Order.findOne().orFail()).save(),
  create: ({ models }, id) => models.Order.create([{ _id: id, name: 'N' }]),
  insertMany: ({ models }, id) => models.Order.insertMany([{ _id: id, name: 'N' }]),
  'insertMany with the raw result': ({ models }, id) =>
    models.Order.insertMany([{ _id: id, name: 'N' }], { rawResult: true }),
  updateOne: ({ models }) => models.Order.updateOne({ name: 'O' }, { name: 'P' }),
  'updateOne of a document': async ({ models }) => (await models.Order.findOne().orFail()).updateOne({ name: 'P' }),
  updateMany: ({ models }) => models.Order.updateMany({}, { $set: { name: 'P' } }),
  'upsert that finds nothing': ({ models }, id) => models.Order.updateOne({ _id: id }, { name: 'P' }, { upsert: true }),
  replaceOne: ({ models }) => models.Order.replaceOne({ name: 'O' }, { name: 'P' }),
  findOneAndUpdate: ({ models }) => models.Order.findOneAndUpdate({ name: 'O' }, { name: 'P' }),
  'findOneAndUpdate, as it is then': ({ models }) =>
    models.Order.findOneAndUpdate({ name: 'O' }, { name: 'P' }, { returnDocument: 'after' }),
  'findOneAndUpdate, with all that is said': ({ models }) =>
    models.Order.findOneAndUpdate({ name: 'O' }, { name: 'P' }, { includeResultMetadata: true }),
  'findOneAndUpdate, lean': ({ models }) => models.Order.findOneAndUpdate({ name: 'O' }, { name: 'P' }).lean(),
  'findOneAndUpdate of nothing': ({ models }) => models.Order.findOneAndUpdate({ name: 'X' }, { name: 'P' }),
  findOneAndReplace: ({ models }) => models.Order.findOneAndReplace({ name: 'O' }, { name: 'P' }),
  findOneAndDelete: ({ models }) => models.Order.findOneAndDelete({ name: 'O' }),
  'findOneAndDelete of nothing': ({ models }) => models.Order.findOneAndDelete({ name: 'X' }),
  deleteOne: ({ models }) => models.Order.deleteOne({ name: 'O' }),
  'deleteOne of a document': async ({ models }) => (await models.Order.findOne().orFail()).deleteOne(),
  deleteMany: ({ models }) => models.Order.deleteMany(),
  bulkWrite: ({ models }, id) =>
    models.Order.bulkWrite([
      { insertOne: { document: { _id: id, name: 'N' } } },
      { updateMany: { filter: {}, update: { name: 'Q' } } },
      { deleteOne: { filter: { name: 'X' } } },
    ]),
  bulkSave: async ({ models }) => {
    const order = await models.Order.findOne().orFail();
    order.name = 'S';
    return models.Order.bulkSave([order]);
  },
  'bulkWrite of nothing': ({ models }) => models.Order.bulkWrite([]),
  'insertOne of the collection': ({ models }) => models.Order.collection.insertOne({ name: 'N', _id: 'x' as never }),
  'an update that is refused': ({ models }) => models.Order.updateOne({}, { $push: { name: 'x' } }, { strict: false }),
  'an update with an operator that is none': ({ models }) => models.Order.collection.updateOne({}, { $no: 1 } as never),
  'an update that is a replacement': ({ models }) => models.Order.collection.updateOne({}, { name: 'x' }),
  'a key that is there': ({ models }) => models.User.insertMany([{ email: 'a@x.org' }, { email: 'a@x.org' }]),
  'a query that matches none of two': ({ models }) => models.Order.updateOne({ name: 'X' }, { name: 'Y' }).orFail(),
};

const FAILING = /^(an update that|an update with|a key that|a query that)/;

describe('the application', () => {
  for (const [name, verb] of Object.entries(VERBS))
    test(`gets from ${name} what it would without auditing`, async () => {
      const id = '64b000000000000000000002';
      const outcomes = [];
      for (const options of ['not audited', {}] as const) {
        const shop = await openShop(options);
        await shop.models.Order.create({ _id: '64b000000000000000000001', name: 'O' });
        const outcome = await Promise.resolve()
          .then(() => verb(shop, id))
          .then(
            (value) => ({ value: plain(value) }),
            (error: Error) => ({
              error: [error.name, error.message.replace(/[0-9a-f]{24}/g, ''), error.constructor.name],
            }),
          );
        outcomes.push({ outcome, stored: plain(await shop.models.Order.find().lean()) });
      }
      expect(outcomes[1]).toEqual(outcomes[0]);
      expect('error' in (outcomes[0]?.outcome ?? {})).toBe(FAILING.test(name));
    });

  test('keeps what it gave: filters, changes, documents and options are as they were', async () => {
    const { models } = await openShop();
    const given = deepFreeze({
      filter: { name: 'O' },
      update: { $set: { name: 'P' } },
      options: { upsert: true },
      document: { _id: '64b000000000000000000003', name: 'D' },
    });
    await models.Order.collection.updateOne(given.filter, given.update, given.options);
    await models.Order.collection.insertOne(given.document as never);
    await models.Order.collection.findOneAndUpdate(given.filter, given.update, given.options);
    expect(await models.Order.countDocuments()).toBe(3);
  });

  test('may change what it gave while it waits: what was sent is told', async () => {
    const { models, told } = await openShop();
    const document = { name: 'sent', items: [{ sku: 'a' }] };
    const inserted = models.Order.collection.insertOne(document as never);
    await new Promise(setImmediate);
    document.name = 'changed';
    document.items.push({ sku: 'b' });
    await inserted;
    const [event] = await told();
    expect(event?.resource?.name).toBe('sent');
    expect(JSON.stringify(event)).not.toContain('"b"');
  });

  test('is not refused a write whose state before cannot be read, unless it wants to be', async () => {
    const { errors, models, server, told } = await openShop();
    await models.Order.create({ name: 'O' });
    await told();
    server.fail('find', { ok: 0, code: 50, errmsg: 'too slow' });
    await models.Order.updateOne({ name: 'O' }, { name: 'P' });
    expect(errors.map(({ code }) => code)).toContain('AUDIT_CAPTURE_FAILED');
    expect((await told())[0]).toMatchObject({ action: 'order.update', diff: { fidelity: 'none' } });
    const strict = await openShop({ mode: 'strict' });
    await strict.models.Order.create({ name: 'O' });
    strict.server.fail('find', { ok: 0, code: 50, errmsg: 'too slow' });
    const refused = strict.models.Order.updateOne({ name: 'O' }, { name: 'P' });
    await expect(refused).rejects.toMatchObject({ code: 'AUDIT_CAPTURE_FAILED' });
    expect(await strict.models.Order.countDocuments({ name: 'O' })).toBe(1);
  });

  test('sees no queries of ours in the log of Mongoose, and nothing new in its collection', async () => {
    const { models, mongoose } = await openShop();
    const log: string[] = [];
    mongoose.set('debug', (_collection: string, method: string) => log.push(method));
    await models.Order.create({ name: 'O' });
    await models.Order.updateOne({ name: 'O' }, { name: 'P' });
    expect(log).toEqual(['insertOne', 'updateOne']);
    expect(Object.keys(models.Order.collection)).not.toContain('updateOne');
  });
});

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) deepFreeze(member);
  return Object.freeze(value);
}
