import { type AuditError, type AuditorOptions, createAuditor } from '@whodunit/core';
import { Unit } from '@whodunit/core/writes';
import { memorySink } from '@whodunit/testing';
import { all, byId, table } from './support/table';

const auditors: { close(): Promise<void> }[] = [];
function auditorFor(options: Partial<AuditorOptions> = {}) {
  const sink = memorySink();
  const errors: AuditError[] = [];
  const auditor = createAuditor({ sinks: [sink], onError: (error) => errors.push(error), ...options });
  auditors.push(auditor);
  const told = async () => {
    await auditor.flush();
    return sink.events;
  };
  return { auditor, errors, sink, told };
}

afterEach(async () => {
  await Promise.all(auditors.splice(0).map((auditor) => auditor.close()));
});

const short = (event: { action: string; resource?: { id?: string }; changes?: readonly { path: string }[] }) =>
  [event.action, event.resource?.id, ...(event.changes ?? []).map(({ path }) => path)].join(' ');

describe('a write outside of any transaction', () => {
  test('is an event for each row, with old and new values', async () => {
    const { told } = auditorFor();
    const people = table();
    await people.insert({ id: 1, name: 'Ann', age: 40 });
    await people.update(byId(1), { age: 41 });
    await people.remove(byId(1));
    expect(await told()).toMatchObject([
      {
        action: 'person.create',
        operation: 'create',
        outcome: 'success',
        actor: { type: 'system' },
        resource: { type: 'person', id: '1', name: 'Ann' },
        diff: { fidelity: 'exact' },
        capture: { by: 'orm', why: 'insert of Person' },
      },
      {
        action: 'person.update',
        resource: { type: 'person', id: '1', name: 'Ann' },
        changes: [{ path: '/age', op: 'replace', old: 40, new: 41 }],
        diff: { fidelity: 'exact', why: 'read just before the write, not locked' },
      },
      { action: 'person.delete', operation: 'delete', resource: { id: '1' } },
    ]);
  });

  test('says why its state before may be older than that, where the ORM knew it', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1, age: 40 });
    await people.update(byId(1), { age: 41 }, undefined, { why: 'as it was loaded' });
    expect((await told())[0]?.diff).toEqual({ fidelity: 'exact', why: 'as it was loaded' });
  });

  test('that changes nothing, or only updatedAt, leaves nothing', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1, age: 40, updatedAt: 1 });
    await people.update(byId(1), { age: 40, updatedAt: 2 });
    await people.update(byId(2), { age: 41 });
    expect(await told()).toEqual([]);
  });

  test('that fails throws what it throws and leaves nothing', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1, age: 40 });
    people.faults.run = new Error('violates');
    await expect(people.update(byId(1), { age: 41 })).rejects.toBe(people.faults.run);
    expect(await told()).toEqual([]);
  });

  test('that moves rows out of its own filter tells them all', async () => {
    const { told } = auditorFor();
    const people = table();
    for (const id of [1, 2]) people.rows.set(id, { id, state: 'new' });
    await people.update(({ state }) => state === 'new', { state: 'done' });
    expect((await told()).map(short)).toEqual(['person.update 1 /state', 'person.update 2 /state']);
  });

  test('that changes the key is told of the row that it was', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1 });
    await people.update(byId(1), {}, undefined, {
      run: async () => 1,
      after: () => [{ id: 9 }],
    });
    expect((await told()).map(short)).toEqual(['person.update 1 /id']);
  });

  test('by upsert is a create or an update, by what was there', async () => {
    const { told } = auditorFor();
    const people = table();
    await people.upsert({ id: 1, age: 1 });
    await people.upsert({ id: 1, age: 2 });
    expect((await told()).map(short)).toEqual(['person.create 1 /id /age', 'person.update 1 /age']);
  });

  test('that sets a mark of deletion is a delete, and one that takes it away a restore', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1, deletedAt: null });
    await people.update(byId(1), { deletedAt: new Date(0) });
    await people.update(byId(1), { deletedAt: null });
    expect((await told()).map(({ action, operation }) => `${action} ${operation}`)).toEqual([
      'person.delete delete',
      'person.restore update',
    ]);
  });

  test('whose rows others changed in between says so', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1, age: 40 });
    await people.update(all, { age: 41 }, undefined, {
      run: async () => {
        people.rows.set(1, { id: 1, age: 41 });
        return 3;
      },
    });
    expect(await told()).toMatchObject([
      { action: 'person.update', resource: { id: '1' } },
      {
        action: 'person.update',
        resource: { type: 'person' },
        diff: { fidelity: 'none', why: 'changed between reading and writing' },
        metadata: { bulk: { count: 2, verb: 'update', filter: { some: 'filter' }, set: { age: 41 } } },
      },
    ]);
  });

  test('of rows that were deleted meanwhile by others tells only its own', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1 });
    people.rows.set(2, { id: 2 });
    await people.remove(all, undefined, {
      run: async () => {
        people.rows.delete(1);
        return 1;
      },
      after: () => [...people.rows.values()],
    });
    expect((await told()).map(short)).toEqual(['person.delete 1 /id']);
  });
});

describe('many rows at once', () => {
  test('up to the limit are an event each; above it they are one', async () => {
    const { told } = auditorFor();
    const people = table({ bulk: { maxRows: 2 } });
    for (const id of [1, 2]) people.rows.set(id, { id, age: 1 });
    await people.update(all, { age: 2 });
    people.rows.set(3, { id: 3, age: 1 });
    await people.update(all, { age: 3 });
    await people.remove(all);
    const events = await told();
    expect(events.map(short)).toEqual([
      'person.update 1 /age',
      'person.update 2 /age',
      'person.update ',
      'person.delete ',
    ]);
    expect(events[2]).toMatchObject({
      diff: { fidelity: 'none', why: 'more than 2 rows' },
      metadata: { bulk: { count: 3, ids: ['1', '2', '3'], set: { age: 3 } } },
    });
  });

  test('are never read when a summary is enough', async () => {
    const { told } = auditorFor();
    const people = table({ bulk: { level: 'summary' } });
    people.rows.set(1, { id: 1, age: 1, password: 'x' });
    await people.update(all, { age: 2, password: 'secret-1' });
    const events = await told();
    expect(people.reads).toEqual({ before: 0, after: 0 });
    expect(events).toMatchObject([
      { diff: { why: 'told as a summary' }, metadata: { bulk: { count: 1, set: { age: 2 } } } },
    ]);
    expect(JSON.stringify(events)).not.toContain('secret-1');
  });
});

describe('a write in a transaction', () => {
  test('becomes an event when it is committed, and not before', async () => {
    const { told } = auditorFor();
    const people = table();
    const unit = new Unit();
    await people.insert({ id: 1 }, unit);
    expect(await told()).toEqual([]);
    unit.committed();
    expect((await told()).map(short)).toEqual(['person.create 1 /id']);
    expect((await told())[0]?.diff).toEqual({ fidelity: 'exact' });
  });

  test('leaves nothing when it is rolled back, nor what comes after', async () => {
    const { told } = auditorFor();
    const people = table();
    const unit = new Unit();
    await people.insert({ id: 1 }, unit);
    unit.rolledBack();
    await people.insert({ id: 2 }, unit);
    unit.committed();
    expect(await told()).toEqual([]);
  });

  test('and another to the same row are one: create and update, delete and create, nothing for create and delete', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(2, { id: 2, age: 7 });
    people.rows.set(4, { id: 4, age: 1 });
    const unit = new Unit();
    await people.insert({ id: 1, age: 1 }, unit);
    await people.update(byId(1), { age: 2 }, unit);
    await people.remove(byId(2), unit);
    await people.insert({ id: 2, age: 8 }, unit);
    await people.insert({ id: 3 }, unit);
    await people.remove(byId(3), unit);
    await people.update(byId(4), { age: 2 }, unit);
    await people.update(byId(4), { age: 3 }, unit);
    unit.committed();
    const events = await told();
    expect(events.map(short)).toEqual(['person.create 1 /id /age', 'person.update 2 /age', 'person.update 4 /age']);
    expect(events.map(({ changes }) => changes?.at(-1))).toMatchObject([
      { new: 2 },
      { old: 7, new: 8 },
      { old: 1, new: 3 },
    ]);
  });

  test('changed and changed back leaves nothing; changed and deleted tells what was there at first', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1, age: 1 });
    people.rows.set(2, { id: 2, age: 1 });
    const unit = new Unit();
    await people.update(byId(1), { age: 2 }, unit);
    await people.update(byId(1), { age: 1 }, unit);
    await people.update(byId(2), { age: 2 }, unit);
    await people.remove(byId(2), unit);
    unit.committed();
    const events = await told();
    expect(events.map(short)).toEqual(['person.delete 2 /id /age']);
    expect(events[0]?.changes).toContainEqual({ op: 'remove', path: '/age', old: 1 });
  });

  test('holds what a savepoint did once it is released, and forgets it when that is rolled back', async () => {
    const { told } = auditorFor();
    const people = table();
    const outer = new Unit();
    await people.insert({ id: 1, age: 1 }, outer);
    const lost = new Unit(outer);
    await people.update(byId(1), { age: 5 }, lost);
    lost.rolledBack();
    people.rows.set(1, { id: 1, age: 1 });
    const kept = new Unit(outer);
    await people.update(byId(1), { age: 2 }, kept);
    kept.committed();
    expect(await told()).toEqual([]);
    outer.committed();
    const events = await told();
    expect(events.map(short)).toEqual(['person.create 1 /id /age']);
    expect(events[0]?.changes?.at(-1)).toMatchObject({ new: 2 });
  });

  test('of its own is opened for each write where the options ask for it', async () => {
    const { told } = auditorFor();
    const people = table({ isolate: true });
    people.rows.set(1, { id: 1, age: 1 });
    let opened = 0;
    const write = { age: 2 };
    await people.update(byId(1), write, undefined, {
      async isolated(run) {
        opened += 1;
        const unit = new Unit();
        const result = await run({
          model: people.model,
          verb: 'update',
          operation: 'update',
          locks: true,
          unit,
          before: () => [{ id: 1, age: 1 }],
          run: async () => 1,
          after: () => [{ id: 1, age: 2 }],
        });
        unit.committed();
        return result;
      },
    });
    expect(opened).toBe(1);
    expect((await told())[0]?.diff).toEqual({ fidelity: 'exact' });
  });
});

describe('a write in a job', () => {
  test('has its actor and tenant, and the job as its parent', async () => {
    const { auditor, told } = auditorFor();
    const people = table();
    await auditor.run({ job: 'nightly', tenant: 'acme' }, async () => {
      await Promise.all([people.insert({ id: 1 }), people.insert({ id: 2 })]);
    });
    const [job, ...rows] = await told();
    expect(job).toMatchObject({ action: 'job.run', resource: { id: 'nightly' } });
    expect(rows).toMatchObject(
      ['1', '2'].map((id) => ({
        action: 'person.create',
        resource: { id },
        actor: { type: 'job', id: 'nightly' },
        tenant: { id: 'acme' },
        parent: job?.id,
      })),
    );
  });

  test('that is about this very row stands in the event of the job', async () => {
    const { auditor, told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1, age: 1 });
    const options = { action: 'person.birthday', resource: { type: 'person', id: '1' } };
    await auditor.run(options, () => people.update(byId(1), { age: 2 }));
    await auditor.run(options, () => people.update(byId(1), { age: 3 }));
    expect(await told()).toMatchObject([
      { action: 'person.birthday', changes: [{ path: '/age', new: 2 }], diff: { fidelity: 'exact' } },
      { action: 'person.birthday', changes: [{ path: '/age', new: 3 }] },
    ]);
    expect(await told()).toHaveLength(2);
  });

  test('that fails is told all the same, by itself: it was committed', async () => {
    const { auditor, told } = auditorFor();
    const people = table();
    const run = auditor.run({ action: 'person.make', resource: { type: 'person', id: '1' } }, async () => {
      await people.insert({ id: 1 });
      throw new Error('afterwards');
    });
    await expect(run).rejects.toThrow('afterwards');
    expect((await told()).map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'person.make failure',
      'person.create success',
    ]);
  });

  test('is not told where the job says so', async () => {
    const { auditor, told } = auditorFor();
    const people = table();
    const { currentScope } = await import('@whodunit/core');
    await auditor.run({ job: 'quiet' }, async () => {
      currentScope()?.skip();
      await people.insert({ id: 1 });
    });
    expect(await told()).toEqual([]);
  });

  test('that runs on after its event has its rows all the same', async () => {
    const { auditor, told } = auditorFor();
    const people = table();
    let later: Promise<unknown> = Promise.resolve();
    await auditor.run({ job: 'j' }, () => {
      later = new Promise((resolve) => setTimeout(resolve, 5)).then(() => people.insert({ id: 1 }));
    });
    await later;
    const [job, row] = await told();
    expect(row).toMatchObject({ action: 'person.create', parent: job?.id, actor: { type: 'job' } });
  });

  test('of a thousand rows does not wait for its end to be told', async () => {
    const { auditor, told } = auditorFor();
    const people = table();
    let before: readonly unknown[] = [];
    await auditor.run({ job: 'import' }, async () => {
      for (let id = 1; id <= 1_000; id++) await people.insert({ id });
      before = [...(await told())];
    });
    expect(before).toHaveLength(1_000);
    const events = await told();
    expect(events).toHaveLength(1_001);
    const job = events.find(({ action }) => action === 'job.run');
    expect(events.filter(({ parent }) => parent === job?.id)).toHaveLength(1_000);
  });
});

describe('fields', () => {
  const resources = {
    person: {
      fields: {
        email: 'hash',
        ssn: 'mask',
        secretNote: 'drop',
        visits: 'quiet',
        ownerId: { label: 'Owner', name: (id: string) => Promise.resolve(`Owner ${id}`) },
      },
    },
  } as const;
  const redact = { hashKey: 'a key of sixteen characters or more' };

  test('are kept, masked, hashed or dropped as the application says', async () => {
    const { told } = auditorFor({ resources, redact });
    const people = table();
    people.rows.set(1, { id: 1, email: 'a@x.org', ssn: '1', secretNote: 'n1', visits: 1 });
    await people.update(byId(1), { visits: 2 });
    await people.update(byId(1), { email: 'b@x.org', ssn: '2', secretNote: 'n2', visits: 3 });
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event?.changes).toEqual([
      {
        path: '/email',
        op: 'replace',
        old: { $hash: expect.stringMatching(/^[0-9a-f]{32}$/) },
        new: { $hash: expect.any(String) },
      },
      { path: '/ssn', op: 'replace', old: { $redacted: true }, new: { $redacted: true } },
      { path: '/visits', op: 'replace', old: 2, new: 3 },
    ]);
  });

  test('are kept, masked or dropped in summaries too', async () => {
    const { told } = auditorFor({ resources, redact });
    const people = table({ bulk: { level: 'summary' } });
    people.rows.set(1, { id: 1 });
    await people.update(all, { email: 'a@x.org', ssn: 'ssn-1', secretNote: 'note-1', age: 2 });
    const [event] = await told();
    const gone = { $redacted: true };
    expect(event?.metadata).toMatchObject({ bulk: { set: { email: gone, ssn: gone, secretNote: gone, age: 2 } } });
  });

  test('have the names behind ids, and what people call them', async () => {
    const { told } = auditorFor({ resources, redact });
    const people = table();
    people.rows.set(1, { id: 1, ownerId: 3 });
    await people.update(byId(1), { ownerId: 4 });
    expect((await told())[0]?.metadata).toEqual({
      labels: { '/ownerId': 'Owner' },
      names: { '/ownerId': { old: 'Owner 3', new: 'Owner 4' } },
    });
  });

  test('of a model can be said with the model, and the application has the last word', async () => {
    const { told } = auditorFor({ resources: { human: { fields: { age: 'track' } } } });
    const people = table({
      models: { Person: { type: 'human', name: 'nick', fields: { age: 'drop', size: 'drop' } } },
    });
    await people.insert({ id: 1, nick: 'Al', age: 3, size: 4 });
    expect((await told()).map(short)).toEqual(['human.create 1 /id /nick /age']);
    expect((await told())[0]?.resource?.name).toBe('Al');
  });

  test('of bytes that are others show that they changed', async () => {
    const { told } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1, photo: Buffer.from('aa') });
    await people.update(byId(1), { photo: Buffer.from('aa') });
    await people.update(byId(1), { photo: Buffer.from('ab') });
    expect((await told()).map(({ changes }) => changes)).toEqual([
      [{ path: '/photo', op: 'replace', old: '[2 bytes]', new: '[2 bytes]' }],
    ]);
  });
});

test('rows that only join others are what was added to a list and removed from it', async () => {
  const { told } = auditorFor();
  const join = { of: 'post', owner: 'post_id', member: 'tag_id', as: 'tags' };
  const links = table({ models: { post_tags: { join } } }, 'post_tags');
  links.rows.set(1, { id: 1, post_id: 7, tag_id: 1 });
  const unit = new Unit();
  await links.insert({ id: 2, post_id: 7, tag_id: 2 }, unit);
  await links.insert({ id: 3, post_id: 7, tag_id: 3 }, unit);
  await links.remove(byId(1), unit);
  await links.remove(byId(3), unit);
  unit.committed();
  expect(await told()).toMatchObject([
    {
      action: 'post.update',
      resource: { type: 'post', id: '7' },
      changes: [
        { op: 'remove', path: '/tags/1', old: '1' },
        { op: 'add', path: '/tags/2', new: '2' },
      ],
    },
  ]);
});

test('rows of one statement that join others to one owner are one event, outside of a transaction too', async () => {
  const { told } = auditorFor();
  const join = { of: 'post', owner: 'post_id', member: 'tag_id', as: 'tags' };
  const links = table({ models: { post_tags: { join } } }, 'post_tags');
  for (const id of [1, 2]) links.rows.set(id, { id, post_id: 7, tag_id: id });
  links.rows.set(3, { id: 3, post_id: 8, tag_id: 1 });
  await links.remove(all);
  expect((await told()).map(short)).toEqual(['post.update 7 /tags/1 /tags/2', 'post.update 8 /tags/1']);
});

describe('when auditing fails', () => {
  test('the write goes on, and what is missing is told', async () => {
    const { told, errors } = auditorFor();
    const people = table();
    people.rows.set(1, { id: 1, age: 1 });
    people.faults.before = new Error('no rights');
    await expect(people.update(byId(1), { age: 2 })).resolves.toBe(1);
    people.faults.after = new Error('gone');
    delete people.faults.before;
    await expect(people.update(byId(1), { age: 3 })).resolves.toBe(1);
    expect(people.rows.get(1)).toEqual({ id: 1, age: 3 });
    expect(errors.map(({ code }) => code)).toEqual(['AUDIT_CAPTURE_FAILED', 'AUDIT_CAPTURE_FAILED']);
    expect(await told()).toMatchObject([
      { action: 'person.update', diff: { fidelity: 'none' } },
      { action: 'person.update', diff: { fidelity: 'none' } },
    ]);
  });

  test('strictly, the write is refused', async () => {
    const { auditor } = auditorFor();
    const people = table({ mode: 'strict', auditor });
    people.rows.set(1, { id: 1, age: 1 });
    people.faults.before = new Error('no rights');
    await expect(people.update(byId(1), { age: 2 })).rejects.toMatchObject({ code: 'AUDIT_CAPTURE_FAILED' });
    await auditor.close();
    delete people.faults.before;
    await expect(people.update(byId(1), { age: 2 })).rejects.toMatchObject({ code: 'AUDIT_CLOSED' });
    expect(people.rows.get(1)).toEqual({ id: 1, age: 1 });
  });

  test('what nobody sees leaves a gap, once for all that is alike', async () => {
    const { auditor, sink, told } = auditorFor();
    const { writes } = table();
    const gap = { verb: 'raw', model: 'Person', why: 'Use the verbs of the ORM.' };
    for (let i = 0; i < 3; i++) writes.gap(gap);
    expect(await told()).toHaveLength(1);
    await auditor.close();
    expect(sink.events).toMatchObject([
      {
        action: 'audit.coverage_gap',
        category: 'audit',
        severity: 'medium',
        metadata: { verb: 'raw', model: 'Person' },
      },
      { action: 'audit.coverage_gap', metadata: { count: 2 } },
    ]);
  });

  test('what nobody sees can be refused, for tests', () => {
    auditorFor();
    const { writes } = table({ onGap: 'throw' });
    expect(() => writes.gap({ verb: 'raw', why: 'Use the verbs.' })).toThrow(
      expect.objectContaining({ code: 'AUDIT_WRITE_UNSEEN' }),
    );
  });
});

describe('models', () => {
  test.each([
    ['User', 'user'],
    ['OrderItem', 'order_item'],
    ['public.order_items', 'order_item'],
    ['PersonEntity', 'person'],
    ['DataModel', 'data'],
  ])('called %s have events of %s', (name, type) => {
    const { writes } = table();
    expect(writes.model({ name, key: ['id'] })?.type).toBe(type);
  });

  test('can be left out, and the trail itself always is', () => {
    const { writes } = table({ models: { Session: false } });
    for (const name of ['Session', 'whodunit.events']) expect(writes.model({ name, key: ['id'] })).toBeUndefined();
  });

  test.each([
    [{ models: { User: { typ: 'x' } } }, 'typ'],
    [{ models: { User: { fields: { a: 'hidden' } } } }, 'policy'],
    [{ bulk: { maxRows: 0 } }, 'maxRows'],
  ])('with options that are wrong are refused: %j', (options, named) => {
    expect(() => table(options as never)).toThrow(named);
  });
});
