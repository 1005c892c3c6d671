import { createAuditor } from '@whodunit/core';
import { memorySink } from '@whodunit/testing';
import { AuditField, AuditIgnore, auditTypeorm } from '@whodunit/typeorm';
import type { Runner } from '../src/typeorm';
import { unitOf } from '../src/units';
import { entitiesFor } from './support/entities';
import { closeSessions, sessionOf } from './support/session';
import { useVersion, VERSIONS } from './support/versions';

afterEach(closeSessions);

describe.each(VERSIONS)('of TypeORM %s', (_name, orm) => {
  test('entities without classes, in schemas of the database, with keys that are others, are known', async () => {
    useVersion(orm);
    const Shop = new orm.EntitySchema<{ id: string; city: string }>({
      name: 'Shop',
      schema: 'trade',
      columns: { id: { type: 'text', primary: true }, city: { type: 'text', name: 'town' } },
    });
    const Shelf = new orm.EntitySchema<{ number: number; shopId: string; label: string | null }>({
      name: 'ShelfEntity',
      schema: 'trade',
      tableName: 'shelves',
      columns: {
        number: { type: 'int', primary: true },
        shopId: { type: 'text', primary: true },
        label: { type: 'text', nullable: true },
      },
      relations: { shop: { type: 'many-to-one', target: 'Shop', joinColumn: { name: 'shopId' } } } as never,
    });
    const { short, source } = await sessionOf(orm, {
      entities: [Shop, Shelf],
      source: { synchronize: false },
    });
    await source.query('CREATE SCHEMA trade');
    await source.synchronize();
    await source.manager.save(Shop, { id: 'a:1', city: 'Bern' });
    await source.manager.update(Shop, { city: 'Bern' }, { city: 'Basel' });
    await source.manager.save(Shelf, { number: 7, shopId: 'a:1', label: 'top' });
    await source.manager.save(Shelf, { number: 7, shopId: 'a:1', label: 'low' });
    await source.manager.delete(Shelf, { number: 7, shopId: 'a:1' });
    expect((await short()).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'shop.create a:1 /id',
      'shop.update a:1 /city',
      'shelf.create 7:a%3A1 /number',
      'shelf.update 7:a%3A1 /label',
      'shelf.delete 7:a%3A1 /number',
    ]);
  });

  test('a list that is to be ignored is, as is a column that only queries fill', async () => {
    useVersion(orm);
    const { Column, Entity, JoinTable, ManyToMany, PrimaryGeneratedColumn } = orm;
    @Entity()
    class Word {
      @PrimaryGeneratedColumn() id!: number;
      @Column('text') text!: string;
      @Column({ type: 'int', select: false, insert: false, update: false, nullable: true }) rank?: number;
      @AuditIgnore() @ManyToMany(() => Word) @JoinTable() like!: Word[];
    }
    const { short, source } = await sessionOf(orm, { entities: [Word] });
    await source.query('ALTER TABLE word DROP COLUMN rank');
    const one = await source.manager.save(Object.assign(new Word(), { text: 'one' }));
    await source.manager.save(Object.assign(new Word(), { text: 'uno', like: [one] }));
    await source.manager.update(Word, 1, { text: 'ONE' });
    expect(await short()).toEqual(['word.create 1 /id /text', 'word.create 2 /id /text', 'word.update 1 /text']);
  });

  test('active records and triggers of the database are told as they are stored', async () => {
    useVersion(orm);
    const { BaseEntity, Column, Entity, PrimaryGeneratedColumn } = orm;
    @Entity()
    class Stamp extends BaseEntity {
      @PrimaryGeneratedColumn() id!: number;
      @Column('text') text!: string;
      @Column('text', { nullable: true }) made!: string | null;
    }
    const { source, told } = await sessionOf(orm, { entities: [Stamp] });
    await source.query(`CREATE FUNCTION shout() RETURNS trigger AS $$
      BEGIN NEW.made := upper(NEW.text); RETURN NEW; END $$ LANGUAGE plpgsql`);
    await source.query('CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON stamp FOR EACH ROW EXECUTE FUNCTION shout()');
    Stamp.useDataSource(source);
    const stamp = await Stamp.create({ text: 'a' }).save();
    stamp.text = 'b';
    await stamp.save();
    await Stamp.update({ text: 'b' }, { text: 'c' });
    const made = (await told()).map(({ changes = [] }) => changes.find(({ path }) => path === '/made'));
    expect(made).toMatchObject([{ new: 'A' }, { old: 'A', new: 'B' }, { old: 'B', new: 'C' }]);
  });

  test('a query runner that was there before is followed, in the middle of its transaction', async () => {
    const entities = entitiesFor(orm);
    const { source } = await sessionOf(orm, { entities: Object.values(entities), audit: 'not audited' });
    const sink = memorySink();
    const auditor = createAuditor({ sinks: [sink] });
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    auditTypeorm(source, { auditor });
    const result = await runner.manager.insert(entities.Tag, { name: 'red' });
    expect(Object.keys(result.raw[0])).toEqual(['id']);
    await auditor.flush();
    expect(sink.events).toEqual([]);
    await runner.commitTransaction();
    await runner.release();
    await auditor.close();
    expect(sink.events).toMatchObject([{ action: 'tag.create' }]);
  });

  test('one builder may run twice at the same time', async () => {
    const { Person, ...others } = entitiesFor(orm);
    const { short, source } = await sessionOf(orm, { entities: [Person, ...Object.values(others)] });
    await source.manager.insert(Person, { name: 'Ann', state: 'new', age: 0 });
    await short();
    const builder = source
      .createQueryBuilder()
      .update(Person)
      .set({ age: () => 'age + 1' })
      .where({ id: 1 });
    await Promise.all([builder.execute(), builder.execute()]);
    await builder.execute();
    expect(await source.manager.findOneByOrFail(Person, { id: 1 })).toMatchObject({ age: 3 });
    expect((await short()).map((line) => line.split(' ')[0])).toEqual(Array(3).fill('person.update'));
  });

  test('with `isolate`, a row that save has loaded is read again, and locked', async () => {
    const entities = entitiesFor(orm);
    const { source, statementsOf, told } = await sessionOf(orm, {
      entities: Object.values(entities),
      audit: { isolate: true },
    });
    const { Membership } = entities;
    await source.manager.save(Membership, { orgId: 1, personId: 1, role: 'a' });
    await told();
    const sent = await statementsOf(() => source.manager.save(Membership, { orgId: 1, personId: 1, role: 'b' }));
    expect(sent.map((sql) => sql.split(' ')[0])).toEqual(['SELECT', 'START', 'SELECT', 'UPDATE', 'COMMIT']);
    expect(await told()).toMatchObject([{ diff: { fidelity: 'exact' } }]);
  });

  test('a transaction has the SQL of its connection for who stores with it', async () => {
    const entities = entitiesFor(orm);
    const { source, told } = await sessionOf(orm, { entities: Object.values(entities), audit: { onGap: 'throw' } });
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    const unit = unitOf(runner as unknown as Runner);
    await unit?.query?.('INSERT INTO tags (name) VALUES ($1)', ['red']);
    expect(await runner.manager.count(entities.Tag)).toBe(1);
    await runner.rollbackTransaction();
    await runner.release();
    expect(await source.manager.count(entities.Tag)).toBe(0);
    expect(await told()).toEqual([]);
  });
});

test('a decorator with a policy that is none is refused where it stands', () => {
  expect(() => AuditField('hide' as never)).toThrow(/`policy` must be one of/);
});
