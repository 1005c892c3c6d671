import { entitiesFor } from './support/entities';
import { closeSessions, sessionOf } from './support/session';
import { VERSIONS } from './support/versions';

afterEach(closeSessions);

describe.each(VERSIONS)('a transaction of TypeORM %s', (_name, orm) => {
  async function opened(audit = {}) {
    const entities = entitiesFor(orm);
    const session = await sessionOf(orm, { entities: Object.values(entities), audit });
    return { ...session, ...entities };
  }

  test('by hand is told when it is committed, one of each query runner', async () => {
    const { Membership, short, source } = await opened();
    const [one, two] = [source.createQueryRunner(), source.createQueryRunner()];
    await one.startTransaction();
    await two.startTransaction('SERIALIZABLE');
    await one.manager.insert(Membership, { orgId: 1, personId: 1, role: 'a' });
    await two.manager.insert(Membership, { orgId: 2, personId: 2, role: 'b' });
    await one.startTransaction();
    await one.manager.insert(Membership, { orgId: 3, personId: 3, role: 'lost' });
    await one.rollbackTransaction();
    expect(await short()).toEqual([]);
    await two.commitTransaction();
    expect((await short()).map((line) => line.slice(0, 21))).toEqual(['membership.create 2:2']);
    await one.commitTransaction();
    expect((await short()).map((line) => line.slice(0, 21))).toEqual(['membership.create 1:1']);
    await Promise.all([one.release(), two.release()]);
  });

  test('that Postgres rolls back at COMMIT, because something in it failed, tells nothing', async () => {
    const { Membership, short, source } = await opened();
    await source.transaction(async (manager) => {
      await manager.insert(Membership, { orgId: 1, personId: 1, role: 'a' });
      await manager.query('SELECT nonsense').catch(() => undefined);
    });
    expect(await source.manager.count(Membership)).toBe(0);
    expect(await short()).toEqual([]);
    await source.manager.insert(Membership, { orgId: 1, personId: 1, role: 'a' });
    expect(await short()).toHaveLength(1);
  });

  test('whose COMMIT fails tells nothing', async () => {
    const { Membership, short, source } = await opened();
    await source.query('ALTER TABLE memberships ADD UNIQUE (role) DEFERRABLE INITIALLY DEFERRED');
    await source.manager.insert(Membership, { orgId: 1, personId: 1, role: 'a' });
    await short();
    const failing = source.transaction(async (manager) => {
      await manager.insert(Membership, { orgId: 2, personId: 2, role: 'b' });
      await manager.insert(Membership, { orgId: 3, personId: 3, role: 'a' });
    });
    await expect(failing).rejects.toThrow(/duplicate key/);
    expect(await short()).toEqual([]);
    const alone = source.manager.insert(Membership, { orgId: 3, personId: 3, role: 'a' });
    await expect(alone).rejects.toThrow(/duplicate key/);
    expect(await short()).toEqual([]);
  });

  test('that nobody ends before its connection is given back tells nothing', async () => {
    const { Membership, short, source } = await opened();
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.manager.insert(Membership, { orgId: 1, personId: 1, role: 'a' });
    await runner.query('ROLLBACK');
    await runner.release();
    expect(await short()).toEqual([]);
  });

  test('is committed, whatever subscribers do afterwards', async () => {
    const { Membership, short, source } = await opened();
    source.subscribers.push({
      afterTransactionCommit: () => {
        throw new Error('of a subscriber');
      },
    });
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.manager.insert(Membership, { orgId: 1, personId: 1, role: 'a' });
    await expect(runner.commitTransaction()).rejects.toThrow('of a subscriber');
    await runner.release();
    expect(await short()).toHaveLength(1);
  });

  test('of its own is opened for writes outside of any where the options ask for it, and locks', async () => {
    const { Membership, source, statementsOf, told } = await opened({ isolate: true });
    await source.manager.insert(Membership, { orgId: 1, personId: 1, role: 'a' });
    await told();
    const statements = await statementsOf(() => source.manager.update(Membership, { orgId: 1 }, { role: 'b' }));
    expect(statements.map((sql) => sql.split(' ')[0])).toEqual(['START', 'SELECT', 'UPDATE', 'COMMIT']);
    expect(statements[1]).toMatch(/FOR UPDATE/);
    const [event] = await told();
    expect(event?.diff).toEqual({ fidelity: 'exact' });
    await expect(source.manager.update(Membership, { orgId: 1 }, { role: null as never })).rejects.toThrow(
      /null value/,
    );
    expect(await told()).toEqual([]);
  });

  test('locks what it will change, and says so by saying nothing', async () => {
    const { Membership, source, statementsOf, told } = await opened();
    await source.manager.insert(Membership, { orgId: 1, personId: 1, role: 'a' });
    await source.manager.update(Membership, { orgId: 1 }, { role: 'b' });
    const [, unlocked] = await told();
    expect(unlocked?.diff).toEqual({ fidelity: 'exact', why: 'read just before the write, not locked' });
    const statements = await statementsOf(() =>
      source.transaction((manager) => manager.update(Membership, { orgId: 1 }, { role: 'c' })),
    );
    expect(statements[1]).toMatch(/^SELECT .* FOR UPDATE$/);
    expect((await told())[0]?.diff).toEqual({ fidelity: 'exact' });
  });

  test('that a builder opens for itself is followed too', async () => {
    const { Membership, short, source } = await opened();
    await source.manager.insert(Membership, { orgId: 1, personId: 1, role: 'a' });
    await short();
    const update = source
      .createQueryBuilder()
      .update(Membership)
      .set({ role: 'b' })
      .where('org_id = :id', { id: 1 })
      .useTransaction(true);
    await update.execute();
    expect(await short()).toEqual(['membership.update 1:1 /role']);
  });
});
