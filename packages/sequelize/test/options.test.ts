import { AuditField, AuditIgnore, auditSequelize } from '@whodunit/sequelize';
import { DataTypes, Model, Sequelize } from 'sequelize';
import { open, type Session } from './support/session';

let session: Session;
beforeEach(async () => {
  session = await open();
});
afterEach(() => session.close());

describe('options', () => {
  test('that are wrong are refused', () => {
    const sequelize = new Sequelize('postgres://localhost/none', { logging: false });
    expect(() => auditSequelize(sequelize, { rereads: true } as object)).toThrow('Did you mean `reread`');
    expect(() => auditSequelize(sequelize, { reread: 1 } as object)).toThrow('`reread` must be true or false');
  });

  test('are for a Sequelize once', () => {
    expect(() => auditSequelize(session.sequelize)).toThrow(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining('audited already') }),
    );
  });

  test('leave the type as it was, and the object too', () => {
    const sequelize = new Sequelize('postgres://localhost/none', { logging: false });
    const audited: Sequelize = auditSequelize(sequelize);
    expect(audited).toBe(sequelize);
  });
});

describe('fields', () => {
  test('are what decorators say, and masked where the default scope hides them', async () => {
    class Account extends Model {}
    AuditField({ policy: 'mask', label: 'E-mail' })(Account.prototype, 'email');
    AuditIgnore()(Account.prototype, 'displayName');
    const { STRING, TEXT } = DataTypes;
    Account.init(
      { name: TEXT, email: TEXT, displayName: { type: STRING, field: 'display_name' }, state: TEXT },
      {
        sequelize: session.sequelize,
        tableName: 'people',
        timestamps: false,
        defaultScope: { attributes: { exclude: ['state'] } },
      },
    );
    const row = await Account.create({ name: 'Ann', email: 'a@x.org', displayName: 'A.', state: 'hidden-1' });
    await row.update({ email: 'b@x.org', displayName: 'B.', state: 'hidden-2' });
    const [, event] = await session.told();
    expect(event?.changes).toEqual([
      { path: '/email', op: 'replace', old: { $redacted: true }, new: { $redacted: true } },
      { path: '/state', op: 'replace', old: { $redacted: true }, new: { $redacted: true } },
    ]);
    expect(event?.metadata).toEqual({ labels: { '/email': 'E-mail' } });
  });

  test('called as the application likes mark what is deleted softly', async () => {
    const Guest = session.sequelize.define(
      'Guest',
      { name: DataTypes.TEXT },
      { tableName: 'people', createdAt: false, updatedAt: false, paranoid: true, deletedAt: 'born' },
    );
    const row = await Guest.create({ name: 'Ann' });
    const id = row.get('id');
    await row.destroy();
    await row.restore();
    await Guest.destroy({ where: { id } });
    await Guest.restore({ where: { id } });
    expect((await session.told()).map(session.short)).toEqual(
      ['create', 'delete', 'restore', 'delete', 'restore'].map((verb) => `guest.${verb} ${id}`),
    );
  });
});

describe('models', () => {
  test('in a scope or another schema are the same model', async () => {
    const { person, sql, told } = session;
    await sql('CREATE SCHEMA two; CREATE TABLE two.people (LIKE people INCLUDING ALL)');
    person.addScope('adults', { where: { age: 18 } });
    const { id } = await person.create({ name: 'Ann', age: 18 });
    await person.scope('adults').update({ state: 'x' }, { where: { name: 'Ann' } });
    await person.schema('two').create({ id: 900, name: 'Bob' } as never);
    expect((await told()).map(session.short)).toEqual([
      `person.create ${id}`,
      `person.update ${id}`,
      'person.create 900',
    ]);
  });

  test('with a version tell a lost race as nothing', async () => {
    await session.sql('ALTER TABLE people ADD COLUMN version int NOT NULL DEFAULT 0');
    const Versioned = session.sequelize.define(
      'Versioned',
      { name: DataTypes.TEXT },
      { tableName: 'people', timestamps: false, version: true },
    );
    const row = await Versioned.create({ name: 'Ann' });
    const same = await Versioned.findByPk(row.get('id') as number);
    await row.update({ name: 'Bob' });
    await expect(same?.update({ name: 'Cid' })).rejects.toThrow('stale');
    expect((await session.told()).map(({ action }) => action)).toEqual(['versioned.create', 'versioned.update']);
  });

  test('that are left out tell nothing', async () => {
    await session.close();
    session = await open({ models: { Person: false } });
    await session.person.create({ name: 'Ann' });
    expect(await session.told()).toEqual([]);
  });
});

describe('raw SQL', () => {
  test('is refused where the options say so, and reading is not', async () => {
    await session.close();
    session = await open({ onGap: 'throw' });
    const refused = session.sequelize.query('UPDATE people SET age = 1');
    await expect(refused).rejects.toMatchObject({ code: 'AUDIT_WRITE_UNSEEN' });
    await session.sequelize.query('SELECT 1');
    await session.person.findAll();
    expect(await session.told()).toEqual([]);
  });
});
