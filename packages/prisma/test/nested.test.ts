import type { Version } from './support/generate';
import { modelsOf, openShop, type Shop } from './support/shop';

describe.each<Version>([7, 6])('nested writes of Prisma %i', (version) => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop(version);
  });
  afterEach(() => shop.close());

  /** What a write is told as, in any order. */
  const toldOf = async (work: () => PromiseLike<unknown>): Promise<string[]> => {
    await shop.lines();
    await work();
    expect(shop.errors).toEqual([]);
    return (await shop.lines()).sort();
  };

  test('make rows at every level, and one for each is told', async () => {
    const { user } = modelsOf(shop.prisma);
    const data = {
      email: 'a@x.org',
      profile: { create: { bio: 'b' } },
      posts: { create: [{ title: 'one', notes: { create: { text: 'n' } } }, { title: 'two' }] },
    };
    expect(await toldOf(() => user.create({ data }))).toEqual([
      'note.create 1',
      'post.create 1',
      'post.create 2',
      'profile.create 1',
      'user.create 1',
    ]);
  });

  test('by createMany in another row are told each', async () => {
    const { user } = modelsOf(shop.prisma);
    const posts = { createMany: { data: [{ title: 'one' }, { title: 'two' }] } };
    await user.create({ data: { email: 'a@x.org', posts: { create: { title: 'zero' } } } });
    expect(await toldOf(() => user.update({ where: { id: 1 }, data: { posts } }))).toEqual([
      'post.create 2',
      'post.create 3',
    ]);
  });

  test('that connect and disconnect change the row that holds the key', async () => {
    const { post, user } = modelsOf(shop.prisma);
    await user.create({ data: { email: 'a@x.org' } });
    for (const title of ['one', 'two', 'three']) await post.create({ data: { title } });
    const change = (posts: object) => toldOf(() => user.update({ where: { id: 1 }, data: { name: 'n', posts } }));
    expect(await change({ connect: [{ id: 1 }, { byTitle: { title: 'two', slug: 's' } }] })).toEqual([
      'post.update 1 /authorId',
      'post.update 2 /authorId',
      'user.update 1 /name',
    ]);
    expect(await change({ disconnect: { id: 1 } })).toEqual(['post.update 1 /authorId']);
    expect(await change({ set: [{ id: 3 }] })).toEqual(['post.update 2 /authorId', 'post.update 3 /authorId']);
    expect(await toldOf(() => post.update({ where: { id: 1 }, data: { author: { connect: { id: 1 } } } }))).toEqual([
      'post.update 1 /authorId',
    ]);
  });

  test('that update, upsert and delete tell old and new values', async () => {
    const { user } = modelsOf(shop.prisma);
    const create = ['one', 'two', 'three', 'four'].map((title) => ({ title }));
    await user.create({ data: { email: 'a@x.org', posts: { create } } });
    await shop.told();
    const posts = {
      update: { where: { id: 1 }, data: { title: 'uno', notes: { create: { text: 'n' } } } },
      updateMany: { where: { title: 'two' }, data: { title: 'dos' } },
      upsert: [
        { where: { id: 3 }, create: { title: 'x' }, update: { title: 'tres' } },
        { where: { id: 99 }, create: { title: 'cinco' }, update: { title: 'y' } },
      ],
      delete: { id: 4 },
    };
    await user.update({ where: { email: 'a@x.org' }, data: { posts } });
    const events = await shop.told();
    const changed = events.map(({ action, changes, resource }) => {
      const title = changes?.find(({ path }) => path === '/title');
      return [action, resource?.id, title?.old, title?.new].join(' ');
    });
    expect(changed.sort()).toEqual(
      [
        'note.create 1  ',
        'post.create 5  cinco',
        'post.delete 4 four ',
        'post.update 1 one uno',
        'post.update 2 two dos',
        'post.update 3 three tres',
      ].sort(),
    );
    for (const { diff } of events) expect(diff?.fidelity).toBe('exact');
    expect(await toldOf(() => user.update({ where: { id: 1 }, data: { posts: { deleteMany: {} } } }))).toEqual([
      'post.delete 1',
      'post.delete 2',
      'post.delete 3',
      'post.delete 5',
    ]);
  });

  test('of one to one tell the row that is taken away too', async () => {
    const { profile, user } = modelsOf(shop.prisma);
    await user.create({ data: { email: 'a@x.org', profile: { create: { bio: 'old' } } } });
    const write = (data: object) => toldOf(() => user.update({ where: { id: 1 }, data: { profile: data } }));
    expect(await write({ create: { bio: 'new' } })).toEqual(['profile.create 2', 'profile.update 1 /userId']);
    expect(await write({ update: { bio: 'newer' } })).toEqual(['profile.update 2 /bio']);
    expect(await write({ connect: { id: 1 } })).toEqual(['profile.update 1 /userId', 'profile.update 2 /userId']);
    expect(await write({ upsert: { create: { bio: 'x' }, update: { bio: 'y' } } })).toEqual(['profile.update 1 /bio']);
    expect(await write({ disconnect: true })).toEqual(['profile.update 1 /userId']);
    expect(await write({ connectOrCreate: { where: { id: 1 }, create: { bio: 'x' } } })).toEqual([
      'profile.update 1 /userId',
    ]);
    expect(await write({ delete: true })).toEqual(['profile.delete 1']);
    await user.create({ data: { email: 'b@x.org', profile: { create: { bio: 'b' } } } });
    expect(
      await toldOf(() => profile.update({ where: { id: 3 }, data: { user: { update: { name: 'Bo' } } } })),
    ).toEqual(['user.update 2 /name']);
  });

  test('of many to many are what was added to the list and removed from it', async () => {
    const { post } = modelsOf(shop.prisma);
    const write = (tags: object) => toldOf(() => post.update({ where: { id: 1 }, data: { tags } }));
    const create = { title: 'one', tags: { connect: [{ id: 1 }, { id: 2 }] } };
    await shop.told();
    await post.create({ data: create });
    const [made, ...more] = await shop.told();
    expect(more).toEqual([]);
    expect(made?.action).toBe('post.create');
    expect(made?.changes?.filter(({ path }) => path.startsWith('/tags'))).toEqual([
      { op: 'add', path: '/tags/1', new: '1' },
      { op: 'add', path: '/tags/2', new: '2' },
    ]);
    expect(await write({ set: [{ id: 2 }, { name: 'blue' }] })).toEqual(['post.update 1 /tags/1 /tags/3']);
    expect(await write({ disconnect: [{ id: 2 }, { id: 1 }] })).toEqual(['post.update 1 /tags/2']);
    expect(await write({ connect: [{ id: 3 }] })).toEqual([]);
    expect(await write({ create: { name: 'pink' } })).toEqual(['post.update 1 /tags/4', 'tag.create 4']);
    expect(
      await write({
        connectOrCreate: [
          { where: { name: 'red' }, create: { name: 'red' } },
          { where: { name: 'grey' }, create: { name: 'grey' } },
        ],
      }),
    ).toEqual(['post.update 1 /tags/1 /tags/5', 'tag.create 5']);
    expect(await write({ delete: { id: 4 } })).toEqual(['post.update 1 /tags/4', 'tag.delete 4']);
    expect(await write({ updateMany: { where: { name: 'grey' }, data: { name: 'gray' } } })).toEqual([
      'tag.update 5 /name',
    ]);
  });

  test('go through relations of a model to itself, and two relations to the same model', async () => {
    const { post, user } = modelsOf(shop.prisma);
    await user.create({ data: { email: 'boss@x.org' } });
    const data = { staff: { create: [{ email: 'a@x.org' }] }, reviews: { create: { title: 'r' } } };
    expect(await toldOf(() => user.update({ where: { id: 1 }, data }))).toEqual(['post.create 1', 'user.create 2']);
    const swap = { author: { connect: { id: 2 } }, reviewer: { disconnect: true } };
    expect(await toldOf(() => post.update({ where: { id: 1 }, data: swap }))).toEqual([
      'post.update 1 /authorId /reviewerId',
    ]);
    const [, made] = await shop.sql('SELECT boss_id FROM users ORDER BY id');
    expect(made).toEqual({ boss_id: 1 });
  });

  test('in a transaction are told when it is committed, and not when it is rolled back', async () => {
    const { user } = modelsOf(shop.prisma);
    await user.create({ data: { email: 'a@x.org', posts: { create: [{ title: 'one' }] } } });
    const data = { posts: { update: { where: { id: 1 }, data: { title: 'uno' } }, create: { title: 'two' } } };
    const undone = shop.prisma.$transaction(async (tx) => {
      await modelsOf(tx).user.update({ where: { id: 1 }, data });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    const done = await toldOf(() =>
      shop.prisma.$transaction((tx) => modelsOf(tx).user.update({ where: { id: 1 }, data })),
    );
    expect(done).toEqual(['post.create 3', 'post.update 1 /title']);
  });

  test('that reach more rows than are read say so', async () => {
    await shop.close();
    shop = await openShop(version, { bulk: { maxRows: 2 } });
    const { user } = modelsOf(shop.prisma);
    const create = ['one', 'two', 'three'].map((title) => ({ title }));
    await shop.sql("INSERT INTO users (email) VALUES ('a@x.org')");
    await user.update({ where: { id: 1 }, data: { name: 'n', posts: { create } } });
    const events = await shop.told();
    expect(events.map(({ action }) => action).sort()).toEqual(['audit.coverage_gap', 'user.update']);
    expect(events.find(({ action }) => action === 'audit.coverage_gap')?.metadata).toMatchObject({
      verb: 'update',
      model: 'Post',
    });
  });
});
