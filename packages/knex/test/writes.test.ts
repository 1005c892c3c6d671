import type { AuditEvent } from '@whodunit/core';
import type { Knex } from 'knex';
import { type KnexWorld, knexWorld, short } from './support/knex-world';

describe.each([
  ['PostgreSQL 18', {}],
  ['PostgreSQL before 18', { version: '17.5' }],
])('on %s', (_server, config) => {
  let world: KnexWorld;
  let db: Knex;
  beforeEach(async () => {
    world = await knexWorld({}, config);
    ({ db } = world);
  });
  afterEach(() => world.close());
  const told = async () => (await world.told()).map(short).sort();
  const exact = (events: readonly AuditEvent[]) => events.every(({ diff }) => diff?.fidelity === 'exact');
  const people = async () => {
    await db('people').insert([
      { name: 'A', email: 'a@x.org', age: 1 },
      { name: 'B', email: 'b@x.org', age: 2 },
      { name: 'C' },
    ]);
    await world.told();
  };

  test('an insert that ignores conflicts tells only the rows that came in', async () => {
    await people();
    await db('people')
      .insert([
        { name: 'X', email: 'a@x.org' },
        { name: 'D', email: 'd@x.org' },
      ])
      .onConflict('email')
      .ignore();
    const events = await world.told();
    expect(events.map(({ action, resource }) => `${action} ${resource?.name}`)).toEqual(['person.create D']);
  });

  test('an insert that merges tells which rows were there, what was set in them, and not those that it left', async () => {
    await people();
    await db('people')
      .insert([
        { name: 'X', email: 'a@x.org', age: 9 },
        { name: 'Y', email: 'b@x.org', age: 9 },
        { name: 'D', email: 'd@x.org' },
      ])
      .onConflict('email')
      .merge(['age'])
      .where('people.age', '<', 2);
    const events = await world.told();
    expect(events.filter(({ operation }) => operation === 'update').map(short)).toEqual(['person.update 1 /age']);
    expect(events.filter(({ operation }) => operation === 'create')).toMatchObject([{ resource: { name: 'D' } }]);
    expect(events).toHaveLength(2);
    expect(exact(events)).toBe(true);
  });

  test('an insert from a query tells its rows', async () => {
    await people();
    await db(db.raw('?? (??)', ['tags', 'name'])).insert(db('people').select('name').where('age', '>', 0));
    expect(await told()).toEqual(['tag.create 4 /id /name', 'tag.create 5 /id /name']);
  });

  test('updates from other tables, and deletes by them, tell the rows of their own table', async () => {
    await people();
    await db('people').updateFrom('tags').whereRaw('people.id = tags.id').where('tags.name', 'red').update({ age: 7 });
    await db('people').join('tags', 'people.id', 'tags.id').where('tags.name', 'green').del();
    await db('people').using(['tags']).whereRaw('people.id = tags.id').where('tags.name', 'blue').del();
    const events = await world.told();
    expect(events.map(({ action, resource }) => `${action} ${resource?.id}`)).toEqual([
      'person.update 1',
      'person.delete 2',
      'person.delete 3',
    ]);
    expect(exact(events)).toBe(true);
  });

  test('truncate tells every row that is gone', async () => {
    await db('memberships').insert([
      { org_id: 1, person_id: 2, role: 'a' },
      { org_id: 1, person_id: 3, role: 'b' },
    ]);
    await world.told();
    await db('memberships').truncate();
    expect((await world.told()).map(({ action, resource }) => `${action} ${resource?.id}`)).toEqual([
      'membership.delete 1:2',
      'membership.delete 1:3',
    ]);
  });

  test('aliases, schemas, raw values and queries in filters change nothing', async () => {
    await people();
    await db('people as p')
      .where('p.id', 1)
      .update({ age: db.raw('?? + ?', ['age', 10]) });
    await db({ p: 'people' }).where({ 'p.id': 1 }).increment('age', 5);
    await db('public.people').whereIn('id', db('tags').select('id').where('name', 'green')).update('state', 'x');
    await db
      .withSchema('public')
      .from('people')
      .where(function () {
        void this.where('id', 3).orWhere('id', 4);
      })
      .update({ age: null, state: 'y' });
    const events = await world.told();
    expect(events.map(short)).toEqual([
      'person.update 1 /age',
      'person.update 1 /age',
      'person.update 2 /state',
      'person.update 3 /state',
    ]);
    expect(events[1]?.changes?.[0]).toMatchObject({ old: 11, new: 16 });
  });

  test('a table without a primary key has the key of a unique index, or rows without an id', async () => {
    await db.raw('create table codes (code text not null unique, label text); create table notes (note text)');
    await db('codes').insert({ code: 'A', label: 'x' });
    await db('codes').where({ code: 'A' }).update({ label: 'y' });
    await db('notes').insert([{ note: 'a' }, { note: 'b' }]);
    await db('notes').where({ note: 'a' }).update({ note: 'c' });
    await db('notes').del();
    expect((await world.told()).map(short)).toEqual([
      'code.create A /code /label',
      'code.update A /label',
      'note.create /note',
      'note.create /note',
      'note.update /note',
      'note.delete /note',
      'note.delete /note',
    ]);
  });

  test('an update of a key is told of the row that it was', async () => {
    await db('tags').where({ id: 1 }).update({ id: 10 });
    expect(await told()).toEqual(['tag.update 1 /id']);
  });

  test('writes in common table expressions leave a gap, reads do not', async () => {
    await people();
    await db
      .with('old', db('people').select('id').where('age', 1))
      .from('people')
      .whereIn('id', db('old').select('id'))
      .update({ age: 3 });
    await db.with('gone', db('people').where('id', 3).del().returning('id')).select('*').from('gone');
    await db.with('none', db.raw("select 'delete from people (' as text")).select('*').from('none');
    const events = await world.told();
    expect(events.map(({ action }) => action).sort()).toEqual(['audit.coverage_gap', 'person.update']);
    expect(events.find(({ category }) => category === 'audit')?.metadata).toEqual({
      verb: 'with delete from',
      model: 'people',
    });
  });

  test('row-level security stays as it is: rows are asked for where it lets them be read', async () => {
    const role = `tenant_${process.pid}`;
    await db.raw(`create role ${role}; grant usage on schema public to ${role};
      create table plans (id serial primary key, tenant int); create table mails (id serial primary key, tenant int);
      grant all on plans, mails, plans_id_seq, mails_id_seq to ${role};
      alter table plans enable row level security; alter table mails enable row level security;
      create policy own on plans using (tenant = 1);
      create policy send on mails for insert with check (true)`);
    await db.transaction(async (trx) => {
      await trx.raw(`set local role ${role}`);
      await trx('plans').insert({ tenant: 1 });
      await trx('plans').where({ id: 1 }).update({ tenant: 1 });
      await trx('mails').insert({ tenant: 2 });
    });
    await db.raw(`drop owned by ${role}; drop role ${role}`);
    expect((await world.told()).map(({ action, diff }) => `${action} ${diff?.fidelity}`)).toEqual([
      'plan.create exact',
      'mail.create none',
    ]);
  });

  test('a table whose writes a rule turns into others is written as ever, and counted', async () => {
    await db.raw(`create table inbox (id int primary key);
      create rule divert as on insert to inbox do instead insert into tags (name) values ('diverted')`);
    await db('inbox').insert({ id: 1 });
    expect(await db('tags').pluck('name').where('id', '>', 3)).toEqual(['diverted']);
    expect((await world.told()).map(({ action, diff }) => `${action} ${diff?.fidelity}`)).toEqual([
      'inbox.create none',
    ]);
  });

  test('views that can be written to are told by their own name', async () => {
    await db.raw('create view labels as select id, name from tags');
    await db('labels').where({ id: 1 }).update({ name: 'r' });
    await db('labels').insert({ name: 'x' });
    expect(await told()).toEqual(['label.create 4 /id /name', 'label.update 1 /name']);
  });

  test('rows are not read that the user may only write', async () => {
    await db.raw(`create role teller_${process.pid}; create table drops (id serial primary key, note text);
      grant insert on drops to teller_${process.pid}; grant usage on sequence drops_id_seq to teller_${process.pid}`);
    await db.transaction(async (trx) => {
      await trx.raw(`set local role teller_${process.pid}`);
      await trx('drops').insert({ note: 'x' });
    });
    await db.raw(`drop owned by teller_${process.pid}; drop role teller_${process.pid}`);
    expect(await db('drops').select()).toEqual([{ id: 1, note: 'x' }]);
    expect(await world.told()).toMatchObject([
      { action: 'drop.create', diff: { fidelity: 'none' }, metadata: { bulk: { count: 1 } } },
    ]);
  });
});
