import { literal, Op } from 'sequelize';
import { open, type Session } from './support/session';

let session: Session;
beforeEach(async () => {
  session = await open();
});
afterEach(() => session.close());

const changed = (event: { changes?: readonly { path: string }[] } | undefined): string[] =>
  (event?.changes ?? []).map(({ path }) => path).filter((path) => path !== '/updatedAt');

describe('an instance', () => {
  test('that was loaded in part is read before it is saved and destroyed', async () => {
    const { person, short, told } = session;
    const { id } = await person.create({ name: 'Ann', age: 40 });
    const part = await person.findByPk(id, { attributes: ['id', 'name'] });
    await part?.update({ age: 41 });
    await part?.destroy({ force: true });
    const [, updated, gone] = await told();
    expect([updated, gone].map((event) => short(event))).toEqual([`person.update ${id}`, `person.delete ${id}`]);
    expect(updated?.changes).toContainEqual({ path: '/age', op: 'replace', old: 40, new: 41 });
    expect(updated?.diff).toEqual({ fidelity: 'exact', why: 'read just before the write, not locked' });
    expect(gone?.changes).toContainEqual({ path: '/age', op: 'remove', old: 41 });
  });

  test('that was loaded long ago tells its own changes, and says that its state before is as it was loaded', async () => {
    const { person, told } = session;
    const { id } = await person.create({ name: 'Ann', age: 40, email: 'a@x.org' });
    const old = await person.findByPk(id);
    await person.update({ email: 'b@x.org' }, { where: { id } });
    await told();
    await old?.update({ age: 41 });
    const [event] = await told();
    expect(changed(event)).toEqual(['/age']);
    expect(event?.diff).toEqual({ fidelity: 'exact', why: 'as it was when the application loaded it' });
  });

  test('is read all the same where the options ask for it, and what the database makes of it is told', async () => {
    await session.close();
    session = await open({ reread: true });
    const { person, told } = session;
    const { id } = await person.create({ name: 'Ann', age: 40 });
    const old = await person.findByPk(id);
    await person.update({ age: 50 }, { where: { id } });
    await told();
    await old?.update({ age: 41, name: 'Zoe' });
    const [event] = await told();
    expect(event?.changes).toContainEqual({ path: '/age', op: 'replace', old: 50, new: 41 });
    expect(event?.changes).toContainEqual({ path: '/initial', op: 'replace', old: 'A', new: 'Z' });
  });

  test('whose JSON was changed in place tells what was there', async () => {
    const { person, told } = session;
    const { id } = await person.create({ name: 'Ann', settings: { theme: { dark: true } } });
    const row = await person.findByPk(id);
    await told();
    row?.set('settings.theme.dark' as never, false as never);
    await row?.save();
    const [event] = await told();
    expect(event?.changes).toContainEqual({ path: '/settings/theme/dark', op: 'replace', old: true, new: false });
  });

  test('that is saved with SQL tells what the database made of it', async () => {
    const { person, told } = session;
    const row = await person.create({ name: 'Ann', age: 40 });
    await told();
    await row.update({ age: literal('age + 2') });
    const [event] = await told();
    expect(event?.changes).toContainEqual({ path: '/age', op: 'replace', old: 40, new: 42 });
  });

  test('that somebody else has deleted tells nothing', async () => {
    const { person, told } = session;
    const row = await person.create({ name: 'Ann' });
    const same = await person.findByPk(row.id);
    await row.destroy({ force: true });
    await told();
    await same?.destroy({ force: true });
    await same?.update({ name: 'Bob' });
    expect(await told()).toEqual([]);
  });

  test('without hooks, or with `returning` that is not all, tells the same', async () => {
    const { person, told } = session;
    const row = await person.create({ name: 'Ann', age: 1 }, { hooks: false, returning: ['id'] });
    await row.update({ age: 2 }, { hooks: false, returning: false });
    await row.increment('age', { returning: false } as object);
    await row.decrement({ age: 1 });
    const [made, ...updates] = await told();
    expect(made?.changes).toContainEqual({ path: '/state', op: 'add', new: 'new' });
    const ages = updates.map(({ changes }) => changes?.find(({ path }) => path === '/age'));
    expect(ages).toMatchObject([
      { old: 1, new: 2 },
      { old: 2, new: 3 },
      { old: 3, new: 2 },
    ]);
    // A virtual attribute is no column.
    expect(changed(made)).not.toContain('/shout');
  });

  test('that is found or created tells only what was created', async () => {
    const { person, short, told } = session;
    const [row] = await person.findOrCreate({ where: { email: 'a@x.org' }, defaults: { name: 'Ann' } as never });
    await person.findOrCreate({ where: { email: 'a@x.org' }, defaults: { name: 'Bob' } as never });
    await person.findCreateFind({ where: { email: 'b@x.org' }, defaults: { name: 'Bob' } as never });
    expect((await told()).map(short)).toEqual([`person.create ${row.id}`, `person.create ${row.id + 1}`]);
  });
});

describe('many rows', () => {
  test('that exist already tell which were made and which updated', async () => {
    const { person, told } = session;
    const fields = ['name', 'email', 'age'] as const;
    await person.create({ name: 'Ann', email: 'a@x.org', age: 1 });
    await told();
    const rows = [
      { name: 'Ann', email: 'a@x.org', age: 2 },
      { name: 'Bob', email: 'b@x.org', age: 3 },
    ];
    await person.bulkCreate(rows, { fields: [...fields], updateOnDuplicate: ['age'] });
    const [updated, made, ...more] = await told();
    expect([updated?.action, made?.action, ...more]).toEqual(['person.update', 'person.create']);
    expect(changed(updated)).toEqual(['/age']);
  });

  test('that exist already and are ignored tell nothing', async () => {
    const { person, told } = session;
    const fields = ['name', 'email'] as const;
    const rows = ['a@x.org', 'b@x.org'].map((email) => ({ name: email, email }));
    await person.bulkCreate(rows.slice(0, 1), { fields: [...fields] });
    await person.bulkCreate(rows, { fields: [...fields], ignoreDuplicates: true, returning: false });
    expect((await told()).map(({ resource }) => resource?.name)).toEqual(['a@x.org', 'b@x.org']);
  });

  test('with hooks for each tell each', async () => {
    const { person, short, told } = session;
    const rows = await person.bulkCreate([{ name: 'A' }, { name: 'B' }], { individualHooks: true, fields: ['name'] });
    await told();
    const where = { id: rows.map(({ id }) => id) };
    await person.update({ age: 7 }, { where, individualHooks: true });
    await person.destroy({ where, individualHooks: true });
    await person.restore({ where, individualHooks: true });
    const verbs = ['update', 'delete', 'restore'].flatMap((verb) => rows.map(({ id }) => `person.${verb} ${id}`));
    expect((await told()).map(short).sort()).toEqual(verbs.sort());
  });

  test('by any `where`, with what is returned, tell each', async () => {
    const { person, told } = session;
    await person.bulkCreate(
      [
        { name: 'A', age: 1 },
        { name: 'B', age: 2 },
        { name: 'C', age: 30 },
      ],
      { fields: ['name', 'age'] },
    );
    await told();
    const where = { [Op.or]: [{ age: { [Op.gt]: 20 } }, literal('"people"."age" = 1')], deletedAt: null };
    await person.update({ state: 'x' }, { where, returning: true });
    await person.update({ state: 'y' }, { where, returning: ['id'] as never });
    await person.increment('age', { where, by: 5 });
    const events = await told();
    expect(events.map(({ action, resource }) => `${action} ${resource?.name}`)).toEqual(
      ['A', 'C', 'A', 'C', 'A', 'C'].slice(0, events.length).map((name) => `person.update ${name}`),
    );
    expect(events).toHaveLength(6);
  });

  test('of which a limit lets only some be deleted tell those', async () => {
    const { person, told } = session;
    await person.bulkCreate([{ name: 'A' }, { name: 'B' }, { name: 'C' }], { fields: ['name'] });
    await told();
    await person.destroy({ where: {}, limit: 2, force: true });
    const gone = (await told()).map(({ resource }) => resource?.name);
    const left = (await person.findAll()).map(({ name }) => name);
    expect([...gone, ...left].sort()).toEqual(['A', 'B', 'C']);
    expect(left).toHaveLength(1);
  });

  test('that are truncated tell each, and a cascade is a gap', async () => {
    const { models, told } = session;
    await models.membership.create({ orgId: 1, personId: 2, role: 'x' });
    await models.membership.truncate();
    await models.membership.truncate({ cascade: true });
    expect((await told()).map(({ action }) => action)).toEqual([
      'membership.create',
      'membership.delete',
      'audit.coverage_gap',
    ]);
  });
});

describe('an upsert', () => {
  test('by its key, or that does nothing, tells what came of it', async () => {
    const { models, told } = session;
    const row = { orgId: 1, personId: 2, role: 'reader' };
    const [made, isNew] = await models.membership.upsert(row);
    await models.membership.upsert({ ...row, role: 'writer' }, { returning: false });
    await models.membership.upsert({ ...row, role: 'owner' }, { fields: [] });
    expect([made.get('role'), isNew]).toEqual(['reader', null]);
    expect((await told()).map(({ action, changes }) => [action, changes?.at(-1)])).toMatchObject([
      ['membership.create', { new: 'reader' }],
      ['membership.update', { old: 'reader', new: 'writer' }],
    ]);
  });
});

describe('lists', () => {
  test('tell what is added and removed, in a transaction as one', async () => {
    const { models, sequelize, told } = session;
    const document = await models.document.create({ title: 'Plan' });
    await document.addTags([1]);
    await told();
    await sequelize.transaction(async (transaction) => {
      await document.addTags([2, 3], { transaction });
      await document.removeTags([1, 2], { transaction });
    });
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ action: 'document.update', resource: { type: 'document', id: document.id } });
    expect(event?.changes?.map(({ op, path }) => `${op} ${path}`)).toEqual(['remove /tags/1', 'add /tags/3']);
  });

  test('whose rows say more than who is joined are rows of their own', async () => {
    const { models, person, told } = session;
    const org = session.sequelize.define('Org', { name: 'TEXT' }, { tableName: 'orgs', timestamps: false });
    org.belongsToMany(person, { through: models.membership, foreignKey: 'orgId', otherKey: 'personId' });
    await models.membership.create({ orgId: 7, personId: 9, role: 'reader' });
    expect(await told()).toMatchObject([{ action: 'membership.create', resource: { id: '7:9' } }]);
  });
});

describe('migrations', () => {
  test('by queryInterface tell rows of models, and leave a gap for tables without one', async () => {
    const { sequelize, told } = session;
    const queryInterface = sequelize.getQueryInterface();
    await queryInterface.bulkInsert('people', [{ name: 'Ann', display_name: 'A.' }]);
    await queryInterface.bulkUpdate('people', { display_name: 'B.' }, { name: 'Ann' });
    await queryInterface.insert(null, 'people', { name: 'Bob', display_name: 'C.' });
    await queryInterface.bulkDelete('people', { name: 'Bob' });
    await queryInterface.upsert('memberships', { org_id: 1, person_id: 2, role: 'x' }, { role: 'x' }, {}, {
      model: session.models.membership,
    } as never);
    await sequelize.query('CREATE TABLE others (id int)');
    await queryInterface.bulkInsert('others', [{ id: 1 }]);
    const events = await told();
    expect(events.map(({ action, resource }) => [action, resource?.name])).toEqual([
      ['person.create', 'Ann'],
      ['person.update', 'Ann'],
      ['person.create', 'Bob'],
      ['person.delete', 'Bob'],
      ['membership.create', undefined],
      ['audit.coverage_gap', undefined],
    ]);
    expect(events[1]?.changes).toEqual([{ path: '/displayName', op: 'replace', old: 'A.', new: 'B.' }]);
    expect(events[5]?.metadata).toEqual({ verb: 'bulkInsert', model: 'others' });
  });
});
