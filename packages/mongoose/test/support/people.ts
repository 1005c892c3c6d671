import { randomUUID } from 'node:crypto';
import { auditMongoose } from '@whodunit/mongoose';
import type { Orm, Person, Verbs } from '@whodunit/test-support/orm';
import { type ClientSession, Mongoose, Schema } from 'mongoose';

/** The shared suite's tables as Mongoose would have them: numbers as keys, as the suite wants to see them. */
export const mongooseOrm: Orm = {
  by: 'mongoose',
  lacks: {
    insertNested: 'Mongoose writes one collection at a time: nested documents are a part of their parent',
    batch: 'bulkWrite is not one transaction',
    savepoint: 'MongoDB has no savepoints',
    outbox: 'the outbox is a table of Postgres',
  },
  extraQueries: { insert: 0, update: 1, remove: 1 },
  async connect(url, options) {
    const mongoose = new Mongoose();
    const join = { of: 'document', owner: 'documentId', member: 'tagId', as: 'tags' };
    if (options !== 'not audited')
      auditMongoose(mongoose, { ...options, models: { DocumentTag: { join }, ...options.models } });
    const models = modelsOf(mongoose);
    await mongoose.connect(url);
    await Promise.all(Object.values(models).map((model) => model.init()));
    return { verbs: verbsOf(mongoose, models), close: () => mongoose.disconnect() };
  },
};

type Models = ReturnType<typeof modelsOf>;

function modelsOf(mongoose: Mongoose) {
  const person = new Schema(
    {
      _id: Number,
      name: { type: String, required: true },
      email: { type: String, unique: true, sparse: true },
      displayName: String,
      age: Number,
      state: { type: String, default: 'new' },
      // As a column of four places keeps it.
      balance: { type: Schema.Types.Decimal128, set: (text: unknown) => fourPlaces(text) },
      big: BigInt,
      born: Date,
      photo: Buffer,
      mood: { type: String, enum: ['calm', 'angry'] },
      settings: Schema.Types.Mixed,
      initial: {
        type: String,
        default(this: { name?: string } | null) {
          return this?.name?.slice(0, 1);
        },
      },
      password: String,
      deletedAt: Date,
    },
    { timestamps: true },
  );
  return {
    people: mongoose.model('Person', person),
    documents: mongoose.model('Document', new Schema({ _id: String, title: String, ownerId: Number })),
    memberships: mongoose.model('Membership', new Schema({ _id: String, role: String })),
    tags: mongoose.model('DocumentTag', new Schema({ documentId: String, tagId: Number })),
  };
}

function fourPlaces(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  const [whole, part = ''] = text.split('.');
  return `${whole}.${part.padEnd(4, '0')}`;
}

let lastId = 0;

function verbsOf(mongoose: Mongoose, models: Models, session?: ClientSession): Verbs {
  const { documents, memberships, people, tags } = models;
  const inSession = session === undefined ? {} : { session };
  const keyed = (person: Person) => ({ _id: ++lastId, ...person });
  return {
    async insert(person) {
      const made = await new people(keyed(person)).save(inSession);
      return made._id ?? 0;
    },
    async insertMany(several) {
      await people.insertMany(several.map(keyed), inSession);
    },
    async update(id, set) {
      await people.updateOne({ _id: id }, { $set: set }, inSession);
    },
    async updateWhere(state, set) {
      await people.updateMany({ state }, { $set: set }, inSession);
    },
    async remove(id) {
      await people.deleteOne({ _id: id }, inSession);
    },
    async removeWhere(state) {
      await people.deleteMany({ state }, inSession);
    },
    async upsert(person) {
      const update = { $set: person, $setOnInsert: { _id: ++lastId } };
      await people.updateOne({ email: person.email }, update, { upsert: true, ...inSession });
    },
    async increment(id, by) {
      await people.findByIdAndUpdate(id, { $inc: { age: by } }, inSession);
    },
    async softRemove(id) {
      await people.updateOne({ _id: id }, { deletedAt: new Date() }, inSession);
    },
    async restore(id) {
      await people.updateOne({ _id: id }, { $unset: { deletedAt: 1 } }, inSession);
    },
    async insertDocument(title, ownerId) {
      const [made] = await documents.create(
        [{ _id: randomUUID(), title, ...(ownerId === undefined ? {} : { ownerId }) }],
        inSession,
      );
      return made?._id ?? '';
    },
    async updateDocument(id, title) {
      const found = await documents.findById(id, null, inSession).orFail();
      found.title = title;
      await found.save(inSession);
    },
    async insertMembership(orgId, personId, role) {
      await memberships.create([{ _id: `${orgId}:${personId}`, role }], inSession);
    },
    async updateMembership(orgId, personId, role) {
      await memberships.findOneAndUpdate(
        { _id: `${orgId}:${personId}` },
        { role },
        { returnDocument: 'after', ...inSession },
      );
    },
    async removeMembership(orgId, personId) {
      await memberships.findByIdAndDelete(`${orgId}:${personId}`, inSession);
    },
    async setTags(documentId, tagIds) {
      const there = await tags.find({ documentId }, null, inSession);
      await tags.deleteMany({ documentId, tagId: { $nin: tagIds } }, inSession);
      const missing = tagIds.filter((tagId) => there.every((tag) => tag.tagId !== tagId));
      await tags.insertMany(
        missing.map((tagId) => ({ documentId, tagId })),
        inSession,
      );
    },
    transaction: (work) => mongoose.connection.transaction((own) => work(verbsOf(mongoose, models, own))),
    async raw() {
      await mongoose.connection.db?.collection('people').updateMany({}, { $set: { state: 'x' } });
    },
  };
}
