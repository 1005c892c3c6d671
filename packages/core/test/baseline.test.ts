import { type AuditEvent, createAuditor } from '@whodunit/core';
import { faultSink, memorySink } from '@whodunit/testing';
import { ALL, ORDER, past } from './support/past';

const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `r${i}`, n: i }));

describe('a baseline', () => {
  test('records the state of each row once, however often it is run', async () => {
    const { auditor, sink } = past();
    expect(await auditor.baseline('order', rows(250))).toEqual({
      rows: 250,
      recorded: 250,
      known: 0,
      ruledOut: 0,
      withoutId: 0,
    });
    expect(await auditor.baseline('order', rows(251))).toMatchObject({ recorded: 1, known: 250 });
    expect(sink.events).toHaveLength(251);
    expect(sink.events[7]).toMatchObject({
      action: 'order.baseline',
      category: 'data',
      operation: 'read',
      outcome: 'success',
      actor: { type: 'system' },
      resource: { type: 'order', id: 'r7' },
      changes: [
        { path: '/id', op: 'add', new: 'r7' },
        { path: '/n', op: 'add', new: 7 },
      ],
      diff: { fidelity: 'exact' },
    });
  });

  test('gives what comes later something to go on from', async () => {
    const world = past();
    world.update({ n: 1 }, { n: 2 });
    await world.auditor.baseline('order', [{ id: '1001', n: 2, m: 1 }]);
    world.tell({ action: 'order.update', before: { n: 2 }, after: { n: 3 }, time: new Date(Date.now() + 1_000) });
    await world.auditor.flush();
    const history = await world.auditor.history(ORDER, ALL);
    expect(history.versions.map(({ kind, status }) => [kind, status])).toEqual([
      ['update', 'partial'],
      ['baseline', 'exact'],
      ['update', 'exact'],
    ]);
    expect(history.at()).toMatchObject({ value: { id: '1001', n: 3, m: 1 } });
    // And what came before: nothing says that `m` was another.
    expect(history.at(1)).toMatchObject({ value: { id: '1001', n: 2, m: 1 } });
  });

  test('shows what was changed without an event, when it is told by hand again', async () => {
    const world = past();
    world.create({ id: '1001', a: 1, b: 1 });
    world.tell({ action: 'order.baseline', operation: 'read', after: { id: '1001', a: 1, b: 2 } });
    await world.auditor.flush();
    const history = await world.auditor.history(ORDER, ALL);
    expect(history.at(1)).toMatchObject({ status: 'approximate', doubts: [{ code: 'out_of_band', path: '/b' }] });
    expect(history.at(2)).toMatchObject({ status: 'exact', value: { b: 2 } });
  });

  test('is not recorded of rows whose create told all', async () => {
    const world = past();
    world.create({ n: 1 });
    world.tell({
      action: 'order.create',
      resource: { type: 'order', id: '2' },
      diff: { fidelity: 'partial' },
      after: { n: 1 },
    });
    const counts = await world.auditor.baseline('order', [{ id: '1001' }, { id: '2' }, { id: '3' }]);
    expect(counts).toMatchObject({ recorded: 2, known: 1 });
  });

  test('takes rows from anything that gives them one by one, with ids and tenants of any kind', async () => {
    const { auditor, sink } = past();
    async function* stream() {
      yield { key: 1, customer: 'acme' };
      yield { key: 2, customer: 'globex' };
      yield { key: 1, customer: 'acme' };
      yield { key: null, customer: 'acme' };
    }
    const counts = await auditor.baseline('order', stream(), { id: 'key', tenant: (row) => row.customer });
    expect(counts).toEqual({ rows: 4, recorded: 2, known: 1, ruledOut: 0, withoutId: 1 });
    expect(sink.events.map(({ resource, tenant }) => [resource?.id, tenant?.id])).toEqual([
      ['1', 'acme'],
      ['2', 'globex'],
    ]);
    await auditor.baseline('order', [{ a: 'x', b: 'y' }], { id: ({ a, b }) => `${a}/${b}`, tenant: 'acme' });
    expect(sink.events.at(-1)).toMatchObject({ resource: { id: 'x/y' }, tenant: { id: 'acme' } });
  });

  test('passes redaction', async () => {
    const { auditor, sink } = past();
    await auditor.baseline('user', [{ id: 1, password: 'hunter2', note: 'Bearer abcdefgh' }]);
    expect(JSON.stringify(sink.events)).not.toMatch(/hunter2|abcdefgh/);
  });

  test('never fills the journal, whatever its size, and loses nothing', async () => {
    const { auditor, sink } = past({ journal: { maxEvents: 10 } });
    expect(await auditor.baseline('order', rows(120))).toMatchObject({ recorded: 120 });
    expect(auditor.stats().dropped.journal_full).toBe(0);
    expect(sink.events).toHaveLength(120);
  });

  test('stops when a sink does not keep up, and goes on where it stopped', async () => {
    const sink = faultSink();
    const dispatch = { minRetryMs: 1, maxRetryMs: 5, closeTimeoutMs: 200, breakerOpenMs: 1 };
    const auditor = createAuditor({ service: 't', sinks: [sink], reader: sink, dispatch, onError: () => undefined });
    await auditor.baseline('order', rows(30));
    sink.break('reject');
    await expect(auditor.baseline('order', rows(500))).rejects.toMatchObject({ code: 'AUDIT_NOT_STORED' });
    sink.repair();
    const counts = await auditor.baseline('order', rows(500));
    expect(counts.known).toBeGreaterThanOrEqual(30);
    expect(new Set(sink.events.map(({ resource }) => resource?.id)).size).toBe(500);
    expect(sink.events).toHaveLength(500);
    await auditor.close();
  });

  test('rejects when a sink will never have a row', async () => {
    const [store, picky] = [memorySink(), faultSink({ name: 'picky', fault: 'reject', kind: 'gone' })];
    const auditor = createAuditor({ service: 't', sinks: [store, picky], reader: store, onError: () => undefined });
    await expect(auditor.baseline('order', rows(3))).rejects.toMatchObject({ code: 'AUDIT_NOT_STORED' });
  });

  test('counts what a rule turned down', async () => {
    const { auditor } = past({ rules: [{ when: { action: '*.baseline' }, level: 'none' }] });
    expect(await auditor.baseline('order', rows(3))).toMatchObject({ recorded: 0, ruledOut: 3 });
  });

  test('needs a reader, a type and options that are known', async () => {
    const bare = createAuditor({ service: 't', sinks: [memorySink()] });
    await expect(bare.baseline('order', [])).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
    const { auditor } = past();
    await expect(auditor.baseline('', [])).rejects.toThrow('the type is missing');
    await expect(auditor.baseline('order', [], { key: 'id' } as never)).rejects.toThrow('unknown option `key`');
    await auditor.close();
    await expect(auditor.baseline('order', rows(1))).rejects.toMatchObject({ code: 'AUDIT_CLOSED' });
  });

  test('ends with what the rows end with', async () => {
    const { auditor, sink } = past();
    function* broken(): Generator<{ id: number }> {
      yield { id: 1 };
      throw new RangeError('no more rows');
    }
    await expect(auditor.baseline('order', broken())).rejects.toThrow('no more rows');
    expect(sink.events satisfies readonly AuditEvent[]).toEqual([]);
  });
});
