import { type AuditEvent, createAuditor, currentScope, type EventInput, type TenantScope } from '@whodunit/core';
import { memorySink, sampleEvents } from '@whodunit/testing';
import { ALL, forged, historyOf, MINUTE, minute, ORDER, past, START } from './support/past';

const delivery = { attempt: 1, signal: new AbortController().signal };
const codes = (state: { doubts: readonly { code: string; path?: string }[] }) =>
  state.doubts.map(({ code, path }) => (path === undefined ? code : `${code} ${path}`));

/** An auditor over events as somebody may have left them in a store. */
async function over(events: readonly AuditEvent[]) {
  const sink = memorySink();
  await sink.write(events, delivery);
  const auditor = createAuditor({ service: 'test', sinks: [memorySink()], reader: sink, onError: () => undefined });
  return auditor.history(ORDER, ALL);
}

describe('a history', () => {
  test('has one version for each event that made the resource what it is', async () => {
    const world = past();
    const created = world.create({ status: 'open', total: 5 });
    world.tell({ action: 'order.read' });
    world.tell({ action: 'order.update', outcome: 'denied' });
    world.update({ status: 'open', total: 5 }, { status: 'paid', total: 5 });
    world.remove({ status: 'paid', total: 5 });
    const { isComplete, resource, versions } = await historyOf(world);
    expect({ isComplete, resource }).toEqual({ isComplete: true, resource: ORDER });
    expect(versions.map(({ kind, number, status }) => [number, kind, status])).toEqual([
      [1, 'create', 'exact'],
      [2, 'update', 'exact'],
      [3, 'delete', 'exact'],
    ]);
    expect(versions.every(({ incarnation }) => incarnation === created)).toBe(true);
  });

  test('gives the state at a version, at a time, and now', async () => {
    const world = past();
    world.create({ status: 'open' });
    world.update({ status: 'open' }, { status: 'paid' });
    const history = await historyOf(world);
    expect(history.at()).toEqual({ status: 'exact', exists: true, value: { status: 'paid' }, doubts: [], version: 2 });
    expect(history.at(1).value).toEqual({ status: 'open' });
    expect(history.at(new Date(START + MINUTE - 1)).value).toEqual({ status: 'open' });
    expect(history.at(minute(1).toISOString()).value).toEqual({ status: 'paid' });
    expect(history.at(0)).toEqual({ status: 'exact', exists: false, value: undefined, doubts: [], version: 0 });
  });

  test('refuses versions and times that are none', async () => {
    const world = past();
    world.create({ status: 'open' });
    const history = await historyOf(world);
    for (const point of [2, -1, 0.5, Number.NaN, 'yesterday', new Date(Number.NaN)])
      expect(() => history.at(point)).toThrow(expect.objectContaining({ code: 'AUDIT_QUERY_INVALID' }));
  });

  test('keeps the lives of an id that is used again apart', async () => {
    const world = past();
    const first = world.create({ a: 1, b: 1 });
    world.remove({ a: 1, b: 1 });
    const second = world.create({ a: 2 });
    const history = await historyOf(world);
    expect(history.versions.map(({ incarnation }) => incarnation)).toEqual([first, first, second]);
    expect(history.at(2)).toMatchObject({ status: 'exact', exists: false, value: undefined });
    expect(history.at(3)).toMatchObject({ status: 'exact', value: { a: 2 } });
    expect(history.blame('/b')).toEqual([]);
  });

  test('finds events under the names that the type had before', async () => {
    const world = past();
    world.tell({ action: 'bill.create', resource: { type: 'bill', id: '1001' }, after: { n: 1 } });
    world.update({ n: 1 }, { n: 2 });
    expect((await historyOf(world)).at(1).status).toBe('partial');
    const history = await world.auditor.history(ORDER, ALL, { types: { order: ['bill'] } });
    expect(history.versions.map(({ event }) => event.action)).toEqual(['bill.create', 'order.update']);
    expect(history.at()).toMatchObject({ status: 'exact', value: { n: 2 } });
  });

  test('takes a soft delete for a change, as the resource is still there', async () => {
    const world = past();
    world.create({ n: 1, deletedAt: null });
    world.tell({ action: 'order.delete', before: { n: 1, deletedAt: null }, after: { n: 1, deletedAt: '2026-01-05' } });
    expect((await historyOf(world)).at()).toMatchObject({ exists: true, value: { n: 1, deletedAt: '2026-01-05' } });
  });

  test('is frozen, and never tells another history later', async () => {
    const world = past();
    world.create({ list: [{ id: 1 }] });
    const history = await historyOf(world);
    const { value } = history.at();
    expect(() => Object.assign(value as object, { list: [] })).toThrow(TypeError);
    expect(() => ((value as { list: unknown[] }).list[0] = {})).toThrow(TypeError);
  });
});

describe('whose history it is', () => {
  test.each<[string, unknown]>([
    ['no scope', undefined],
    ['an empty tenant', { tenant: '' }],
    ['nothing said', {}],
  ])('is not told with %s', async (_, scope) => {
    const world = past();
    await expect(world.auditor.history(ORDER, scope as TenantScope)).rejects.toMatchObject({
      code: 'AUDIT_READ_DENIED',
    });
  });

  test('is told to its tenant alone', async () => {
    const world = past();
    world.create({ n: 1 });
    await world.auditor.flush();
    expect((await world.auditor.history(ORDER, { tenant: 'acme' })).versions).toHaveLength(1);
    const other = await world.auditor.history(ORDER, { tenant: 'globex' });
    expect(other.versions).toEqual([]);
    expect(other.at()).toMatchObject({ status: 'unavailable', exists: undefined, value: undefined });
  });

  test('cannot be told without a reader, nor of no resource', async () => {
    const auditor = createAuditor({ service: 'test', sinks: [memorySink()] });
    await expect(auditor.history(ORDER, ALL)).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
    const world = past();
    await expect(world.auditor.history({ type: 'order' } as never, ALL)).rejects.toThrow('say which resource');
    await expect(world.auditor.history(ORDER, ALL, { maxEvent: 1 } as never)).rejects.toThrow('Did you mean');
  });

  test('leaves out what a reader gives beyond what it was asked for', async () => {
    const sink = memorySink();
    await sink.write(sampleEvents(20), delivery);
    const loose = { find: async () => ({ events: sink.events }), get: async () => undefined };
    const auditor = createAuditor({ service: 'test', sinks: [memorySink()], reader: loose });
    expect((await auditor.history(ORDER, { tenant: 'globex' })).versions).toEqual([]);
  });
});

describe('what is not certain', () => {
  test('are secrets: never told, and never taken for values', async () => {
    const world = past();
    world.create({
      n: 1,
      password: 'x',
      card: { cvv: 1, holder: 'A' },
      note: 'Bearer abcdefgh',
      keys: [{ token: 't' }],
    });
    const state = (await historyOf(world)).at();
    expect(state).toMatchObject({ status: 'partial', value: { n: 1, card: { holder: 'A' }, keys: [{}] } });
    expect(Object.keys(state.value as object)).toEqual(['n', 'card', 'keys']);
    expect(codes(state).sort()).toEqual([
      'masked /card/cvv',
      'masked /keys/0/token',
      'masked /note',
      'masked /password',
    ]);
  });

  test('are values that JSON has no word for, and those that were too large', async () => {
    const world = past();
    world.create({ n: 1, file: Buffer.from('abc'), long: Array.from({ length: 5_000 }, (_, i) => i) });
    const state = (await historyOf(world)).at();
    expect(state.status).toBe('partial');
    expect(codes(state)).toContain('opaque /file');
    expect(codes(state)).toContain('untold');
    expect((state.value as { file?: unknown }).file).toBeUndefined();
  });

  test('is what an event larger than the limit left out', async () => {
    const world = past();
    const long = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`t${i}`, String(i).repeat(15_000)]));
    world.create({ ...long, n: 1 });
    const state = (await historyOf(world)).at();
    expect(state).toMatchObject({ status: 'partial', value: { n: 1 } });
    expect(codes(state)).toContain('truncated /t3');
  });

  test('is everything else, after an event that tells its changes in part', async () => {
    const world = past();
    world.create({ a: 1, b: 1 });
    world.tell({
      action: 'order.update',
      changes: [{ path: '/a', op: 'replace', new: 2 }],
      diff: { fidelity: 'partial', why: 'from the request body' },
    });
    world.tell({ action: 'order.ship' });
    const history = await historyOf(world);
    expect(history.at(1).status).toBe('exact');
    expect(history.at(2)).toMatchObject({ status: 'partial', value: { a: 2, b: 1 } });
    expect(history.at(2).doubts[0]?.why).toBe('from the request body');
    expect(history.versions.map(({ kind }) => kind)).toEqual(['create', 'update', 'update']);
  });

  test('is a field that something changed without an event, from when it was set to when it is seen', async () => {
    const world = past();
    world.create({ a: 1, b: 1, c: 1 });
    world.update({ a: 1 }, { a: 2 });
    world.update({ c: 1 }, { c: 2 });
    world.update({ a: 9 }, { a: 10 });
    const history = await historyOf(world);
    expect(history.versions.map(({ status }) => status)).toEqual([
      'exact',
      'approximate',
      'approximate',
      'approximate',
    ]);
    expect(codes(history.at(2))).toEqual(['out_of_band /a']);
    expect(codes(history.at(3))).toEqual(['out_of_band /a']);
    expect(history.at(4)).toMatchObject({ value: { a: 10, b: 1, c: 2 } });
    expect(history.at(4).doubts[0]?.why).toContain('/a was changed by something that left no event');
  });

  test('is not `updatedAt`, nor what a resource ignores: they change without an event', async () => {
    const world = past({ resources: { order: { ignore: ['views'] } } });
    world.create({ a: 1, views: 1, updatedAt: 1 });
    world.update({ a: 1, views: 7, updatedAt: 2 }, { a: 2, views: 9, updatedAt: 3 });
    expect((await historyOf(world)).at()).toMatchObject({ status: 'exact', value: { a: 2, views: 9, updatedAt: 3 } });
  });

  test('is what came before the first event, but for what later ones tell', async () => {
    const world = past();
    world.update({ a: 1, city: { zip: 1 } }, { a: 2, city: { zip: 2 } });
    world.update({ b: 5, list: [{ id: 1, n: 1 }] }, { b: 6, list: [{ id: 1, n: 2 }] });
    const history = await historyOf(world);
    expect(history.at(0)).toMatchObject({ status: 'partial', exists: true, value: { a: 1, b: 5, city: { zip: 1 } } });
    expect(history.at(1)).toMatchObject({ status: 'partial', value: { a: 2, b: 5, city: { zip: 2 } } });
    expect(history.at(2)).toMatchObject({ status: 'partial', value: { a: 2, b: 6, city: { zip: 2 } } });
    expect(codes(history.at(2))).toEqual(['no_base', 'untold /list/0/n']);
  });

  test('is everything where there is no event, or nothing but a delete that tells nothing', async () => {
    const world = past();
    expect((await historyOf(world)).at()).toMatchObject({ status: 'unavailable', exists: undefined, version: 0 });
    world.tell({ action: 'order.delete' });
    const history = await historyOf(world);
    expect(history.at(0)).toMatchObject({ status: 'unavailable', exists: true, value: undefined });
    expect(codes(history.at(0))).toEqual(['no_base']);
    expect(history.at(1)).toMatchObject({ status: 'exact', exists: false });
  });

  test('is the beginning of a history that is longer than what may be read', async () => {
    const world = past();
    world.create({ n: 0, m: 0 });
    for (let i = 0; i < 9; i++) world.update({ n: i }, { n: i + 1 });
    const history = await historyOf(world, 4);
    expect(history.isComplete).toBe(false);
    expect(history.versions).toHaveLength(4);
    expect(history.at()).toMatchObject({ status: 'partial', value: { n: 9 } });
    expect(codes(history.at())).toEqual(['events_missing']);
    expect((await historyOf(world, 10)).isComplete).toBe(true);
  });

  test('is a field that an attempt names, until an event tells better', async () => {
    const world = past();
    world.create({ a: 1 });
    world.tell({ action: 'order.update', outcome: 'failure', before: { a: 1 }, after: { a: 2 } });
    world.update({ a: 2 }, { a: 3 });
    const history = await historyOf(world);
    expect(history.versions).toHaveLength(2);
    expect(codes(history.at(1))).toContain('uncertain /a');
    expect(history.at(1).status).toBe('approximate');
    expect(history.at(2)).toMatchObject({ status: 'exact', value: { a: 3 } });
  });

  test('is everything since the trail says that events were lost, until a baseline', async () => {
    const world = past();
    world.create({ a: 1 });
    world.update({ a: 1 }, { a: 2 });
    world.tell({ action: 'audit.gap', outcome: 'failure', tenant: '' });
    world.update({ a: 2 }, { a: 3 });
    world.tell({ action: 'order.baseline', operation: 'read', after: { a: 3 } });
    await world.auditor.flush();
    // Also for a tenant, although the notice is nobody's.
    const history = await world.auditor.history(ORDER, { tenant: 'acme' });
    expect(history.versions.map(({ status }) => status)).toEqual(['exact', 'partial', 'partial', 'exact']);
    expect(codes(history.at(3))).toEqual(['events_lost']);
  });

  test('is which item of a list was changed, where its place alone tells and the list may be in another order', async () => {
    const world = past();
    const list = (a: number, b: number) => ({ items: [{ id: 1, n: a }, { id: 2, n: b }] }); // biome-ignore format: one line
    world.create(list(1, 1));
    world.update(list(1, 1), list(1, 5));
    const same = await historyOf(world);
    expect(same.at()).toMatchObject({ status: 'approximate', value: list(1, 5) });
    expect(codes(same.at())).toEqual(['which_item /items']);
    world.update(list(1, 5), list(1, 6));
    expect((await historyOf(world)).at().value).toEqual(list(1, 6));
  });

  test('is no longer what a later event shows to have been right', async () => {
    const list = (a: number, b: number) => ({ items: [{ id: 1, n: a }, { id: 2, n: b }], x: 1 }); // biome-ignore format: one line
    for (const then of ['deleted', 'found', 'tried and changed'] as const) {
      const world = past();
      world.create(list(1, 1));
      world.update(list(1, 1), list(1, 5));
      if (then === 'deleted') world.remove(list(1, 5));
      if (then === 'found') world.tell({ action: 'order.baseline', operation: 'read', after: list(1, 5) });
      if (then === 'tried and changed') {
        world.tell({ action: 'order.update', outcome: 'failure', before: { x: 1 }, after: { x: 2 } });
        world.update({ ...list(1, 5), items: list(1, 5).items }, { x: 3, items: 'none' });
      }
      const history = await historyOf(world);
      expect(history.versions.map(({ status }) => status)).toEqual(['exact', 'exact', 'exact']);
    }
  });

  test('is still which item was meant, when the list was set in between', async () => {
    const list = (a: number, b: number) => ({ items: [{ id: 1, n: a }, { id: 2, n: b }] }); // biome-ignore format: one line
    const world = past();
    world.create(list(1, 1));
    world.update(list(1, 1), list(1, 5));
    world.update(list(1, 5), list(5, 5));
    world.remove(list(5, 5));
    const history = await historyOf(world);
    expect(history.versions.map(({ status }) => status)).toEqual(['exact', 'approximate', 'approximate', 'exact']);
  });
});

describe('the order of events', () => {
  test('of two requests at once is the one that their values tell', async () => {
    const world = past();
    world.create({ n: 0 });
    // The first began earlier, and wrote later.
    world.tell({ action: 'order.update', before: { n: 2 }, after: { n: 3 }, time: minute(1) });
    world.tell({ action: 'order.update', before: { n: 0 }, after: { n: 2 }, time: new Date(START + MINUTE + 300) });
    const history = await historyOf(world);
    expect(history.versions.map(({ status }) => status)).toEqual(['exact', 'exact', 'exact']);
    expect(history.at()).toMatchObject({ status: 'exact', value: { n: 3 } });
  });

  test('of two requests at once does not matter, where each read what the other wrote', async () => {
    const world = past();
    world.create({ a: 1, b: 1 });
    world.tell({ action: 'order.update', before: { a: 1, b: 1 }, after: { a: 2, b: 2 } });
    world.tell({ action: 'order.update', before: { b: 1 }, after: { b: 2 }, time: new Date(START + MINUTE + 20) });
    const history = await historyOf(world);
    expect(history.versions.map(({ status }) => status)).toEqual(['exact', 'exact', 'exact']);
    expect(history.at().value).toEqual({ a: 2, b: 2 });
  });

  test('of one instant is that of their stream', async () => {
    const world = past();
    const time = minute(0);
    for (let i = 0; i < 20; i++) world.tell({ action: 'order.update', before: { n: i }, after: { n: i + 1 }, time });
    expect((await historyOf(world)).at()).toMatchObject({ value: { n: 20 } });
  });

  test('counts what a request and an ORM package tell of one change once', async () => {
    const world = past();
    world.create({ a: 1, b: 1 });
    const parent = world.tell({
      action: 'order.update',
      changes: [{ path: '/a', op: 'replace', new: 2 }],
      diff: { fidelity: 'partial', why: 'from the request body' },
    });
    const input: EventInput = { action: 'order.update', before: { a: 1 }, after: { a: 2 }, parent, time: minute(1) };
    world.tell(input);
    const history = await historyOf(world);
    expect(history.versions).toHaveLength(2);
    expect(history.at()).toMatchObject({ status: 'exact', value: { a: 2, b: 1 } });
  });
});

describe('one deed told twice', () => {
  const partial = {
    action: 'order.update',
    changes: [{ path: '/a', op: 'replace', new: 2 }],
    diff: { fidelity: 'partial', why: 'from the request body' },
  } as const;

  test('is in doubt as before, where the application tells one thing of many by hand', async () => {
    const world = past();
    world.create({ a: 1, b: 1 });
    const parent = world.tell(partial);
    world.tell({ action: 'order.tag', before: { b: 1 }, after: { b: 2 }, parent });
    expect((await historyOf(world)).at()).toMatchObject({ status: 'partial', value: { a: 2, b: 2 } });
  });

  test('is what something that sees all changes tells, in a scope', async () => {
    const world = past();
    await world.auditor.run({ action: 'order.update', actor: 'ada', resource: ORDER }, async () => {
      currentScope()?.change({ a: 1, b: 1 }, { a: 2, b: 1 }, ORDER);
    });
    await world.auditor.flush();
    const history = await world.auditor.history(ORDER, ALL);
    expect(history.versions).toHaveLength(1);
    expect(history.versions[0]?.event).toMatchObject({ diff: { fidelity: 'exact' } });
  });

  test('is one life, when both tell its beginning', async () => {
    const world = past();
    const request = world.create({ a: 1 });
    world.tell({ action: 'order.create', after: { a: 1, b: 1 }, parent: request });
    const history = await historyOf(world);
    expect(history.versions.map(({ incarnation, status }) => [incarnation, status])).toEqual([
      [request, 'exact'],
      [request, 'exact'],
    ]);
  });

  test('is none where a create comes without an end before it', async () => {
    const world = past();
    world.create({ a: 1 });
    world.create({ a: 2 });
    const history = await historyOf(world);
    expect(history.versions.map(({ status }) => status)).toEqual(['approximate', 'exact']);
    expect(history.at(1).doubts[0]?.why).toContain('created again');
  });

  test('is not known where something is changed after its end', async () => {
    const world = past();
    world.create({ a: 1 });
    world.remove({ a: 1 });
    world.update({ a: 1 }, { a: 2 });
    expect((await historyOf(world)).at()).toMatchObject({ status: 'approximate', exists: true, value: { a: 2 } });
  });
});

describe('sets', () => {
  test('of which members come and go by their id are put together', async () => {
    const world = past();
    const tag = (op: 'add' | 'remove', id: number, value: unknown): Partial<EventInput> & { action: string } => ({
      action: 'order.update',
      changes: [{ path: `/tags/${id}`, op, ...(op === 'add' ? { new: value } : { old: value }) } as never],
    });
    world.create({ n: 1, tags: [{ id: 70, name: 'new' }] });
    world.tell(tag('add', 71, { id: 71, name: 'hot' }));
    world.tell(tag('remove', 70, { id: 70, name: 'new' }));
    const history = await historyOf(world);
    expect(history.at(2)).toMatchObject({
      status: 'exact',
      value: { tags: [{ id: 70 }, { id: 71 }] },
    });
    expect(history.at(3)).toMatchObject({ status: 'exact', value: { n: 1, tags: [{ id: 71, name: 'hot' }] } });
  });
});

describe('comparing', () => {
  test('gives what is different between any two versions or times', async () => {
    const world = past();
    world.create({ a: 1, b: { c: 1, d: 1 } });
    world.update({ a: 1 }, { a: 2 });
    world.update({ b: { c: 1 } }, { b: { c: 2 } });
    const history = await historyOf(world);
    expect(history.diff(1, 3)).toEqual({
      changes: [
        { path: '/a', op: 'replace', old: 1, new: 2 },
        { path: '/b/c', op: 'replace', old: 1, new: 2 },
      ],
      status: 'exact',
      doubts: [],
    });
    expect(history.diff(minute(2), minute(1)).changes).toEqual([{ path: '/b/c', op: 'replace', old: 2, new: 1 }]);
    expect(history.diff(0, 1).changes).toHaveLength(2);
  });

  test('says as little as the weaker of the two states', async () => {
    const world = past();
    world.create({ a: 1, password: 'x' });
    world.update({ a: 1, password: 'x' }, { a: 2, password: 'y' });
    const diff = (await historyOf(world)).diff(1, 2);
    expect(diff).toMatchObject({ status: 'partial', changes: [{ path: '/a', op: 'replace', old: 1, new: 2 }] });
    expect(codes(diff)).toContain('masked /password');
  });
});

describe('blame', () => {
  test('names the event that set each field, and all before it', async () => {
    const world = past();
    const created = world.create({ status: 'open', total: 5, city: { zip: 1 } });
    const paid = world.tell({
      action: 'order.update',
      actor: 'bob',
      before: { status: 'open' },
      after: { status: 'paid' },
    });
    const moved = world.update({ city: { zip: 1 } }, { city: { zip: 2 } });
    const history = await historyOf(world);
    const [status] = history.blame('/status');
    expect(status?.last).toMatchObject({
      version: 2,
      event: { id: paid, actor: { id: 'bob' } },
      change: { new: 'paid' },
    });
    expect(status?.touches.map(({ event }) => event.id)).toEqual([created, paid]);
    expect(history.blame('/city/zip')[0]?.touches.map(({ event }) => event.id)).toEqual([created, moved]);
    expect(history.blame().map(({ last, path }) => [path, last.event.id])).toEqual(
      [
        ['/city', moved],
        ['/status', paid],
        ['/total', created],
      ].sort(
        (a, b) =>
          history.blame().findIndex((one) => one.path === a[0]) - history.blame().findIndex((one) => one.path === b[0]),
      ),
    );
    expect(history.blame('/none')).toEqual([]);
  });
});

describe('events that somebody was at', () => {
  test('never throw and never reach a prototype', async () => {
    const world = past();
    world.create({ a: 1, list: [{ id: 1 }] });
    world.update({ a: 1 }, { a: 2 });
    await world.auditor.flush();
    const [create, update] = world.sink.events as [AuditEvent, AuditEvent];
    let deep: unknown = 1;
    for (let i = 0; i < 20_000; i++) deep = [deep];
    const evil: Record<string, unknown>[] = [
      { changes: [{ path: '/__proto__/polluted', op: 'add', new: true }] },
      { changes: [{ path: '/__proto__', op: 'add', new: { polluted: true } }] },
      { changes: [{ path: '/constructor/prototype/polluted', op: 'add', new: true }] },
      { changes: [{ path: '/list/__proto__/polluted', op: 'add', new: true }] },
      { changes: [{ path: '/list/length', op: 'replace', new: 1e9 }] },
      { changes: [{ path: '/list/4294967295', op: 'add', new: 1 }] },
      { changes: [{ path: '/list/-', op: 'add', new: { id: 2 } }] },
      { changes: [{ path: `/${'x/'.repeat(100_000)}`, op: 'add', new: 1 }] },
      { changes: [{ path: '/a', op: 'add', new: deep }] },
      { changes: [null, 1, 'x', [], {}, { path: 1 }, { path: 'a' }, { path: '/a', op: 'boom', old: undefined }] },
      { changes: { length: 3 } },
      { changes: [{ path: '', op: 'replace', new: 'text' }] },
      { changes: [{ path: '', op: 'replace', new: [1] }, { path: '/0/x', op: 'add', new: 1 }] },
      { changes: [{ path: '/a', op: 'replace', old: Number.NaN, new: 1n }] },
      { time: 'never' }, { time: 5 }, { id: 7 }, { action: null }, { outcome: {} }, { operation: [] }, { diff: null },
      { seal: null }, { request: null }, { metadata: null }, { truncated: { fields: 'changes' } }, { parent: {} },
      { diff: { fidelity: 'exact', why: {} } }, { request: { id: {}, durationMs: 'x' } }, { resource: null },
    ]; // biome-ignore format: a list of nonsense
    for (const members of evil) {
      const time = minute(5).toISOString();
      const history = await over([create, update, forged(update, { id: 'forged', time, ...members })]);
      for (const version of history.versions) {
        history.at(version.number);
        history.diff(1, version.number);
        history.blame();
        history.revertPlan({ event: version.event.id }).dryRun({ a: 2 });
        history.revertPlan({ version: version.number }).dryRun({ a: 2 });
      }
      expect(history.at(1)).toMatchObject({ value: { a: 1 } });
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      expect(Array.prototype).toHaveLength(0);
    }
  });

  test('count once when they come again, in whatever order a store has them', async () => {
    const world = past();
    world.create({ n: 0 });
    for (let i = 0; i < 5; i++) world.update({ n: i }, { n: i + 1 });
    await world.auditor.flush();
    const { events } = world.sink;
    const history = await over([...events.toReversed(), ...events]);
    expect(history.versions).toHaveLength(6);
    expect(history.at()).toMatchObject({ status: 'exact', value: { n: 5 } });
  });
});
