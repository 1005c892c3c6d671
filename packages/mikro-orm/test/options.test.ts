import { EntitySchema, MikroORM, raw } from '@mikro-orm/postgresql';
import { createAuditor } from '@whodunit/core';
import { AuditField, AuditIgnore, auditMikroOrm } from '@whodunit/mikro-orm';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { memorySink } from '@whodunit/testing';
import { Person } from './support/entities';
import { open, type Session } from './support/session';

let session: Session;
beforeEach(async () => {
  session = await open();
});
afterEach(() => session.close());

describe('options', () => {
  test('that are wrong are refused', () => {
    const { orm } = session;
    expect(() => auditMikroOrm(orm, { rereads: true } as object)).toThrow('Did you mean `reread`');
  });

  test('are for a MikroORM once', () => {
    expect(() => auditMikroOrm(session.orm)).toThrow(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining('audited already') }),
    );
  });

  test('can leave entities out, and refuse what nobody sees', async () => {
    await session.close();
    session = await open({ models: { Person: false }, onGap: 'throw' });
    const em = session.orm.em.fork();
    await session.verbs.insert({ name: 'Ann' });
    await em.nativeUpdate(Person, {}, { age: 1 });
    await em.createQueryBuilder(Person).update({ age: 2 });
    expect(await session.told()).toEqual([]);
    await expect(em.execute('DELETE FROM people')).rejects.toMatchObject({ code: 'AUDIT_WRITE_UNSEEN' });
    expect(await session.sql('SELECT age FROM people')).toEqual([{ age: 2 }]);
  });
});

test('conditions that are SQL find the same rows with auditing', async () => {
  await session.verbs.insert({ name: 'Ann' });
  await session.verbs.insert({ name: 'Bob' });
  await session.told();
  const em = session.orm.em.fork();
  await em.nativeUpdate(Person, { [raw('lower(name)') as never]: 'ann' }, { age: 1 });
  await em
    .createQueryBuilder(Person)
    .update({ age: 2 })
    .where({ [raw('lower(name)') as never]: 'bob' });
  await em.nativeDelete(Person, { [raw('lower(name)') as never]: ['ann', 'bob'] });
  const told = (await session.told()).map(({ action, resource }) => `${action} ${resource?.name}`);
  expect(told).toEqual(['person.update Ann', 'person.update Bob', 'person.delete Ann', 'person.delete Bob']);
});

describe('fields', () => {
  class Address {
    street!: string;
    city!: string;
  }
  class Customer {
    id!: number;
    name!: string;
    email!: string;
    pin!: string;
    note!: string;
    secretNote!: string;
    tagList!: string[];
    address!: Address;
    places!: Address[];
    version!: number;
  }
  AuditField({ policy: 'mask', label: 'E-mail' })(Customer.prototype, 'email');
  AuditIgnore()(Customer.prototype, 'note');

  const entities = [
    new EntitySchema<Address>({
      class: Address,
      embeddable: true,
      properties: { street: { type: 'text' }, city: { type: 'text' } },
    }),
    new EntitySchema<Customer>({
      class: Customer,
      tableName: 'customers',
      properties: {
        id: { type: 'integer', primary: true, autoincrement: true },
        name: { type: 'text' },
        email: { type: 'text' },
        pin: { type: 'text', hidden: true },
        note: { type: 'text' },
        secretNote: { type: 'text', lazy: true },
        tagList: { type: 'string[]' },
        address: { kind: 'embedded', entity: 'Address' },
        places: { kind: 'embedded', entity: 'Address', array: true },
        version: { type: 'integer', version: true },
      },
    }),
  ];

  test('are nested where they are embedded, masked where hidden, left out where ignored, and read where lazy', async () => {
    const sink = memorySink();
    const auditor = createAuditor({ sinks: [sink] });
    const orm = auditMikroOrm(await MikroORM.init({ clientUrl: await createTestDatabase(), entities }), { auditor });
    try {
      await orm.schema.createSchema();
      const em = orm.em.fork();
      const given = {
        name: 'Ann',
        email: 'a@x.org',
        pin: 'pin-1',
        note: 'n1',
        secretNote: 's1',
        tagList: ['a'],
        address: { street: 'High St', city: 'Rome' },
        places: [{ street: 'Low St', city: 'Oslo' }],
      };
      em.create(Customer, given as never);
      await em.flush();
      const other = orm.em.fork();
      const row = await other.findOneOrFail(Customer, { name: 'Ann' });
      other.assign(row, { email: 'b@x.org', pin: 'pin-2', note: 'n2', tagList: ['a', 'b'] });
      row.address.city = 'Paris';
      (row.places[0] as Address).city = 'Bergen';
      await other.flush();
      row.secretNote = 's2';
      await other.flush();
      await other.removeAndFlush(row);
      await auditor.flush();
      const [made, changed, lazy, gone, ...more] = sink.events;
      expect(more).toEqual([]);
      expect(made?.changes).toContainEqual({ path: '/address', op: 'add', new: given.address });
      const told = Object.fromEntries((changed?.changes ?? []).map(({ new: is, old, path }) => [path, [old, is]]));
      expect(told).toEqual({
        '/email': [{ $redacted: true }, { $redacted: true }],
        '/pin': [{ $redacted: true }, { $redacted: true }],
        '/tagList': [['a'], ['a', 'b']],
        '/address/city': ['Rome', 'Paris'],
        '/places': [given.places, [{ street: 'Low St', city: 'Bergen' }]],
        '/version': [1, 2],
      });
      expect(changed?.metadata).toEqual({ labels: { '/email': 'E-mail' } });
      expect(lazy?.changes?.map(({ path }) => path)).toContain('/secretNote');
      expect(gone?.action).toBe('customer.delete');
      expect(JSON.stringify(sink.events)).not.toMatch(/pin-\d|"n\d"/);
    } finally {
      await orm.close();
      await auditor.close();
    }
  });
});
