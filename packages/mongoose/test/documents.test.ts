import { changesOf, closeShops, openShop } from './support/shop';

afterEach(closeShops);

describe('documents', () => {
  test('that are saved tell what was sent: nested documents, items of arrays, members of maps', async () => {
    const { models, short, told } = await openShop();
    const user = await new models.User({ name: 'Ann', age: 40, tags: ['a'], address: { city: 'Bonn' } }).save();
    await short();
    user.set('address.city', 'Berlin');
    user.tags?.push('b');
    user.set('scores.chess', 7);
    user.set('age', undefined);
    await user.save();
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ action: 'user.update', resource: { type: 'user', id: user.id, name: 'Ann' } });
    expect(changesOf(event)).toMatchObject({
      '/address/city': { old: 'Bonn', new: 'Berlin' },
      '/tags': { old: ['a'], new: ['a', 'b'] },
      '/scores': { op: 'add', new: { chess: 7 } },
      '/age': { op: 'remove', old: 40 },
    });
  });

  test('in arrays are told by their own ids', async () => {
    const { models, told } = await openShop();
    const order = await models.Order.create({
      name: 'O',
      items: [
        { sku: 'a', count: 1 },
        { sku: 'b', count: 2 },
      ],
    });
    await told();
    order.set('items.1.count', 5);
    await order.save();
    order.items?.shift();
    await order.save();
    const [changed, taken] = await told();
    expect(changesOf(changed)['/items/1/count']).toMatchObject({ old: 2, new: 5 });
    expect(changesOf(taken)['/items/0']).toMatchObject({ op: 'remove', old: { sku: 'a' } });
  });

  test('that are saved without a change tell nothing, and are not read', async () => {
    const { models, server, short } = await openShop();
    const user = await models.User.create({ name: 'Ann' });
    await short();
    server.commands.length = 0;
    user.set('name', 'Ann');
    await user.save();
    expect(await short()).toEqual([]);
    expect(server.commands).toEqual(['find']);
  });

  test('are read before by their key when they are changed, and not again after', async () => {
    const { models, server, told } = await openShop();
    const user = await models.User.create({ name: 'Ann', age: 1 });
    server.commands.length = 0;
    user.age = 2;
    await user.save();
    expect(server.commands).toEqual(['find', 'update']);
    const [, event] = await told();
    expect(event?.diff).toEqual({ fidelity: 'exact', why: 'read just before the write, not locked' });
  });

  test('that another has changed meanwhile tell what was really there', async () => {
    const { models, told } = await openShop();
    const user = await models.User.create({ name: 'Ann', age: 1 });
    await models.User.updateOne({ _id: user._id }, { age: 5 });
    await told();
    user.age = 2;
    await user.save();
    const [event] = await told();
    expect(changesOf(event)['/age']).toMatchObject({ old: 5, new: 2 });
  });

  test('that are loaded with some fields only tell all that changed', async () => {
    const { models, told } = await openShop();
    const { _id } = await models.User.create({ name: 'Ann', age: 1, nickname: 'An' });
    await told();
    const user = await models.User.findById(_id).select('nickname').orFail();
    user.nickname = 'Annie';
    await user.save();
    const [event] = await told();
    expect(event?.resource?.name).toBe('Ann');
    expect(changesOf(event)['/nickname']).toMatchObject({ old: 'An', new: 'Annie' });
  });

  test('that are refused by validation, a version or a unique index tell nothing', async () => {
    const { models, short } = await openShop();
    await models.User.create({ name: 'Ann', email: 'a@x.org' });
    const order = await models.Order.create({ name: 'O', items: [{ sku: 'a', count: 1 }] });
    const other = await models.Order.findById(order._id).orFail();
    await short();
    await expect(models.User.create({ name: 'B', nickname: 'x' })).rejects.toThrow('nickname');
    await expect(models.User.create({ name: 'B', email: 'a@x.org' })).rejects.toThrow('E11000');
    other.name = 'P';
    await other.save();
    order.name = 'Q';
    await expect(order.save()).rejects.toThrow('version');
    expect(await short()).toEqual(['order.update P']);
  });

  test('that are deleted tell it once, though Mongoose runs hooks of a document and of a query', async () => {
    const { models, short, told } = await openShop();
    const user = await models.User.create({ name: 'Ann', age: 4 });
    await short();
    await user.deleteOne();
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ action: 'user.delete', resource: { id: user.id } });
    expect(changesOf(event)['/age']).toMatchObject({ op: 'remove', old: 4 });
  });

  test('keep other documents out: what is populated is its id', async () => {
    const { models, told } = await openShop();
    const [ann, ben] = await models.User.create([{ name: 'Ann' }, { name: 'Ben' }]);
    await told();
    const user = await models.User.findById(ann?._id).populate('friend').orFail();
    user.set('friend', ben);
    await user.save();
    const [event] = await told();
    expect(changesOf(event)['/friend']).toMatchObject({ op: 'add', new: ben?.id });
    expect(JSON.stringify(event)).not.toContain('Ben');
  });

  test('keep values exact that JSON has no word for', async () => {
    const { models, told } = await openShop();
    const device = '0b43b4f4-1d5e-4a0f-9f0b-5d1c2f3a4b5c';
    await models.User.create({ name: 'Ann', price: '1234567890123456789.10', photo: Buffer.from('abc'), device });
    const [event] = await told();
    expect(changesOf(event)).toMatchObject({
      '/price': { new: '1234567890123456789.10' },
      '/photo': { new: '[3 bytes]' },
      '/device': { new: device },
      '/_id': { new: expect.stringMatching(/^[0-9a-f]{24}$/) },
    });
  });

  test('never show what queries do not select: of nested documents and of arrays neither', async () => {
    const { models, told } = await openShop();
    const user = await models.User.create({
      name: 'Ann',
      secretNote: 'hush-1',
      address: { city: 'B', door: 'hush-2' },
    });
    const order = await models.Order.create({ name: 'O', items: [{ sku: 'a', count: 1, cost: 42_424_242 }] });
    user.secretNote = 'hush-3';
    user.set('address.door', 'hush-4');
    await user.save();
    await order.deleteOne();
    const events = await told();
    expect(JSON.stringify(events)).not.toMatch(/hush|42424242/);
    expect(Object.keys(changesOf(events[2]))).toEqual(expect.arrayContaining(['/secretNote', '/address.door']));
    expect(changesOf(events[2])['/secretNote']).toMatchObject({ old: { $redacted: true }, new: { $redacted: true } });
  });

  test('are called as the application calls their members', async () => {
    const { models, told } = await openShop();
    await models.User.create(new models.User({ name: 'Ann' }).set('oldAgePension', 'yes'));
    const [event] = await told();
    expect(changesOf(event)).toHaveProperty(['/oldAgePension']);
    expect(changesOf(event)).not.toHaveProperty(['/pension']);
  });

  test('of discriminators are told by the type of the model that has the collection', async () => {
    const { models, told } = await openShop();
    const circle = await models.Circle.create({ name: 'C', radius: 2, hidden: 'hush-1' });
    await models.Shape.updateOne({ _id: circle._id }, { name: 'D' });
    const events = await told();
    expect(events.map(({ action }) => action)).toEqual(['shape.create', 'shape.update']);
    expect(changesOf(events[0])).toMatchObject({ '/kind': { new: 'Circle' }, '/radius': { new: 2 } });
    expect(JSON.stringify(events)).not.toContain('hush');
  });

  test('that are marked as deleted and brought back are a delete and a restore', async () => {
    const { models, short } = await openShop();
    const user = await models.User.create({ name: 'Ann' });
    user.set('deletedAt', new Date());
    await user.save();
    user.set('deletedAt', undefined);
    await user.save();
    expect(await short()).toEqual(['user.create Ann', 'user.delete Ann /deletedAt', 'user.restore Ann /deletedAt']);
  });
});

describe('fields', () => {
  test('are treated as their schema says: by its option `audit`, also where they are nested', async () => {
    const { mongoose, told } = await openShop({ models: { Staff: { fields: { 'contact.phone': 'drop' } } } });
    const schema = new mongoose.Schema({
      name: { type: String, audit: { label: 'Full name' } },
      salary: { type: Number, audit: 'mask' },
      scratch: { type: String, audit: false },
      contact: { phone: String, fax: { type: String, audit: 'mask' }, city: String },
      grades: { type: Map, of: { type: Number, select: false } },
    });
    const Staff = mongoose.model('Staff', schema);
    const contact = { phone: 'hush-1', fax: 'hush-2', city: 'Bonn' };
    await Staff.create({ name: 'Ann', salary: 424_242, scratch: 'hush-3', contact, grades: { math: 424_242 } });
    const [event] = await told();
    expect(Object.keys(changesOf(event)).sort()).toEqual(
      ['/__v', '/_id', '/contact', '/contact.fax', '/grades', '/name', '/salary'].sort(),
    );
    expect(changesOf(event)['/contact']).toMatchObject({ new: { city: 'Bonn' } });
    expect(event?.metadata?.['labels']).toEqual({ '/name': 'Full name' });
    expect(JSON.stringify(event)).not.toMatch(/hush|424242/);
  });

  test('with an option that is none are refused when the model is made', async () => {
    const { mongoose } = await openShop();
    const make = (audit: unknown) => () =>
      mongoose.model('Bad', new mongoose.Schema({ a: { type: String, audit } as never }));
    expect(make('maskk')).toThrow('schema path `a`: audit: `policy` must be one of');
    expect(make({ polcy: 'mask' })).toThrow('Did you mean `policy`?');
    expect(make(true)).toThrow('schema path `a`');
  });

  test('that another model of the same collection hides are hidden', async () => {
    const { models, mongoose, told } = await openShop();
    const Other = mongoose.model('Other', new mongoose.Schema({ pin: { type: String, select: false } }), 'orders');
    await Other.create({ pin: 'hush' });
    await models.Order.collection.updateOne({}, { $set: { pin: 'hush-2' } });
    const events = await told();
    expect(events.map(({ action }) => action)).toEqual(['order.create', 'order.update']);
    expect(JSON.stringify(events)).not.toContain('hush');
  });

  test('that Mongoose keeps for itself make no event, whatever they are called', async () => {
    const { mongoose, told } = await openShop();
    const timestamps = { createdAt: 'made', updatedAt: 'touched' };
    const schema = new mongoose.Schema({ name: String });
    schema.set('timestamps', timestamps);
    schema.set('versionKey', 'revision');
    const Note = mongoose.model('Note', schema);
    const note = await Note.create({ name: 'N' });
    await told();
    await Note.updateOne({ _id: note._id }, {});
    note.increment();
    await note.save();
    expect(await told()).toEqual([]);
    expect(await Note.findOne().lean()).toMatchObject({ revision: 1, touched: expect.any(Date) });
  });
});
