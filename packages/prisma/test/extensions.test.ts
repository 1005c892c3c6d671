import { auditPrisma } from '../src/index.js';
import { adapterOf, generated, type TestClient, type Version } from './support/generate';
import { lineOf, MODELS, modelsOf, openShop, type Shop } from './support/shop';

const clientOf = (version: Version) => generated(version, MODELS).PrismaClient;

interface Call {
  readonly model: string;
  readonly args: { where: object };
  query(args: unknown): PromiseLike<unknown>;
}

describe.each<Version>([7, 6])('extensions of others and Prisma %i', (version) => {
  let shop: Shop;
  afterEach(() => shop.close());

  const fullName = {
    result: { user: { greeting: { needs: { name: true }, compute: ({ name }: { name: string }) => `Hi ${name}` } } },
  };

  test.each(['before', 'after'])('that compute members have what they need, added %s', async (time) => {
    const extend = (client: TestClient): TestClient => client.$extends(fullName);
    shop = await openShop(version, {}, time === 'before' ? { extend } : {});
    const { user } = modelsOf(time === 'before' ? shop.prisma : extend(shop.prisma));
    const data = { email: 'a', name: 'Ann', secret: 's' };
    const made = await user.create({ data, select: { greeting: true } });
    expect(JSON.stringify(made)).toBe('{"greeting":"Hi Ann"}');
    const changed = await user.update({ where: { id: 1 }, data: { name: 'Bo' }, omit: { name: true } });
    expect(changed['greeting']).toBe('Hi Bo');
    expect(Object.keys(changed)).not.toContain('name');
    await user.update({ where: { id: 1 }, data: { id: 7 }, select: { greeting: true } });
    const gone = await user.delete({ where: { id: 7 }, select: { email: true } });
    expect(JSON.stringify(gone)).toBe('{"email":"a"}');
    const lines = ['user.create 1', 'user.update 1 /name', 'user.update 1 /id', 'user.delete 7'];
    expect(await shop.lines()).toEqual(lines);
    expect(shop.errors).toEqual([]);
  });

  test('that delete softly by another verb are told once, as a delete', async () => {
    shop = await openShop(version);
    const audited = shop.prisma;
    const soft = audited.$extends({
      query: {
        user: {
          delete: ({ args }: Call) => modelsOf(audited).user.update({ ...args, data: { name: 'gone' } }),
        },
      },
    });
    await modelsOf(soft).user.create({ data: { email: 'a', name: 'A' } });
    expect(await modelsOf(soft).user.delete({ where: { id: 1 } })).toMatchObject({ name: 'gone' });
    expect(await shop.lines()).toEqual(['user.create 1', 'user.update 1 /name']);
  });

  test('that add to what is written are seen with what they add', async () => {
    shop = await openShop(version);
    const stamped = shop.prisma.$extends({
      query: {
        $allModels: {
          update: ({ args, query }: Call) => query({ ...args, data: { name: 'stamped' } }),
        },
      },
    });
    await modelsOf(stamped).user.create({ data: { email: 'a' } });
    await stamped.$transaction((tx) => modelsOf(tx).user.update({ where: { id: 1 }, data: { points: 1 } }));
    const [, changed] = await shop.told();
    expect(changed?.changes).toEqual([{ op: 'replace', path: '/name', old: null, new: 'stamped' }]);
    // It may run the write elsewhere, where a lock of ours would stop it.
    expect(changed?.diff).toEqual({ fidelity: 'exact', why: 'read just before the write, not locked' });
  });

  test('that put every call into a batch of their own neither hang nor hide it', async () => {
    shop = await openShop(version);
    const audited = shop.prisma;
    const perTenant = audited.$extends({
      query: {
        $allModels: {
          async $allOperations({ args, query }: Call) {
            const set = audited.$executeRawUnsafe("SELECT set_config('app.tenant', 't1', true)");
            const [, result] = await audited.$transaction([set, query(args)]);
            return result;
          },
        },
      },
    });
    const { user } = modelsOf(perTenant);
    await user.create({ data: { email: 'a' } });
    await user.update({ where: { id: 1 }, data: { points: 1 } });
    await perTenant.$transaction([user.update({ where: { id: 1 }, data: { points: 2 } }), user.count()]);
    await perTenant.$transaction((tx) => modelsOf(tx).user.update({ where: { id: 1 }, data: { points: 3 } }));
    expect(await shop.lines()).toEqual(['user.create 1', ...Array(3).fill('user.update 1 /points')]);
  });

  test('that answer a call themselves, or by a client that is not audited, leave a gap', async () => {
    shop = await openShop(version);
    const { bare } = shop;
    const away = shop.prisma.$extends({
      query: { user: { update: ({ args }: Call) => modelsOf(bare).user.update(args) } },
    });
    await modelsOf(away).user.create({ data: { email: 'a' } });
    await modelsOf(away).user.update({ where: { id: 1 }, data: { points: 1 } });
    const events = await shop.told();
    expect(events.map(({ action }) => action).sort()).toEqual(['audit.coverage_gap', 'user.create', 'user.update']);
  });

  test('that came before run around ours, and their rows are told in the transaction of the call', async () => {
    const order: string[] = [];
    const watch = (client: TestClient): TestClient =>
      client.$extends({
        query: {
          $allModels: {
            async update({ args, query }: Call) {
              order.push('before');
              const result = await query(args);
              order.push('after');
              return result;
            },
          },
        },
      });
    shop = await openShop(version, {}, { extend: watch });
    await modelsOf(shop.prisma).user.create({ data: { email: 'a' } });
    await shop.prisma.$transaction((tx) => modelsOf(tx).user.update({ where: { id: 1 }, data: { points: 1 } }));
    const events = await shop.told();
    expect(events.map(lineOf)).toEqual(['user.create 1', 'user.update 1 /points']);
    expect(events[1]?.diff).toEqual({ fidelity: 'exact' });
    expect(order).toEqual(['before', 'after']);
  });

  test('that add methods to models and clients are audited by the verbs that they use', async () => {
    shop = await openShop(version);
    const richer = shop.prisma.$extends({
      model: {
        user: {
          rename(this: { update(args: object): Promise<object> }, id: number, name: string) {
            return this.update({ where: { id }, data: { name } });
          },
        },
      },
    });
    await modelsOf(richer).user.create({ data: { email: 'a' } });
    const user = modelsOf(richer).user as unknown as { rename(id: number, name: string): Promise<object> };
    await user.rename(1, 'Ann');
    expect(await shop.lines()).toEqual(['user.create 1', 'user.update 1 /name']);
  });

  test('are put on by the constructor of a service, as Nest applications do', async () => {
    shop = await openShop(version);
    const { auditor, url } = shop;
    class PrismaService extends clientOf(version) {
      constructor() {
        super({ adapter: adapterOf(version, url) });
        // biome-ignore lint/correctness/noConstructorReturn: this is how applications make the extended client injectable
        return this.$extends(auditPrisma({ auditor })) as this;
      }

      onModuleInit(): string {
        return typeof this.$transaction;
      }
    }
    const service = new PrismaService();
    expect(service.onModuleInit()).toBe('function');
    await modelsOf(service).user.create({ data: { email: 'a' } });
    await service.$disconnect();
    expect(await shop.lines()).toEqual(['user.create 1']);
  });

  test('are not auditPrisma a second time, nor of something that is no client', async () => {
    shop = await openShop(version);
    expect(() => shop.prisma.$extends(auditPrisma())).toThrow(/audited already/);
    expect(() => auditPrisma()({})).toThrow(/not a Prisma client/);
    expect(() => auditPrisma({ bulks: {} } as never)).toThrow(/bulk/);
  });
});
