import { type AuditEvent, type AuditReader, createAuditor } from '@whodunit/core';
import { memorySink } from '@whodunit/testing';
import fc from 'fast-check';
import { ALL, historyOf, minute, ORDER, past } from './support/past';

const RUNS = Number(process.env['RUNS'] ?? 200);

const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true, withMap: true, maxDepth: 3 });
const segment = fc.constantFrom(
  'a',
  'b',
  '__proto__',
  'constructor',
  'prototype',
  '0',
  '1',
  '-',
  'items',
  '$x',
  '~0',
  '',
);
const path = fc.oneof(
  fc.array(segment, { maxLength: 4 }).map((names) => names.map((name) => `/${name}`).join('')),
  fc.string(),
);
const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom({ $redacted: true }, { $truncated: true }, [{ id: 1 }, { id: 2 }], [{ id: 2, a: [{ id: 1 }] }]),
  anything,
);
const change = fc.oneof(
  fc.record(
    { path, op: fc.constantFrom('add', 'remove', 'replace', 'move'), old: value, new: value },
    { requiredKeys: ['path'] },
  ),
  anything,
);
const event = fc.record({
  id: fc.oneof(fc.uuid(), fc.constantFrom('a', '__proto__')),
  time: fc.oneof(
    { weight: 12, arbitrary: fc.nat({ max: 20 }).map((n) => new Date(minute(0).getTime() + n * 500).toISOString()) },
    { weight: 1, arbitrary: anything },
  ),
  action: fc.constantFrom(
    'order.create',
    'order.update',
    'order.delete',
    'order.baseline',
    'order.restore',
    'audit.gap',
  ),
  operation: fc.constantFrom('create', 'update', 'delete', 'read', 'execute'),
  outcome: fc.constantFrom('success', 'success', 'success', 'failure', 'unknown', 'denied'),
  changes: fc.oneof({ weight: 8, arbitrary: fc.array(change, { maxLength: 5 }) }, { weight: 1, arbitrary: anything }),
  diff: fc.oneof({ weight: 4, arbitrary: fc.constant({ fidelity: 'exact' }) }, { weight: 1, arbitrary: anything }),
  seal: anything,
  request: anything,
  metadata: anything,
  truncated: anything,
  parent: anything,
  tenant: anything,
  capture: anything,
  actor: anything,
  resource: fc.constant(ORDER),
});

/** An auditor whose reader gives these events, whatever they are. */
function reading(events: readonly unknown[]) {
  const given = events as readonly AuditEvent[];
  const reader: AuditReader = {
    find: async ({ action }) => ({
      events: action === undefined ? given : given.filter((one) => one.action === action),
    }),
    get: async () => undefined,
  };
  return createAuditor({ service: 'test', sinks: [memorySink()], reader, onError: () => undefined });
}

describe('a history of whatever a store has', () => {
  test('is told without an error, without a marker, and without touching a prototype', async () => {
    let versions = 0;
    const own = Object.getOwnPropertyNames(Object.prototype).length;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), value, async (events, current) => {
        const auditor = reading(events);
        const history = await auditor.history(ORDER, ALL);
        for (let n = 0; n <= history.versions.length; n++) {
          expect(JSON.stringify(history.at(n).value) ?? '').not.toMatch(/"\$(?:redacted|truncated|untold)"/);
          history.diff(n, history.versions.length);
          if (history.versions.length === 0) continue;
          const id = history.versions[n]?.event.id;
          const plans = [{ version: n }, { version: n, fields: ['/a'] }, ...(id === undefined ? [] : [{ event: id }])];
          for (const plan of plans) {
            const { patch } = history.revertPlan(plan).dryRun(current);
            expect(Object.getPrototypeOf(patch)).toBe(Object.prototype);
          }
        }
        history.blame();
        history.blame('/a');
        versions += history.versions.length;
        await auditor.close();
      }),
      { numRuns: RUNS },
    );
    expect(versions).toBeGreaterThan(RUNS);
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(own);
  }, 60_000);

  test('is told in bounded time, of thousands of events', async () => {
    const world = past({ journal: { maxEvents: 20_000 } });
    let row = { n: 0, items: Array.from({ length: 30 }, (_, id) => ({ id, n: id })), note: 'x'.repeat(200) };
    world.create(row);
    for (let i = 0; i < 3_000; i++) {
      const items = row.items.map((item) => (item.id === i % 30 ? { ...item, n: i + 100 } : item));
      const next = { ...row, n: i + 1, items };
      world.update(row, next);
      row = next;
    }
    const started = performance.now();
    const history = await historyOf(world);
    expect(history.at()).toMatchObject({ status: 'exact', value: row });
    expect(performance.now() - started).toBeLessThan(20_000);
  }, 60_000);

  test('is told in bounded time, of lists that are made to be hard', async () => {
    const items = Array.from({ length: 300 }, (_, id) => ({ id, n: 1 }));
    const changes = items.map((_, i) => ({ path: `/items/${i}/n`, op: 'replace', old: 1, new: 1 }));
    const base = { actor: {}, operation: 'update', outcome: 'success', diff: { fidelity: 'exact' }, resource: ORDER };
    const time = (i: number) => new Date(minute(0).getTime() + i).toISOString();
    const events: unknown[] = [
      { ...base, id: 'create', action: 'order.create', operation: 'create', time: time(0), changes: [{ path: '/items', op: 'add', new: items }] }, // biome-ignore format: one line
    ];
    for (let i = 1; i < 200; i++) events.push({ ...base, id: `e${i}`, action: 'order.update', time: time(i), changes });
    const started = performance.now();
    const history = await reading(events.toReversed()).history(ORDER, ALL);
    expect(history.versions).toHaveLength(200);
    expect(history.at()).toMatchObject({ status: 'approximate', value: { items } });
    expect(performance.now() - started).toBeLessThan(20_000);
  }, 60_000);

  test('is not taken for whole where a reader gives the same page again and again', async () => {
    const world = past();
    world.create({ n: 1 });
    await world.auditor.flush();
    let asked = 0;
    const reader: AuditReader = {
      find: async ({ action }) => {
        asked += 1;
        return { events: action === undefined ? world.sink.events : [], next: 'again' };
      },
      get: async () => undefined,
    };
    const auditor = createAuditor({ service: 'test', sinks: [memorySink()], reader });
    expect((await auditor.history(ORDER, ALL)).versions).toHaveLength(1);
    expect(asked).toBeLessThan(5);
  });
});
