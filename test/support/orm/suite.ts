import type { AuditEvent, Change } from '@whodunit/core';
import type { Orm, Person, Verbs } from './contract';
import { type World, worldOf } from './world';

/** Every verb that an ORM may have; what is not there must be in `lacks`. */
const OPTIONAL: readonly (keyof Verbs)[] = [
  'insertMany',
  'updateWhere',
  'removeWhere',
  'upsert',
  'increment',
  'softRemove',
  'restore',
  'insertNested',
  'setTags',
  'batch',
  'raw',
];

/**
 * What must hold of every ORM package, against a real database: every write verb, true to transactions, with the actor of
 * the job or request. Call it in the package's test.
 *
 * @param open where the ORM works: on Postgres, unless its database is another
 */
export function testOrm(orm: Orm, open: typeof worldOf = worldOf): void {
  const lacks = orm.lacks ?? {};
  const named = (name: string): string => orm.names?.[name] ?? name;
  const has = (verb: keyof Verbs | 'savepoint' | 'outbox'): boolean => !(verb in lacks);
  const when = (...verbs: (keyof Verbs | 'savepoint' | 'outbox')[]) => (verbs.every(has) ? test : untested);
  let world: World;

  const changeOf = (event: AuditEvent | undefined, name: string): Change | undefined =>
    event?.changes?.find(({ path }) => path === `/${named(name)}`);
  const told = async () => (await world.told()).map(short);
  const fill = async (...people: Person[]): Promise<number[]> => {
    const ids: number[] = [];
    for (const [i, person] of people.entries()) ids.push(await world.verbs.insert({ name: `P${i}`, ...person }));
    await world.told();
    return ids;
  };

  beforeEach(async () => {
    world = await open(orm);
  });
  afterEach(() => world.close());

  describe('the verbs', () => {
    test('are all there, but for those that the ORM lacks', () => {
      const missing = OPTIONAL.filter((verb) => world.verbs[verb] === undefined);
      expect(missing).toEqual(OPTIONAL.filter((verb) => verb in lacks));
    });

    test('of one row tell it as it is stored, was, and is', async () => {
      const id = await world.verbs.insert({ name: 'Ann', displayName: 'Annie', age: 40, password: 'secret-word-1' });
      await world.verbs.update(id, { age: 41, displayName: 'A.', password: 'secret-word-2' });
      await world.verbs.remove(id);
      const events = await world.told();
      const [made, changed, gone] = events;
      expect(events.map(short)).toEqual([`person.create ${id}`, `person.update ${id}`, `person.delete ${id}`]);
      for (const event of events) {
        expect(event).toMatchObject({ category: 'data', outcome: 'success', diff: { fidelity: 'exact' } });
        expect(event.capture.by).toBe(orm.by);
        expect(event.resource).toMatchObject({ type: 'person', id: String(id), name: 'Ann' });
      }
      expect(changeOf(made, 'name')).toMatchObject({ op: 'add', new: 'Ann' });
      // Defaults and generated columns are what the database made of them.
      expect(changeOf(made, 'state')).toMatchObject({ op: 'add', new: 'new' });
      expect(changeOf(made, 'initial')).toMatchObject({ op: 'add', new: 'A' });
      expect(changeOf(changed, 'age')).toEqual({ path: `/${named('age')}`, op: 'replace', old: 40, new: 41 });
      expect(changeOf(changed, 'displayName')).toMatchObject({ op: 'replace', old: 'Annie', new: 'A.' });
      expect(changeOf(changed, 'name')).toBeUndefined();
      expect(changeOf(changed, 'password')).toMatchObject({ old: { $redacted: true }, new: { $redacted: true } });
      expect(changeOf(gone, 'age')).toMatchObject({ op: 'remove', old: 41 });
      expect(JSON.stringify(events)).not.toContain('secret-word');
    });

    test('keep every type of value exact', async () => {
      const [id = 0] = await fill({
        balance: '10.5000',
        big: 9_007_199_254_740_993n,
        born: new Date('1990-01-02T03:04:05.678Z'),
        photo: Buffer.from('aaa'),
        mood: 'calm',
        settings: { theme: { dark: true, size: 1 }, tags: ['a'] },
      });
      await world.verbs.update(id, {
        balance: '12345678901234.1234',
        big: 9_007_199_254_740_995n,
        born: new Date('1991-01-02T03:04:05.678Z'),
        photo: Buffer.from('bbb'),
        mood: 'angry',
        settings: { theme: { dark: false, size: 1 }, tags: ['a'] },
      });
      const [event] = await world.told();
      expect(changeOf(event, 'balance')).toMatchObject({ old: '10.5000', new: '12345678901234.1234' });
      expect(changeOf(event, 'big')).toMatchObject({ old: '9007199254740993', new: '9007199254740995' });
      expect(changeOf(event, 'born')).toMatchObject({
        old: '1990-01-02T03:04:05.678Z',
        new: '1991-01-02T03:04:05.678Z',
      });
      expect(changeOf(event, 'photo')).toMatchObject({ old: '[3 bytes]', new: '[3 bytes]' });
      expect(changeOf(event, 'mood')).toMatchObject({ old: 'calm', new: 'angry' });
      expect(changeOf(event, 'settings/theme/dark')).toMatchObject({ old: true, new: false });
      expect(event?.changes?.filter(({ path }) => !/updated/i.test(path))).toHaveLength(6);
    });

    test('that leave a row as it was, or only touch updatedAt, tell nothing', async () => {
      const [id = 0] = await fill({ age: 40, balance: '10.5', born: new Date(0), settings: { a: 1, b: 2 } });
      await world.verbs.update(id, { age: 40, balance: '10.50', born: new Date(0), settings: { b: 2, a: 1 } });
      await world.verbs.update(id, { updatedAt: new Date(1_000) });
      await world.verbs.update(id + 1_000, { age: 1 }).catch(() => undefined);
      expect(await told()).toEqual([]);
    });

    when('insertMany')('of many rows tell each', async () => {
      await world.verbs.insertMany?.([{ name: 'A' }, { name: 'B' }, { name: 'C' }]);
      const events = await world.told();
      expect(events.map((event) => `${event.action} ${event.resource?.name}`).sort()).toEqual([
        'person.create A',
        'person.create B',
        'person.create C',
      ]);
      const stored = await world.sql('SELECT id FROM people');
      expect(events.map((event) => event.resource?.id).sort()).toEqual(stored.map((row) => String(row['id'])).sort());
    });

    when('updateWhere')('by criteria tell each row, also when the update changes what it was found by', async () => {
      const ids = await fill({ state: 'new' }, { state: 'new' }, { state: 'old' });
      await world.verbs.updateWhere?.('new', { state: 'done', age: 7 });
      const events = await world.told();
      expect(events.map(short).sort()).toEqual(ids.slice(0, 2).map((id) => `person.update ${id}`));
      for (const event of events) {
        expect(changeOf(event, 'state')).toMatchObject({ old: 'new', new: 'done' });
        expect(changeOf(event, 'age')).toMatchObject({ new: 7 });
      }
    });

    when('removeWhere')('that delete by criteria tell each row', async () => {
      const ids = await fill({ state: 'new', age: 5 }, { state: 'new' }, { state: 'old' });
      await world.verbs.removeWhere?.('new');
      const events = await world.told();
      expect(events.map(short).sort()).toEqual(ids.slice(0, 2).map((id) => `person.delete ${id}`));
      expect(events.map((event) => changeOf(event, 'age')?.old)).toContain(5);
    });

    when('upsert')('that update or insert tell which of the two it was', async () => {
      await world.verbs.upsert?.({ name: 'Ann', email: 'a@x.org', age: 1 });
      await world.verbs.upsert?.({ name: 'Ann', email: 'a@x.org', age: 2 });
      const [made, changed, ...more] = await world.told();
      expect([made?.action, changed?.action, ...more]).toEqual(['person.create', 'person.update']);
      expect(changed?.resource?.id).toBe(made?.resource?.id);
      expect(changeOf(changed, 'age')).toMatchObject({ old: 1, new: 2 });
    });

    when('increment')('that count in the database tell what came of it', async () => {
      const [id = 0] = await fill({ age: 40 });
      await world.verbs.increment?.(id, 2);
      const [event] = await world.told();
      expect(changeOf(event, 'age')).toMatchObject({ old: 40, new: 42 });
    });

    when('softRemove', 'restore')('that delete softly and bring back are a delete and a restore', async () => {
      const [id = 0] = await fill({ age: 40 });
      await world.verbs.softRemove?.(id);
      await world.verbs.restore?.(id);
      expect(await told()).toEqual([`person.delete ${id}`, `person.restore ${id}`]);
    });

    test('that set a mark of deletion are a delete', async () => {
      const [id = 0] = await fill({ age: 40 });
      await world.verbs.update(id, { deletedAt: new Date() });
      const [event] = await world.told();
      expect(event).toMatchObject({ action: 'person.delete', operation: 'delete' });
    });

    when('insertNested')('of a row with others in it tell them all', async () => {
      const id = await world.verbs.insertNested?.({ name: 'Ann' }, ['one', 'two']);
      const events = await world.told();
      expect(events.map(({ action }) => action).sort()).toEqual([
        'document.create',
        'document.create',
        'person.create',
      ]);
      expect(events.find(({ action }) => action === 'person.create')?.resource?.id).toBe(String(id));
    });

    test('know UUIDs and keys of several columns', async () => {
      const document = await world.verbs.insertDocument('Plan');
      await world.verbs.updateDocument(document, 'Plan B');
      await world.verbs.insertMembership(7, 9, 'reader');
      await world.verbs.updateMembership(7, 9, 'writer');
      await world.verbs.removeMembership(7, 9);
      expect(await told()).toEqual([
        `document.create ${document}`,
        `document.update ${document}`,
        'membership.create 7:9',
        'membership.update 7:9',
        'membership.delete 7:9',
      ]);
    });

    when('setTags')('of a list that joins others tell what was added and what removed', async () => {
      const document = await world.verbs.insertDocument('Plan');
      await world.verbs.setTags?.(document, [1, 2]);
      await world.told();
      await world.verbs.setTags?.(document, [2, 3]);
      const events = await world.told();
      const own = events.filter(({ action }) => action === 'document.update');
      const changes = own.flatMap((event) => event.changes ?? []).filter(({ path }) => path.startsWith('/tags/'));
      expect(own[0]?.resource).toMatchObject({ type: 'document', id: document });
      expect(changes.map(({ op, path }) => `${op} ${path}`).sort()).toEqual(['add /tags/3', 'remove /tags/1']);
    });

    when('raw')('in SQL leave a gap', async () => {
      await world.verbs.raw?.("UPDATE people SET state = 'x'");
      expect(await world.told()).toMatchObject([{ action: 'audit.coverage_gap', category: 'audit' }]);
    });
  });

  describe('transactions', () => {
    class Undo extends Error {}

    test('that are committed tell what they changed, exactly', async () => {
      const [id = 0] = await fill({ age: 1 });
      await world.verbs.transaction(async (verbs) => {
        await verbs.update(id, { age: 2 });
        expect(await world.told()).toEqual([]);
      });
      const [event] = await world.told();
      expect(changeOf(event, 'age')).toMatchObject({ old: 1, new: 2 });
    });

    test('that are rolled back tell nothing', async () => {
      const [id = 0] = await fill({ age: 1 });
      const undone = world.verbs.transaction(async (verbs) => {
        await verbs.insert({ name: 'B' });
        await verbs.update(id, { age: 2 });
        await verbs.remove(id);
        throw new Undo();
      });
      await expect(undone).rejects.toBeInstanceOf(Undo);
      expect(await told()).toEqual([]);
      expect(await world.sql('SELECT age FROM people')).toEqual([{ age: 1 }]);
    });

    test('merge what they do to one row', async () => {
      const [id = 0, other = 0] = await fill({ age: 1 }, { age: 1 });
      let made = 0;
      await world.verbs.transaction(async (verbs) => {
        made = await verbs.insert({ name: 'B', age: 1 });
        await verbs.update(made, { age: 2 });
        const brief = await verbs.insert({ name: 'C' });
        await verbs.remove(brief);
        await verbs.update(id, { age: 2 });
        await verbs.update(id, { age: 3 });
        await verbs.update(other, { age: 2 });
        await verbs.update(other, { age: 1 });
      });
      const events = await world.told();
      expect(events.map(short).sort()).toEqual([`person.create ${made}`, `person.update ${id}`]);
      expect(
        changeOf(
          events.find(({ operation }) => operation === 'update'),
          'age',
        ),
      ).toMatchObject({ old: 1, new: 3 });
      expect(
        changeOf(
          events.find(({ operation }) => operation === 'create'),
          'age',
        ),
      ).toMatchObject({ new: 2 });
    });

    test('that overlap tell each its own', async () => {
      const [first = 0, second = 0] = await fill({ age: 1 }, { age: 1 });
      let release = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const slow = world.verbs.transaction(async (verbs) => {
        await verbs.update(first, { age: 2 });
        await gate;
      });
      const undone = world.verbs.transaction(async (verbs) => {
        await verbs.update(second, { age: 2 });
        throw new Undo();
      });
      await expect(undone).rejects.toBeInstanceOf(Undo);
      await world.verbs.transaction((verbs) => verbs.update(second, { age: 3 }));
      expect(await told()).toEqual([`person.update ${second}`]);
      release();
      await slow;
      expect(await told()).toEqual([`person.update ${first}`]);
    });

    test('tell writes that run at the same time in one of them', async () => {
      const ids = await fill({}, {}, {});
      await world.verbs.transaction((verbs) => Promise.all(ids.map((id, i) => verbs.update(id, { age: i }))));
      expect((await told()).sort()).toEqual(ids.map((id) => `person.update ${id}`));
    });

    test('whose write fails tell nothing of it', async () => {
      await fill({ email: 'a@x.org' });
      await expect(world.verbs.insert({ name: 'B', email: 'a@x.org' })).rejects.toThrow();
      await expect(
        world.verbs.transaction(async (verbs) => {
          await verbs.insert({ name: 'C' });
          await verbs.insert({ name: 'D', email: 'a@x.org' });
        }),
      ).rejects.toThrow();
      expect(await told()).toEqual([]);
    });

    when('savepoint')('forget what was done since a savepoint that is rolled back, and keep the rest', async () => {
      const [id = 0] = await fill({ age: 1 });
      let kept = 0;
      await world.verbs.transaction(async (verbs) => {
        await verbs.update(id, { age: 2 });
        const undone = verbs.transaction(async (inner) => {
          await inner.insert({ name: 'lost' });
          await inner.update(id, { age: 9 });
          throw new Undo();
        });
        await expect(undone).rejects.toBeInstanceOf(Undo);
        kept = await verbs.transaction((inner) => inner.insert({ name: 'kept' }));
      });
      const events = await world.told();
      expect(events.map(short).sort()).toEqual([`person.create ${kept}`, `person.update ${id}`]);
      expect(
        changeOf(
          events.find(({ operation }) => operation === 'update'),
          'age',
        ),
      ).toMatchObject({ old: 1, new: 2 });
    });

    when('batch')('of several writes at once tell them all, or none', async () => {
      const [first = 0, second = 0] = await fill({ age: 1 }, { age: 1, email: 'taken@x.org' });
      await world.verbs.batch?.([
        { id: first, set: { age: 2 } },
        { id: second, set: { age: 3 } },
      ]);
      expect((await told()).sort()).toEqual([`person.update ${first}`, `person.update ${second}`].sort());
      const failing = world.verbs.batch?.([
        { id: first, set: { age: 4 } },
        { id: first, set: { email: 'taken@x.org' } },
      ]);
      await expect(failing).rejects.toThrow();
      expect(await told()).toEqual([]);
    });
  });

  describe('who and where', () => {
    test('come from the job, through pools and whatever runs at the same time', async () => {
      const job = (name: string, tenant: string) =>
        world.auditor.run({ job: name, tenant }, () =>
          Promise.all([world.verbs.insert({ name }), world.verbs.transaction((verbs) => verbs.insert({ name }))]),
        );
      await Promise.all(Array.from({ length: 10 }, (_, i) => job(`job-${i}`, `tenant-${i}`)));
      const events = await world.told();
      const rows = events.filter(({ action }) => action === 'person.create');
      expect(rows).toHaveLength(20);
      for (const { actor, parent, resource, tenant } of rows) {
        const number = resource?.name?.slice(4);
        expect(actor).toEqual({ type: 'job', id: `job-${number}` });
        expect(tenant).toEqual({ id: `tenant-${number}` });
        expect(events.find(({ id }) => id === parent)?.resource?.id).toBe(`job-${number}`);
      }
    });
  });

  describe('an outbox in the same database', () => {
    const waiting = async () => (await world.sql('SELECT count(*)::int AS count FROM whodunit.events_outbox'))[0];

    when('outbox')('gets the events of a transaction in that transaction, and of a write without one too', async () => {
      await world.close();
      world = await open(orm, {}, 'outbox');
      const [id = 0] = await fill({ age: 1 });
      await world.verbs.transaction(async (verbs) => {
        await verbs.update(id, { age: 2 });
        await verbs.insert({ name: 'B' });
      });
      await expect(
        world.verbs.transaction(async (verbs) => {
          await verbs.update(id, { age: 9 });
          throw new Error('undo');
        }),
      ).rejects.toThrow('undo');
      await world.verbs.update(id, { age: 3 });
      const events = await world.told();
      expect(events.map(({ action }) => action).sort()).toEqual(['person.create', 'person.update', 'person.update']);
      expect(
        events
          .map((event) => changeOf(event, 'age')?.new)
          .filter(Boolean)
          .sort(),
      ).toEqual([2, 3]);
      expect(await waiting()).toEqual({ count: 0 });
    });

    when('outbox')('that cannot be written to keeps what must be told from being committed', async () => {
      await world.close();
      world = await open(orm, {}, 'outbox');
      const [id = 0] = await fill({ age: 1 });
      await world.sql('ALTER TABLE whodunit.events_outbox RENAME TO gone');
      await expect(world.verbs.transaction((verbs) => verbs.update(id, { age: 2 }))).rejects.toThrow();
      await expect(world.verbs.update(id, { age: 2 })).rejects.toThrow();
      await expect(world.verbs.insert({ name: 'B' })).rejects.toThrow();
      expect(await world.sql('SELECT age FROM people')).toEqual([{ age: 1 }]);
      // Nothing is left open: the next one works again.
      await world.sql('ALTER TABLE whodunit.gone RENAME TO events_outbox');
      await world.verbs.transaction((verbs) => verbs.update(id, { age: 3 }));
      expect((await world.told()).map(short)).toEqual([`person.update ${id}`]);
    });
  });

  describe('many rows', () => {
    when('updateWhere', 'removeWhere')('above the limit are one event, with how many and the first keys', async () => {
      await world.close();
      world = await open(orm, { bulk: { maxRows: 3 } });
      const ids = await fill({}, {}, {}, {});
      await world.verbs.updateWhere?.('new', { state: 'done' });
      await world.verbs.removeWhere?.('done');
      const events = await world.told();
      expect(events.map(short)).toEqual(['person.update', 'person.delete']);
      for (const event of events) {
        expect(event.diff).toEqual({ fidelity: 'none', why: 'more than 3 rows' });
        expect(event.metadata?.['bulk']).toMatchObject({ count: 4, ids: ids.map(String) });
      }
    });

    when('updateWhere')('are not read where a summary is enough', async () => {
      await world.close();
      world = await open(orm, { bulk: { level: 'summary' } });
      await fill({}, {});
      const bare = await open(orm, 'not audited');
      for (const name of ['A', 'B']) await bare.verbs.insert({ name });
      const audited = await world.queriesOf(async () => world.verbs.updateWhere?.('new', { state: 'done' }));
      const plain = await world.queriesOf(async () => bare.verbs.updateWhere?.('new', { state: 'done' }));
      await bare.close();
      expect(audited).toBe(plain);
      expect(await world.told()).toMatchObject([{ metadata: { bulk: { count: 2 } } }]);
    });
  });

  describe('the application', () => {
    test('sends no more statements than the README says', async () => {
      const bare = await open(orm, 'not audited');
      const costs = async ({ queriesOf, verbs }: World) => {
        let id = 0;
        const insert = await queriesOf(async () => {
          id = await verbs.insert({ name: 'A', age: 1 });
        });
        const update = await queriesOf(() => verbs.update(id, { age: 2 }));
        const remove = await queriesOf(() => verbs.remove(id));
        return { insert, update, remove };
      };
      // The first of each kind may prepare something.
      await costs(bare);
      await costs(world);
      const [plain, audited] = [await costs(bare), await costs(world)];
      await bare.close();
      expect({
        insert: audited.insert - plain.insert,
        update: audited.update - plain.update,
        remove: audited.remove - plain.remove,
      }).toEqual(orm.extraQueries);
    });

    test('works on when the auditor is closed', async () => {
      const [id = 0] = await fill({ age: 1 });
      await world.auditor.close();
      await world.verbs.update(id, { age: 2 });
      await world.verbs.transaction((verbs) => verbs.insert({ name: 'B' }));
      expect(await world.sql('SELECT age FROM people WHERE id = $1', [id])).toEqual([{ age: 2 }]);
      expect(world.errors.map(({ code }) => code)).toContain('AUDIT_CLOSED');
    });

    test('is refused its writes when the auditor is closed, where the mode is strict', async () => {
      await world.close();
      world = await open(orm, { mode: 'strict' });
      const [id = 0] = await fill({ age: 1 });
      await world.auditor.close();
      await expect(world.verbs.update(id, { age: 2 })).rejects.toMatchObject({ code: 'AUDIT_CLOSED' });
      expect(await world.sql('SELECT age FROM people WHERE id = $1', [id])).toEqual([{ age: 1 }]);
    });
  });
}

/** What an ORM lacks is no test: a skipped one would say that something was left undone. */
function untested(_title: string, _work: () => Promise<void>): void {}

function short({ action, resource }: AuditEvent): string {
  return resource?.id === undefined ? action : `${action} ${resource.id}`;
}
