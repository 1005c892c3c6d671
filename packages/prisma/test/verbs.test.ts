import type { Version } from './support/generate';
import { lineOf, modelsOf, openShop, type Shop } from './support/shop';

const FULL = {
  mood: 'veryAngry',
  price: '1.500000000000000000000000000001',
  cost: '2.50',
  big: 9_007_199_254_740_993n,
  ratio: 0.1,
  flag: true,
  day: new Date('2020-01-02T00:00:00.000Z'),
  at: new Date('2020-01-02T03:04:05.678Z'),
  data: { a: [1, { b: null }] },
  bytes: Buffer.from('abc'),
  short: 7,
  code: 'x',
};

describe.each<Version>([7, 6])('the verbs of Prisma %i', (version) => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop(version);
  });
  afterEach(() => shop.close());

  test('give back and throw what they do without auditing', async () => {
    await shop.close();
    shop = await openShop(version, {}, { clientOptions: { errorFormat: 'minimal' } });
    const run = async (client: typeof shop.prisma): Promise<unknown[]> => {
      await shop.sql('TRUNCATE users, posts RESTART IDENTITY CASCADE');
      const { post, user } = modelsOf(client);
      const settle = (call: PromiseLike<unknown>): Promise<unknown> =>
        Promise.resolve(call).catch((error: Error & { code?: string; meta?: object; batchRequestIdx?: number }) => ({
          ...error,
          name: error.name,
          message: error.message,
          code: error.code,
          meta: error.meta,
          index: error.batchRequestIdx,
          type: error.constructor.name,
        }));
      const data = { email: 'a@x.org', name: 'A', secret: 's', posts: { create: [{ title: 'one' }] } };
      const where = { id: 1 };
      const calls = [
        () => user.create({ data, select: { email: true, posts: { select: { title: true } } } }),
        () => user.create({ data: { email: 'b@x.org' }, omit: { secret: true, id: true } }),
        () => user.create({ data: { email: 'b@x.org' } }),
        () => user.create({ data: { nothing: 1 } }),
        () => user.createMany({ data: [{ email: 'c@x.org' }, { email: 'd@x.org' }] }),
        () => user.createMany({ data: [{ email: 'c@x.org' }, { email: 'e@x.org' }], skipDuplicates: true }),
        () => user.createMany({ data: [] }),
        () => user.createMany({ data: { email: 'f@x.org' } }),
        () => user.createManyAndReturn({ data: [{ email: 'g@x.org' }], select: { name: true, email: true } }),
        () => user.update({ where, data: { name: 'B' }, include: { posts: true } }),
        () => user.update({ where, data: { name: 'C' }, select: { name: true } }),
        () => user.update({ where, data: { points: { increment: 2 } }, omit: { email: true } }),
        () => user.update({ where: { id: 99 }, data: { name: 'B' } }),
        () => user.update({ where, data: { email: 'b@x.org' } }),
        () => user.updateMany({ where: { points: 0 }, data: { points: 1 } }),
        () => user.updateMany({ data: { points: { multiply: 3 } }, limit: 2 }),
        () => user.updateManyAndReturn({ where: { points: 6 }, data: { points: 5 }, omit: { phone: true } }),
        () => user.upsert({ where: { email: 'h@x.org' }, create: { email: 'h@x.org' }, update: { name: 'H' } }),
        () => user.upsert({ where: { email: 'h@x.org' }, create: { email: 'h@x.org' }, update: { name: 'H' } }),
        () => user.delete({ where: { email: 'h@x.org' }, select: { name: true } }),
        () => user.delete({ where: { email: 'h@x.org' } }),
        () => user.delete({ where }),
        () => post.deleteMany({ where: { authorId: 1 } }),
        () => post.deleteMany(),
        () =>
          client.$transaction([
            user.update({ where, data: { name: 'T' } }),
            user.count(),
            post.create({ data: { title: 't' } }),
          ]),
        () =>
          client.$transaction([
            user.update({ where, data: { name: 'U' } }),
            user.update({ where: { id: 99 }, data: {} }),
          ]),
        () => client.$transaction([user.update({ where, data: { email: 'b@x.org' } }), user.count()]),
        () => client.$transaction([]),
        () => client.$transaction((tx) => modelsOf(tx).user.update({ where, data: { name: 'V' } })),
        () => client.$executeRaw`UPDATE users SET name = ${'R'} WHERE id = ${1}`,
        () => client.$queryRaw`SELECT name FROM users WHERE id = ${1}`,
        () => user.findMany({ orderBy: { id: 'asc' } }),
      ];
      const results: unknown[] = [];
      for (const call of calls) results.push(await settle(call()));
      return results;
    };
    const [bare, audited] = [await run(shop.bare), await run(shop.prisma)];
    expect(audited).toStrictEqual(bare);
    expect(audited.map((result) => Object.keys(result as object))).toEqual(
      bare.map((result) => Object.keys(result as object)),
    );
    expect(shop.errors).toEqual([]);
  });

  test('tell all columns, whatever was selected or left out', async () => {
    const { user } = modelsOf(shop.prisma);
    await user.create({ data: { email: 'a@x.org', name: 'A', points: 1 }, select: { name: true } });
    await user.update({ where: { email: 'a@x.org' }, data: { points: 2 }, omit: { points: true, id: true } });
    await user.upsert({ where: { id: 1 }, create: { email: 'x' }, update: { points: 3 }, select: { email: true } });
    await user.createManyAndReturn({ data: [{ email: 'b@x.org' }], select: { name: true } });
    await user.updateManyAndReturn({ where: { id: 2 }, data: { points: 9 }, select: { name: true } });
    await user.delete({ where: { id: 1 }, select: { email: true } });
    const events = await shop.told();
    expect(events.map(lineOf)).toEqual([
      'user.create 1',
      'user.update 1 /points',
      'user.update 1 /points',
      'user.create 2',
      'user.update 2 /points',
      'user.delete 1',
    ]);
    expect(events[5]?.changes).toContainEqual({ op: 'remove', path: '/points', old: 3 });
    for (const { diff } of events) expect(diff?.fidelity).toBe('exact');
  });

  test('keep every type, in and out of a transaction', async () => {
    const { kitchen } = modelsOf(shop.prisma);
    const made = await kitchen.create({ data: FULL });
    const where = { id: made['id'] };
    await kitchen.update({ where, data: { code: 'y' } });
    await shop.prisma.$transaction(async (tx) => {
      await modelsOf(tx).kitchen.update({ where, data: { short: 8 } });
      await modelsOf(tx).kitchen.updateMany({ where: { short: 8 }, data: { mood: 'calm' } });
    });
    const [create, alone, inside, ...more] = await shop.told();
    expect(more).toEqual([]);
    const written = (name: string): unknown => create?.changes?.find(({ path }) => path === `/${name}`)?.new;
    expect(['mood', 'price', 'cost', 'big', 'day', 'at', 'bytes'].map(written)).toEqual([
      'veryAngry',
      '1.500000000000000000000000000001',
      '2.50',
      '9007199254740993',
      '2020-01-02T00:00:00.000Z',
      '2020-01-02T03:04:05.678Z',
      '[3 bytes]',
    ]);
    expect(alone?.changes).toEqual([{ op: 'replace', path: '/code', old: 'x', new: 'y' }]);
    expect(inside?.changes).toEqual([
      { op: 'replace', path: '/mood', old: 'veryAngry', new: 'calm' },
      { op: 'replace', path: '/short', old: 7, new: 8 },
    ]);
    expect(inside?.diff).toEqual({ fidelity: 'exact' });
  });

  test('that are chained to what is behind their row tell the row', async () => {
    type Chain = Promise<unknown> & { posts(args?: object): Promise<unknown>; profile(): Promise<unknown> };
    const chain = (call: unknown): Chain => call as Chain;
    const run = async (client: typeof shop.prisma): Promise<unknown[]> => {
      await shop.sql('TRUNCATE users, posts, profiles RESTART IDENTITY CASCADE');
      const { user } = modelsOf(client);
      const data = { email: 'a', posts: { create: [{ title: 'one' }, { title: 'two' }] } };
      return [
        await chain(user.create({ data })).posts({ select: { title: true }, orderBy: { id: 'desc' } }),
        await chain(user.update({ where: { id: 1 }, data: { points: 1 } })).profile(),
        await chain(user.update({ where: { id: 1 }, data: { posts: { deleteMany: {} } } })).posts(),
        await chain(user.delete({ where: { id: 1 } })).posts(),
      ];
    };
    expect(await run(shop.prisma)).toStrictEqual(await run(shop.bare));
    expect(shop.errors).toEqual([]);
    expect((await shop.lines()).sort()).toEqual([
      'post.create 1',
      'post.create 2',
      'post.delete 1',
      'post.delete 2',
      'user.create 1',
      'user.delete 1',
      'user.update 1 /points',
    ]);
  });

  test('that change a part of what they find tell that part', async () => {
    const { user } = modelsOf(shop.prisma);
    await user.createMany({ data: ['a', 'b', 'c'].map((email) => ({ email })) });
    await shop.told();
    await user.updateMany({ data: { points: 1 }, limit: 2 });
    expect(await shop.lines()).toHaveLength(2);
    await user.deleteMany({ limit: 1 });
    expect((await shop.lines()).map((line) => line.slice(0, 11))).toEqual(['user.delete']);
  });

  test('that change the key are told of the row that it was', async () => {
    const { user } = modelsOf(shop.prisma);
    await user.create({ data: { email: 'a' } });
    await user.update({ where: { id: 1 }, data: { id: 7 } });
    expect(await shop.lines()).toEqual(['user.create 1', 'user.update 1 /id']);
  });

  test('in SQL leave a gap, unless they only read or write the trail itself', async () => {
    const { prisma } = shop;
    await prisma.$queryRaw`SELECT 1 AS "update" FROM users WHERE name = ${'delete from users'} FOR UPDATE`;
    await prisma.$queryRawUnsafe("SELECT 'insert into users' AS x -- update users");
    await prisma.$executeRawUnsafe("SELECT set_config('a.b', 'c', false)");
    await prisma.$executeRaw`INSERT INTO whodunit_log (text) VALUES ('x')`;
    await modelsOf(prisma).log.create({ data: { text: 'y' } });
    expect(await shop.lines()).toEqual([]);
    await prisma.$executeRaw`UPDATE "public"."users" SET name = 'x'`;
    await prisma.$queryRaw`WITH gone AS (DELETE FROM posts RETURNING id) SELECT * FROM gone`;
    await prisma.$queryRawUnsafe('INSERT INTO tags (name) VALUES ($1) RETURNING id', 'n');
    await prisma.$executeRawUnsafe('TRUNCATE notes');
    const events = await shop.told();
    expect(events.map(({ metadata }) => `${metadata?.['verb']} ${metadata?.['model']}`)).toEqual([
      '$executeRaw User',
      '$queryRaw Post',
      '$queryRawUnsafe Tag',
      '$executeRawUnsafe Note',
    ]);
  });

  test('never show what the client leaves out, or the schema calls encrypted', async () => {
    await shop.close();
    shop = await openShop(version, {}, { clientOptions: { omit: { user: { secret: true } } } });
    const { user } = modelsOf(shop.prisma);
    const made = await user.create({ data: { email: 'a', secret: 'word-1', phone: 'word-2' } });
    expect(Object.keys(made)).not.toContain('secret');
    const changed = await user.update({ where: { id: 1 }, data: { secret: 'word-3' } });
    expect(Object.keys(changed)).toEqual(['id', 'email', 'name', 'phone', 'points', 'bossId']);
    const events = await shop.told();
    expect(events[1]?.changes).toEqual([
      { op: 'replace', path: '/secret', old: { $redacted: true }, new: { $redacted: true } },
    ]);
    expect(JSON.stringify(events)).not.toContain('word-');
  });
});
