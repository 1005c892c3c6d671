import { currentScope } from '@whodunit/core';
import { ALL, historyOf, ORDER, past } from './support/past';

const ok = async () => undefined;

describe('a plan to undo an event', () => {
  test('is the inverse of each of its changes', async () => {
    const world = past();
    world.create({ status: 'open', city: { zip: 1 }, old: 1 });
    const id = world.update(
      { status: 'open', city: { zip: 1 }, old: 1 },
      { status: 'paid', city: { zip: 2 }, fresh: true },
    );
    const plan = (await historyOf(world)).revertPlan({ event: id });
    expect(plan).toMatchObject({ kind: 'update', resource: ORDER, tenant: { id: 'acme' }, revertOf: id, refusals: [] });
    expect([...plan.operations].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: '/city/zip', op: 'replace', from: 2, to: 1 },
      { path: '/fresh', op: 'remove', from: true },
      { path: '/old', op: 'add', to: 1 },
      { path: '/status', op: 'replace', from: 'paid', to: 'open' },
    ]);
    expect(plan.dryRun({ status: 'paid', city: { zip: 2, name: 'x' }, fresh: true })).toEqual({
      isPossible: true,
      conflicts: [],
      unchecked: [],
      patch: { status: 'open', city: { zip: 1, name: 'x' }, fresh: null, old: 1 },
    });
  });

  test('holds only while the values are the ones that the event left', async () => {
    const world = past();
    world.create({ a: 1, b: 1, c: { d: 1 }, e: 1 });
    const id = world.update({ a: 1, b: 1, c: { d: 1 }, e: 1 }, { a: 2, b: 2, c: { d: 2 }, e: 2, f: 1 });
    const later = world.update({ a: 2 }, { a: 3 });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    expect(plan.operations.find(({ path }) => path === '/a')?.setSince).toEqual([later]);
    const { conflicts, isPossible } = plan.dryRun({ a: 3, b: '2', c: 'text' });
    expect(isPossible).toBe(false);
    expect(conflicts.map(({ code, path }) => `${path} ${code}`).sort()).toEqual([
      '/a changed',
      '/b schema_changed',
      '/c/d schema_changed',
      '/e schema_changed',
      '/f changed',
    ]);
    expect(plan.dryRun(undefined).conflicts).toEqual([expect.objectContaining({ code: 'gone', path: '' })]);
  });

  test('takes dates and other types as events have them', async () => {
    const world = past();
    const due = new Date('2026-02-01T00:00:00.000Z');
    world.create({ due: new Date(0) });
    const id = world.update({ due: new Date(0) }, { due });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    expect(plan.dryRun({ due })).toMatchObject({ isPossible: true, patch: { due: '1970-01-01T00:00:00.000Z' } });
    expect(plan.dryRun({ due: '2026-02-01T00:00:00.000Z' }).isPossible).toBe(true);
    expect(plan.dryRun({ due: new Date(1) }).isPossible).toBe(false);
  });

  test('leaves what it does not change the very value that it is', async () => {
    const world = past();
    world.create({ account: { plan: 'a' } });
    const id = world.update({ account: { plan: 'a', password: 'x' } }, { account: { plan: 'b', password: 'x' } });
    const since = new Date();
    const current = { account: { plan: 'b', password: 'x', since } };
    const { patch } = (await historyOf(world)).revertPlan({ event: id }).dryRun(current);
    expect(patch).toEqual({ account: { plan: 'a', password: 'x', since } });
    expect((patch['account'] as typeof current.account).since).toBe(since);
    expect(current.account.plan).toBe('b');
  });

  test('puts a list back whole', async () => {
    const world = past();
    const [before, after] = [[{ id: 1, n: 1 }, { id: 2, n: 2 }], [{ id: 2, n: 3 }, { id: 4, n: 4 }]]; // biome-ignore format: one line
    world.create({ items: before });
    const id = world.update({ items: before }, { items: after });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    expect(plan).toMatchObject({ refusals: [], operations: [{ path: '/items', op: 'replace', to: before }] });
    expect(plan.dryRun({ items: after })).toMatchObject({ isPossible: true, patch: { items: before } });
    expect(plan.dryRun({ items: before }).isPossible).toBe(false);
  });

  test('does not touch `updatedAt`', async () => {
    const world = past();
    world.create({ a: 1, updatedAt: 1 });
    const id = world.update({ a: 1, updatedAt: 1 }, { a: 2, updatedAt: 2 });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    expect(plan.operations.map(({ path }) => path)).toEqual(['/a']);
  });

  test.each<[string, unknown, unknown, string]>([
    ['a secret', { password: 'a' }, { password: 'b' }, 'masked /password'],
    ['a text with a secret in it', { note: 'pin=1234567' }, { note: 'x' }, 'masked /note'],
    ['something in a secret', { card: { cvv: 1, n: 1 } }, { card: { cvv: 2, n: 1 } }, 'masked /card/cvv'],
    ['bytes', { file: Buffer.from('a') }, { file: Buffer.from('bb') }, 'opaque /file'],
  ])('refuses to put back %s', async (_, before, after, refusal) => {
    const world = past();
    world.create(before);
    const id = world.update(before, { ...(after as object), status: 'paid' });
    const history = await historyOf(world);
    const plan = history.revertPlan({ event: id });
    expect(plan.refusals.map(({ code, path }) => `${code} ${path}`)).toEqual([refusal]);
    expect(plan.dryRun(after).isPossible).toBe(false);
    const write = jest.fn();
    await expect(plan.apply(after, write)).rejects.toMatchObject({ code: 'AUDIT_REVERT_REFUSED' });
    expect(write).not.toHaveBeenCalled();
    // The rest can be undone by name.
    const rest = history.revertPlan({ event: id, fields: ['/status'] });
    expect(rest).toMatchObject({ refusals: [], operations: [{ path: '/status', op: 'remove', from: 'paid' }] });
  });

  test('refuses an event that tells its changes in part, one that changed nothing, and one of a life that is over', async () => {
    const world = past();
    world.create({ a: 1 });
    const told = world.tell({
      action: 'order.update',
      changes: [{ path: '/a', op: 'replace', new: 2 }],
      diff: { fidelity: 'partial' },
    });
    const read = world.tell({ action: 'order.read' });
    const codesOf = async (event: string) =>
      (await historyOf(world)).revertPlan({ event }).refusals.map(({ code }) => code);
    expect(await codesOf(told)).toEqual(['not_exact', 'untold']);
    expect(await codesOf(read)).toEqual(['nothing_to_undo']);
    const changed = world.update({ a: 2 }, { a: 3 });
    world.remove({ a: 3 });
    expect(await codesOf(changed)).toEqual(['gone']);
    const history = await historyOf(world);
    expect(() => history.revertPlan({ event: 'none' })).toThrow(
      expect.objectContaining({ code: 'AUDIT_QUERY_INVALID' }),
    );
  });
});

describe('a plan to undo a delete', () => {
  test('brings back all of it, when all of it is known', async () => {
    const world = past();
    world.create({ a: 1, updatedAt: 5 });
    const id = world.remove({ a: 1, updatedAt: 5 });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    expect(plan).toMatchObject({ kind: 'recreate', refusals: [], revertOf: id });
    expect(plan.dryRun(undefined)).toMatchObject({ isPossible: true, patch: { a: 1, updatedAt: 5 } });
    expect(plan.dryRun({ a: 1 }).conflicts).toEqual([expect.objectContaining({ code: 'exists' })]);
  });

  test('refuses when a field of it is not known', async () => {
    const world = past();
    world.create({ a: 1, password: 'x' });
    const id = world.remove({ a: 1, password: 'x' });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    expect(plan.refusals).toEqual([expect.objectContaining({ code: 'masked', path: '/password' })]);
    await expect(plan.apply(undefined, ok)).rejects.toMatchObject({ code: 'AUDIT_REVERT_REFUSED' });
  });
});

describe('a plan to undo a create', () => {
  test('deletes what is still as it was created', async () => {
    const world = past();
    const id = world.create({ a: 1, password: 'x', updatedAt: 1 });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    expect(plan).toMatchObject({ kind: 'delete', operations: [{ path: '/a', op: 'remove', from: 1 }], refusals: [] });
    expect(plan.dryRun({ a: 1, password: 'y' })).toMatchObject({ isPossible: true, unchecked: ['/password'] });
    expect(plan.dryRun({ a: 2 }).isPossible).toBe(false);
  });
});

describe('a plan to go back to a version', () => {
  test('is all that changed since', async () => {
    const world = past();
    const first = world.create({ a: 1, b: { c: 1, d: 1 }, list: [1] });
    world.update({ a: 1, list: [1] }, { a: 2, list: [2] });
    const last = world.update({ b: { c: 1, d: 1 }, list: [2] }, { b: { c: 2, d: 1 }, list: [3] });
    const plan = (await historyOf(world)).revertPlan({ version: 1 });
    expect(plan).toMatchObject({ kind: 'update', revertOf: last, revertTo: first, refusals: [] });
    expect(plan.dryRun({ a: 2, b: { c: 2, d: 1 }, list: [3] })).toMatchObject({
      isPossible: true,
      patch: { a: 1, b: { c: 1, d: 1 }, list: [1] },
    });
    expect((await historyOf(world)).revertPlan({ version: 3 }).kind).toBe('nothing');
  });

  test('brings back what was deleted, and deletes what was not there', async () => {
    const world = past();
    world.create({ a: 1 });
    world.update({ a: 1 }, { a: 2 });
    expect((await historyOf(world)).revertPlan({ version: 0 })).toMatchObject({ kind: 'delete', refusals: [] });
    world.remove({ a: 2 });
    const plan = (await historyOf(world)).revertPlan({ version: 1 });
    expect(plan).toMatchObject({ kind: 'recreate', operations: [{ to: { a: 1 } }], refusals: [] });
  });

  test('refuses what was set since and is a secret, and what may be anything', async () => {
    const world = past();
    world.create({ a: 1, password: 'x', token: 'x' });
    world.update({ a: 1, password: 'x' }, { a: 2, password: 'y' });
    const plan = (await historyOf(world)).revertPlan({ version: 1 });
    expect(plan.refusals.map(({ code, path }) => `${code} ${path}`)).toEqual(['masked /password']);
    expect((await historyOf(world)).revertPlan({ version: 1, fields: ['/a'] }).refusals).toEqual([]);
    world.tell({ action: 'order.ship' });
    expect((await historyOf(world)).revertPlan({ version: 1 }).refusals.map(({ code }) => code)).toContain('not_exact');
  });
});

describe('carrying a plan out', () => {
  test('writes by the hand of the application, and leaves a new event', async () => {
    const world = past();
    const row: Record<string, unknown> = { status: 'open', total: 5 };
    world.create(row);
    const id = world.update(row, { ...row, status: 'paid' });
    row['status'] = 'paid';
    const plan = (await historyOf(world)).revertPlan({ event: id });
    const event = await plan.apply(row, (patch) => void Object.assign(row, patch), {
      actor: 'bob',
      reason: 'by mistake',
    });
    expect(row).toEqual({ status: 'open', total: 5 });
    const history = await historyOf(world);
    expect(history.versions.at(-1)?.event).toMatchObject({
      id: event,
      action: 'order.update',
      actor: { id: 'bob' },
      tenant: { id: 'acme' },
      reason: { text: 'by mistake' },
      changes: [{ path: '/status', op: 'replace', old: 'paid', new: 'open' }],
      diff: { fidelity: 'exact' },
      metadata: { revertOf: id },
    });
    expect(history.at()).toMatchObject({ status: 'exact', value: { status: 'open', total: 5 } });
    expect(history.versions).toHaveLength(3);
    await expect(plan.apply(row, ok)).rejects.toMatchObject({ code: 'AUDIT_REVERT_CONFLICT' });
  });

  test('undoes an undo, a delete and a create', async () => {
    const world = past();
    let row: Record<string, unknown> | undefined = { a: 1 };
    const created = world.create(row);
    const revert = async (event: string) => {
      const plan = (await historyOf(world)).revertPlan({ event });
      const done = await plan.apply(row, (patch) => {
        row = plan.kind === 'delete' ? undefined : { ...row, ...patch };
      });
      return done ?? '';
    };
    const deleted = await revert(created);
    expect(row).toBeUndefined();
    expect((await historyOf(world)).at()).toMatchObject({ status: 'exact', exists: false });
    const restored = await revert(deleted);
    expect(row).toEqual({ a: 1 });
    const history = await historyOf(world);
    expect(history.at()).toMatchObject({ status: 'exact', value: { a: 1 } });
    expect(history.versions.map(({ event }) => event.action)).toEqual([
      'order.create',
      'order.delete',
      'order.restore',
    ]);
    expect(history.versions.at(-1)?.incarnation).toBe(restored);
    expect(history.versions.at(-1)?.event.metadata).toEqual({ revertOf: deleted });
  });

  test('counts as one deed with what an ORM package tells of the same write', async () => {
    const world = past();
    world.create({ a: 1 });
    const id = world.update({ a: 1 }, { a: 2 });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    await plan.apply({ a: 2 }, () =>
      world.tell({ action: 'order.update', before: { a: 2 }, after: { a: 1 }, time: new Date() }),
    );
    expect((await historyOf(world)).at()).toMatchObject({ status: 'exact', value: { a: 1 } });
  });

  test('records a write that failed as a failure, and rejects with what it threw', async () => {
    const world = past();
    world.create({ a: 1 });
    const id = world.update({ a: 1 }, { a: 2 });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    const problem = new RangeError('no');
    await expect(plan.apply({ a: 2 }, () => Promise.reject(problem))).rejects.toBe(problem);
    const history = await historyOf(world);
    expect(world.sink.events.at(-1)).toMatchObject({
      outcome: 'failure',
      reason: { code: 'RangeError' },
      metadata: { revertOf: id },
    });
    expect(world.sink.events.at(-1)?.changes).toBeUndefined();
    expect(history.at()).toMatchObject({ status: 'exact', value: { a: 2 } });
  });

  test('says who it was from the scope, and passes redaction', async () => {
    const world = past({ redact: { keys: ['iq'] } });
    world.create({ a: 1 });
    const id = world.remove({ a: 1 });
    const plan = (await historyOf(world)).revertPlan({ event: id });
    await world.auditor.run({ action: 'ticket.close', actor: 'eve', tenant: 'globex' }, async () => {
      currentScope()?.note('x', 1);
      await plan.apply(undefined, ok);
    });
    await world.auditor.flush();
    const event = world.sink.events.find(({ action }) => action === 'order.restore');
    expect(event).toMatchObject({ actor: { id: 'eve' }, tenant: { id: 'globex' }, operation: 'create' });
  });

  test('can be told by hand, with `revertOf`', async () => {
    const world = past();
    const id = world.create({ a: 1 });
    world.tell({
      action: 'order.update',
      before: { a: 1 },
      after: { a: 2 },
      revertOf: id,
      metadata: { ticket: 'T-1' },
    });
    await world.auditor.flush();
    expect(world.sink.events.at(-1)?.metadata).toEqual({ revertOf: id, ticket: 'T-1' });
    expect((await world.auditor.history(ORDER, ALL)).versions).toHaveLength(2);
  });
});
