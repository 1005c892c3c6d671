import { AuditError, createAuditor } from '@whodunit/core';
import { auditMongoose, auditPlugin } from '@whodunit/mongoose';
import { memorySink } from '@whodunit/testing';
import { Mongoose } from 'mongoose';
import { startMongo } from './support/server';
import { closeShops, openShop, shopModels } from './support/shop';

afterEach(closeShops);

const verbsOf = (events: readonly { action: string; metadata?: unknown }[]) =>
  events.map(({ action, metadata }) => `${action} ${(metadata as { verb?: string }).verb}`);

describe('gaps', () => {
  test('are told of writes to the driver, past Mongoose', async () => {
    const { mongoose, server, told } = await openShop();
    const db = mongoose.connection.getClient().db('test');
    await db.collection('users').insertMany([{ name: 'A' }]);
    await db.command({ update: 'users', updates: [{ q: {}, u: { $set: { age: 1 } } }] });
    await db.collection('others').insertOne({ name: 'not of a model' });
    await db.collection('users').find().toArray();
    server.fail('bulkWrite', { ok: 0, code: 59, errmsg: 'no such command' });
    const bulk = mongoose.connection.bulkWrite([{ model: 'User', name: 'insertOne', document: { name: 'B' } }]);
    await expect(bulk).rejects.toThrow();
    expect(verbsOf(await told())).toEqual([
      'audit.coverage_gap insertMany',
      'audit.coverage_gap command',
      'audit.coverage_gap bulkWrite',
    ]);
  });

  test('are told of what the database writes by itself, and not of what is only read', async () => {
    const { models, told } = await openShop();
    await models.User.create({ name: 'A' });
    await told();
    await models.User.aggregate([{ $match: { name: 'A' } }]);
    await models.User.aggregate([{ $project: { name: 1 } }, { $out: 'elsewhere' }]);
    expect(await told()).toEqual([]);
    await models.User.aggregate([{ $project: { name: 1 } }, { $merge: { into: 'orders' } }]);
    const [event] = await told();
    expect(event?.metadata).toMatchObject({ verb: 'aggregate', model: 'Order' });
  });

  test('are told when a collection is emptied at once', async () => {
    const { models, mongoose, told } = await openShop();
    await models.User.create({ name: 'A' });
    await told();
    await models.User.collection.drop();
    await mongoose.connection.dropCollection('orders');
    const events = await told();
    expect(events.map(({ metadata }) => metadata?.['model'])).toEqual(['User', 'Order']);
  });

  test('are refused where tests shall find them', async () => {
    const { models, mongoose } = await openShop({ onGap: 'throw' });
    await models.User.create({ name: 'A' });
    const past = async () => mongoose.connection.getClient().db('test').collection('users').deleteMany({});
    await expect(past()).rejects.toMatchObject({ code: 'AUDIT_WRITE_UNSEEN' });
    expect(await models.User.countDocuments()).toBe(1);
  });
});

describe('what is audited', () => {
  test('are models that were compiled before, and connections that were opened before', async () => {
    const server = await startMongo();
    const sink = memorySink();
    const auditor = createAuditor({ sinks: [sink] });
    const mongoose = new Mongoose();
    const { User } = shopModels(mongoose);
    await mongoose.connect(server.url);
    await User.create({ name: 'unseen' });
    expect(auditMongoose(mongoose, { auditor })).toBe(mongoose);
    await User.create({ name: 'seen' });
    const other = await mongoose.createConnection(server.url).asPromise();
    await other.model('Team', new mongoose.Schema({ name: String })).create({ name: 'T' });
    const tenant = mongoose.connection.useDb('tenant');
    await tenant.model('Room', new mongoose.Schema({ name: String })).create({ name: 'R' });
    await auditor.flush();
    expect(sink.events.map(({ action }) => action)).toEqual(['user.create', 'team.create', 'room.create']);
    await mongoose.disconnect();
    await auditor.close();
    await server.close();
  });

  test('are writes that wait until the connection is open, once', async () => {
    const server = await startMongo();
    const sink = memorySink();
    const auditor = createAuditor({ sinks: [sink] });
    const mongoose = auditMongoose(new Mongoose(), { auditor });
    const { User } = shopModels(mongoose);
    const early = auditor.run({ job: 'early' }, () => User.create({ name: 'A' }));
    await mongoose.connect(server.url);
    await early;
    await auditor.flush();
    const events = sink.events.filter(({ action }) => action === 'user.create');
    expect(events).toMatchObject([{ actor: { type: 'job', id: 'early' } }]);
    await mongoose.disconnect();
    await auditor.close();
    await server.close();
  });

  test('is one schema alone, by its plugin', async () => {
    const server = await startMongo();
    const sink = memorySink();
    const auditor = createAuditor({ sinks: [sink] });
    const mongoose = new Mongoose();
    const schema = new mongoose.Schema({ name: String }).plugin(
      auditPlugin({ auditor, models: { Team: { type: 'crew' } } }),
    );
    const Team = mongoose.model('Team', schema);
    const Room = mongoose.model('Room', new mongoose.Schema({ name: String }));
    await mongoose.connect(server.url);
    await Team.create({ name: 'T' });
    await Room.create({ name: 'R' });
    await auditor.flush();
    expect(sink.events.map(({ action }) => action)).toEqual(['crew.create']);
    await mongoose.disconnect();
    await auditor.close();
    await server.close();
  });

  test('is the whole collection of a discriminator that has the plugin', async () => {
    const { mongoose, server, auditor, short } = await openShop('not audited');
    const Animal = mongoose.model('Animal', new mongoose.Schema({ name: String }));
    const Dog = Animal.discriminator('Dog', new mongoose.Schema({ paws: Number }).plugin(auditPlugin({ auditor })));
    await Dog.create({ name: 'D', paws: 4 });
    await Animal.create({ name: 'A' });
    expect(await short()).toEqual(['animal.create D /__t /paws', 'animal.create A']);
    expect(server.documents('animals')).toHaveLength(2);
  });

  test('is not what the options leave out', async () => {
    const { models, short } = await openShop({
      models: { User: false, Order: { type: 'sale', fields: { name: 'drop' } } },
    });
    await models.User.create({ name: 'A' });
    await models.Order.create({ name: 'O', items: [] });
    expect(await short()).toEqual(['sale.create O /items']);
  });

  test('is told once, and with options that exist', () => {
    const mongoose = auditMongoose(new Mongoose());
    expect(() => auditMongoose(mongoose)).toThrow(AuditError);
    expect(() => auditMongoose(new Mongoose(), { model: {} } as never)).toThrow('Did you mean `models`?');
    expect(() => auditPlugin({ mode: 'durable' } as never)).toThrow('auditPlugin');
  });

  test('is a model that was given another connection', async () => {
    const { models, mongoose, server, short } = await openShop();
    const other = await mongoose.createConnection(server.url.replace('/test', '/second')).asPromise();
    models.Order.useConnection(other);
    await models.Order.create({ name: 'O' });
    expect(await short()).toEqual(['order.create O']);
  });
});
