import { type AuditError, type AuditEvent, type Auditor, type Change, createAuditor } from '@whodunit/core';
import { auditMongoose, type MongooseOptions } from '@whodunit/mongoose';
import { memorySink } from '@whodunit/testing';
import { Mongoose, Schema } from 'mongoose';
import { type MongoServer, startMongo } from './server';

/** An application with models of many kinds, its auditor, and a server to keep its documents. */
export interface Shop {
  readonly mongoose: Mongoose;
  readonly models: ShopModels;
  readonly server: MongoServer;
  readonly auditor: Auditor;
  readonly errors: AuditError[];
  /** Everything that was recorded since it was asked last. */
  told(): Promise<AuditEvent[]>;
  /** As `told`, in short: `user.update 5f... /age`. */
  short(): Promise<string[]>;
  close(): Promise<void>;
}

export type ShopModels = ReturnType<typeof shopModels>;

const opened: Shop[] = [];

export async function openShop(options: MongooseOptions | 'not audited' = {}): Promise<Shop> {
  const server = await startMongo();
  const sink = memorySink();
  const errors: AuditError[] = [];
  const auditor = createAuditor({ sinks: [sink], onError: (error) => errors.push(error) });
  const mongoose = new Mongoose();
  if (options !== 'not audited') auditMongoose(mongoose, { auditor, ...options });
  const models = shopModels(mongoose);
  await mongoose.connect(server.url);
  await Promise.all(Object.values(models).map((model) => model.init()));
  const told = async () => {
    await auditor.flush();
    const events = [...sink.events];
    sink.clear();
    return events;
  };
  const shop: Shop = {
    mongoose,
    models,
    server,
    auditor,
    errors,
    told,
    short: async () => (await told()).map(shortOf),
    async close() {
      await mongoose.disconnect();
      await auditor.close();
      await server.close();
    },
  };
  opened.push(shop);
  return shop;
}

/** For `afterEach`. */
export async function closeShops(): Promise<void> {
  await Promise.all(opened.splice(0).map((shop) => shop.close()));
}

/** What changed, by path. */
export function changesOf(event: AuditEvent | undefined): Record<string, Change> {
  return Object.fromEntries((event?.changes ?? []).map((change) => [change.path, change]));
}

function shortOf({ action, changes = [], resource }: AuditEvent): string {
  return [action, resource?.name ?? '', ...changes.map(({ path }) => path).filter((path) => !QUIET.has(path))].join(
    ' ',
  );
}

const QUIET = new Set(['/updatedAt', '/createdAt', '/__v', '/_id', '/name']);

export function shopModels(mongoose: Mongoose) {
  const address = new Schema({ city: String, door: { type: String, select: false } }, { _id: false });
  const item = new Schema({ sku: String, count: Number, cost: { type: Number, select: false } });
  const User = mongoose.model(
    'User',
    new Schema(
      {
        name: String,
        email: { type: String, unique: true, sparse: true },
        age: Number,
        nickname: { type: String, minlength: 2 },
        tags: { type: [String], default: undefined },
        address,
        scores: { type: Map, of: Number },
        secretNote: { type: String, select: false },
        pension: { type: String, alias: 'oldAgePension' },
        friend: { type: Schema.Types.ObjectId, ref: 'User' },
        price: Schema.Types.Decimal128,
        photo: Buffer,
        device: Schema.Types.UUID,
        deletedAt: Date,
      },
      { timestamps: true },
    ),
  );
  const Order = mongoose.model(
    'Order',
    new Schema({ name: String, items: { type: [item], default: undefined } }, { optimisticConcurrency: true }),
  );
  const Shape = mongoose.model('Shape', new Schema({ name: String }, { discriminatorKey: 'kind' }));
  const Circle = Shape.discriminator('Circle', new Schema({ radius: Number, hidden: { type: String, select: false } }));
  return { User, Order, Shape, Circle };
}
