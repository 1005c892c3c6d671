import pg from 'pg';
import type { TestClient } from './support/generate';
import { modelsOf, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop(7);
  await shop.sql("INSERT INTO users (email) SELECT 'u' || i FROM generate_series(1, 20) AS i");
});
afterEach(() => shop.close());

/** Statements that were sent while this ran. */
async function statements(work: () => PromiseLike<unknown>): Promise<number> {
  const { query } = pg.Client.prototype;
  let count = 0;
  pg.Client.prototype.query = function (this: pg.Client, ...args: never[]) {
    count += 1;
    return Reflect.apply(query, this, args);
  } as typeof query;
  try {
    await work();
    return count;
  } finally {
    pg.Client.prototype.query = query;
  }
}

let next = 0;
const fresh = (): { email: string } => {
  next += 1;
  return { email: `fresh-${next}` };
};
const where = { id: 1 };
const data = (): { points: number } => {
  next += 1;
  return { points: next };
};

/** Each verb, and what it costs more: alone, and in a transaction. */
const COSTS: readonly [string, number, number, (client: TestClient) => PromiseLike<unknown>][] = [
  ['create', 0, 0, (client) => modelsOf(client).user.create({ data: fresh() })],
  ['createMany', 0, 0, (client) => modelsOf(client).user.createMany({ data: [fresh(), fresh()] })],
  ['createManyAndReturn', 0, 0, (client) => modelsOf(client).user.createManyAndReturn({ data: [fresh()] })],
  ['update', 1, 1, (client) => modelsOf(client).user.update({ where, data: data() })],
  [
    'update with select',
    1,
    1,
    (client) => modelsOf(client).user.update({ where, data: data(), select: { name: true } }),
  ],
  ['upsert', 1, 1, (client) => modelsOf(client).user.upsert({ where, create: fresh(), update: data() })],
  ['updateMany', 2, 3, (client) => modelsOf(client).user.updateMany({ data: data() })],
  ['updateManyAndReturn', 1, 2, (client) => modelsOf(client).user.updateManyAndReturn({ data: data() })],
  ['deleteMany', 1, 2, (client) => modelsOf(client).user.deleteMany({ where: { id: { in: [19, 20] } } })],
  ['connect', 0, 0, (client) => modelsOf(client).post.create({ data: { ...title(), author: { connect: where } } })],
];

const title = (): { title: string } => {
  next += 1;
  return { title: `title ${next}` };
};

test.each(COSTS)('%s costs %i statements more, and %i in a transaction', async (_name, alone, inside, verb) => {
  const within = (client: TestClient) => client.$transaction((tx) => Promise.resolve(verb(tx)));
  const costs = async (client: TestClient): Promise<readonly [number, number]> => {
    const refill = () => shop.sql("INSERT INTO users (id, email) VALUES (19, 'x'), (20, 'y') ON CONFLICT DO NOTHING");
    await refill();
    const one = await statements(() => verb(client));
    await refill();
    return [one, await statements(() => within(client))];
  };
  // The first of each kind may prepare something.
  for (const client of [shop.bare, shop.prisma]) await costs(client);
  const [plain, audited] = [await costs(shop.bare), await costs(shop.prisma)];
  expect(audited.map((count, i) => count - (plain[i] ?? 0))).toEqual([alone, inside]);
});

test('a batch costs the reads and nothing else', async () => {
  const batch = (client: TestClient) => {
    const { user } = modelsOf(client);
    return client.$transaction([user.update({ where, data: data() }), user.create({ data: fresh() })]);
  };
  for (const client of [shop.bare, shop.prisma]) await batch(client);
  const plain = await statements(() => batch(shop.bare));
  expect((await statements(() => batch(shop.prisma))) - plain).toBe(1);
});

test('rows above the limit are not read back, and are one event', async () => {
  await shop.close();
  shop = await openShop(7, { bulk: { maxRows: 2 } });
  const { user } = modelsOf(shop.prisma);
  expect(await user.createMany({ data: [fresh(), fresh(), fresh()] })).toEqual({ count: 3 });
  const [event, ...more] = await shop.told();
  expect(more).toEqual([]);
  expect(event).toMatchObject({ action: 'user.create', diff: { fidelity: 'none' }, metadata: { bulk: { count: 3 } } });
});
