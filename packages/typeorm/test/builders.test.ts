import { auditTypeorm } from '@whodunit/typeorm';
import { entitiesFor } from './support/entities';
import { closeSessions, sessionOf, shortOf } from './support/session';
import { type TypeOrm, useVersion, VERSIONS } from './support/versions';

afterEach(closeSessions);

describe.each(VERSIONS)('query builders of TypeORM %s', (_name, orm) => {
  async function opened(audit = {}) {
    const entities = entitiesFor(orm);
    const session = await sessionOf(orm, { entities: Object.values(entities), audit });
    const people = session.source.getRepository(entities.Person);
    const names = 'ABC';
    for (const name of names) await people.insert({ name, state: 'new', email: `${name}@x.org` });
    await session.told();
    return { ...session, ...entities, people };
  }

  test('are followed however they are made', async () => {
    const { Person, people, short, source } = await opened();
    await people.createQueryBuilder('p').update().set({ age: 1 }).where("name = 'A'").execute();
    await source.createQueryBuilder().update(Person, { age: 2 }).where({ name: 'A' }).clone().execute();
    await people.createQueryBuilder().select().update({ age: 3 }).where({ name: 'A' }).execute();
    await source
      .createQueryBuilder()
      .delete()
      .from('people')
      .where('name IN (:...names)', { names: ['B'] })
      .execute();
    await source.manager.createQueryBuilder().softDelete().from(Person).where('id > :id', { id: 1 }).execute();
    await source
      .createQueryBuilder()
      .insert()
      .into(Person, ['name', 'state'])
      .values({ name: 'D', state: 'd' })
      .execute();
    expect((await short()).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'person.update 1',
      'person.update 1',
      'person.update 1',
      'person.delete 2',
      'person.delete 3',
      'person.create 4',
    ]);
  });

  test('with conditions of every kind find the rows that they change', async () => {
    const { people, short } = await opened();
    const { Brackets, In, LessThan, Not } = orm;
    const update = () =>
      people
        .createQueryBuilder()
        .update()
        .set({ age: () => 'coalesce(age, 0) + 1' });
    await update()
      .where({ name: In(['A', 'B']), id: Not(2) })
      .execute();
    await update()
      .where(new Brackets((inner) => inner.where('name = :a', { a: 'B' }).orWhere({ name: 'C' })))
      .execute();
    await update()
      .where('display_name IS NULL')
      .andWhere({ id: LessThan(2) })
      .execute();
    await update().whereInIds([3]).orWhere({ email: 'A@x.org' }).execute();
    await people.increment({ name: 'A' }, 'age', 5);
    await people.update([1, 2], { age: 0 });
    const ids = (await short()).map((line) => line.replace(/^person.update (\d) \/age.*/, '$1'));
    expect(ids.sort()).toEqual([...'111112233']);
  });

  test('without any condition change all rows', async () => {
    const { people, short } = await opened();
    await people.createQueryBuilder().update().set({ age: 1 }).execute();
    await people.createQueryBuilder().delete().execute();
    expect((await short()).map((line) => line.split(' ')[0])).toEqual([
      ...Array(3).fill('person.update'),
      ...Array(3).fill('person.delete'),
    ]);
  });

  test('that delete by keys send nothing more, and are exact: what they deleted comes back with them', async () => {
    const { people, statementsOf, told } = await opened();
    const statements = await statementsOf(() => people.delete([1, 2]));
    expect(statements).toHaveLength(1);
    const events = await told();
    expect(events.map(({ diff, resource }) => [resource?.name, diff])).toEqual([
      ['A', { fidelity: 'exact' }],
      ['B', { fidelity: 'exact' }],
    ]);
  });

  test('that upsert many tell which were made, which changed, and nothing of those that stayed', async () => {
    const { people, told } = await opened();
    await people.upsert(
      [
        { name: 'A', state: 'new', email: 'A@x.org' },
        { name: 'BB', state: 'new', email: 'B@x.org' },
        { name: 'D', state: 'new', email: 'D@x.org' },
      ],
      { conflictPaths: ['email'], skipUpdateIfNoValuesChanged: true },
    );
    const events = await told();
    expect(events.map((event) => shortOf(event).split(' ').slice(0, 3).join(' '))).toEqual([
      'person.update 2 /name',
      expect.stringMatching(/^person.create \d+ \/id$/),
    ]);
  });

  test('that ignore what is there already tell only what they made', async () => {
    const { people, told } = await opened();
    const values = [
      { name: 'A', state: 'new', email: 'A@x.org' },
      { name: 'D', state: 'new', email: 'D@x.org' },
    ];
    await people.createQueryBuilder().insert().values(values).orIgnore().execute();
    expect((await told()).map(({ action, resource }) => [action, resource?.name])).toEqual([['person.create', 'D']]);
  });

  test('that change a key tell the row that it was', async () => {
    const { people, told } = await opened();
    await people.update(3, { id: 30 });
    const [event] = await told();
    expect(event).toMatchObject({ action: 'person.update', resource: { id: '3' } });
    expect(event?.changes).toContainEqual({ path: '/id', op: 'replace', old: 3, new: 30 });
  });

  test('above the limit tell their filter and what they set, secrets not', async () => {
    const { people, told } = await opened({ bulk: { maxRows: 2 } });
    await people.update({ state: 'new' }, { state: 'done', password: 'secret-1', age: () => '1 + 1' });
    const sql = "state = 'done' AND id < :id OR name = 'secret-2'";
    await people.createQueryBuilder().delete().where(sql, { id: 1_000 }).execute();
    const events = await told();
    expect(events.map((event) => event.metadata?.['bulk'])).toMatchObject([
      {
        verb: 'update',
        count: 3,
        filter: { state: 'new' },
        set: { state: 'done', password: { $redacted: true }, age: '(SQL)' },
      },
      { verb: 'delete', count: 3, filter: { sql: 'state = ? AND id < :id OR name = ?', id: 1_000 } },
    ]);
    expect(JSON.stringify(events)).not.toContain('secret-');
  });

  test('of a select make as many rows as are counted', async () => {
    if (!('valuesFromSelect' in orm.InsertQueryBuilder.prototype)) return;
    const { Tag, errors, people, source, told } = await opened();
    await source
      .createQueryBuilder()
      .insert()
      .into(Tag, ['name'])
      .valuesFromSelect(people.createQueryBuilder('p').select('p.name', 'name'))
      .execute();
    expect(await told()).toMatchObject([{ action: 'tag.create', metadata: { bulk: { count: 3 } } }]);
    expect(errors).toEqual([]);
  });

  test('of a table without an entity leave a gap', async () => {
    const { source, told } = await opened();
    await source.query('CREATE TABLE loose (id int)');
    await source.createQueryBuilder().insert().into('loose').values({ id: 1 }).execute();
    expect(await told()).toMatchObject([
      { action: 'audit.coverage_gap', metadata: { verb: 'insert', model: 'loose' } },
    ]);
  });

  test('of another data source are not touched', async () => {
    const first = await opened();
    const other = await sessionOf(orm, { entities: [first.Person, first.Document, first.Tag], audit: 'not audited' });
    await other.source.manager.insert(first.Person, { name: 'X', state: 'x' });
    expect(await first.told()).toEqual([]);
    expect(Object.getOwnPropertyNames(other.source)).not.toContain('createQueryBuilder');
    const builder = other.source.createQueryBuilder().update(first.Person);
    expect(Object.getPrototypeOf(builder)).toBe(orm.UpdateQueryBuilder.prototype);
  });

  test('are still what they were', async () => {
    const { people } = await opened();
    const update = people.createQueryBuilder().update();
    expect(update).toBeInstanceOf(orm.UpdateQueryBuilder);
    expect(update.constructor).toBe(orm.UpdateQueryBuilder);
    expect(update.set({ age: 1 })).toBe(update);
    expect(update.getSql()).not.toContain('whodunit');
  });

  test('of a table that is emptied tell all rows', async () => {
    const { people, Membership, source, short } = await opened();
    await source.manager.insert(Membership, { orgId: 1, personId: 2, role: 'a' });
    await short();
    await source.getRepository(Membership).clear();
    expect((await short())[0]).toMatch(/^membership.delete 1:2/);
    await expect(people.clear()).rejects.toThrow();
    expect(await short()).toEqual([]);
  });
});

describe.each(VERSIONS)('a tree of TypeORM %s', (_name, orm) => {
  function treesFor(version: TypeOrm) {
    useVersion(version);
    const { Column, Entity, PrimaryGeneratedColumn, Tree, TreeChildren, TreeParent } = version;
    const kinds = ['closure-table', 'nested-set', 'materialized-path'] as const;
    return kinds.map((kind) => {
      @Entity(kind.replace('-', '_'))
      @Tree(kind)
      class Node {
        @PrimaryGeneratedColumn() id!: number;
        @Column('text') name!: string;
        @TreeParent() parent?: unknown;
        @TreeChildren() children!: unknown[];
      }
      return Node;
    });
  }

  test.each([0, 1, 2])('tells its rows, and nothing of what TypeORM keeps to find them (%i)', async (index) => {
    const Node = treesFor(orm)[index] as ReturnType<typeof treesFor>[number];
    const { source, told } = await sessionOf(orm, { entities: [Node] });
    const nodes = source.getTreeRepository(Node);
    const root = await nodes.save(nodes.create({ name: 'root' }));
    const leaf = await nodes.save(nodes.create({ name: 'leaf', parent: root }));
    leaf.name = 'twig';
    await nodes.save(leaf);
    await nodes.remove(leaf);
    const events = await told();
    expect(events.map(({ action }) => action)).toEqual(['node.create', 'node.create', 'node.update', 'node.delete']);
    expect(events[2]?.changes?.map(({ path }) => path)).toEqual(['/name']);
  });
});

describe.each(VERSIONS)('entities of TypeORM %s that share a table', (_name, orm) => {
  test('are told by the class that was asked', async () => {
    useVersion(orm);
    const { ChildEntity, Column, Entity, PrimaryGeneratedColumn, TableInheritance } = orm;

    @Entity()
    @TableInheritance({ column: { type: 'text', name: 'kind' } })
    class Content {
      @PrimaryGeneratedColumn() id!: number;
      @Column('text') title!: string;
    }
    @ChildEntity()
    class Photo extends Content {
      @Column('int', { nullable: true }) width!: number | null;
    }
    const { short, source } = await sessionOf(orm, { entities: [Content, Photo] });
    const { id } = await source.manager.save(Object.assign(new Photo(), { title: 'a', width: 1 }));
    await source.manager.update(Photo, { title: 'a' }, { width: 2 });
    await source.manager.update(Content, id, { title: 'b' });
    await source.manager.delete(Content, { title: 'b' });
    expect((await short()).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'photo.create 1 /id',
      'photo.update 1 /width',
      'content.update 1 /title',
      'content.delete 1 /id',
    ]);
  });
});

test('a data source is audited once', async () => {
  const [, orm] = VERSIONS[0] as (typeof VERSIONS)[number];
  const { source } = await sessionOf(orm, { entities: Object.values(entitiesFor(orm)) });
  expect(auditTypeorm(source)).toBe(source);
  expect(() => auditTypeorm(source, { isolate: true })).toThrow(/is audited already/);
});
