import type { JsonValue } from '@whodunit/core';
import fc from 'fast-check';
import { historyOf, minute, type Past, past } from './support/past';

type Doc = { [name: string]: unknown };

const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string({ maxLength: 6 }));
const RUNS = Number(process.env['RUNS'] ?? 150);
const NAMES = ['a', 'b', 'c', '$d', '__proto__', 'x/y~z', '0', '', 'constructor'] as const;
const name = fc.constantFrom(...NAMES);
const flat = fc.dictionary(name, scalar, { maxKeys: 4 });
const nested = fc.dictionary(name, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), flat), { maxKeys: 4 });
const item = fc.record({ id: fc.integer({ min: 1, max: 9 }), n: fc.integer({ min: 0, max: 40 }), at: flat });
const items = fc.uniqueArray(item, { selector: ({ id }) => id, maxLength: 5 });
const plain = fc.dictionary(name, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), nested), { maxKeys: 6 });
const listed = fc.tuple(plain, items).map(([doc, list]): Doc => ({ ...doc, items: list }));

/** What was done, and what there was then; `undefined`: nothing. */
function live(world: Past, docs: readonly (Doc | null)[]): (Doc | undefined)[] {
  const states: (Doc | undefined)[] = [];
  let now: Doc | undefined;
  for (const doc of docs) {
    if (now === undefined && doc === null) continue;
    if (now === undefined) world.create(doc);
    else if (doc === null) world.remove(now);
    else world.update(now, doc);
    now = doc ?? undefined;
    states.push(now);
  }
  return states;
}

/** Lists whose items have ids have no order in a history. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list = value.map(sorted);
    const hasIds = list.every((one) => typeof one === 'object' && one !== null && 'id' in one);
    return hasIds ? list.sort((a, b) => Number((a as { id: unknown }).id) - Number((b as { id: unknown }).id)) : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, sorted(held)]));
}

function asJson(value: JsonValue | undefined): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

describe('the state at any time', () => {
  test('is exactly what the resource was, whatever was done to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(plain, { freq: 6 }), { maxLength: 12 }), async (docs) => {
        const world = past();
        const states = live(world, docs);
        const history = await historyOf(world);
        for (const [i, state] of states.entries()) {
          const found = history.at(new Date(minute(i).getTime() + 1));
          expect(found.status).toBe('exact');
          expect(found.exists).toBe(state !== undefined);
          expect(asJson(found.value)).toEqual(state === undefined ? undefined : JSON.parse(JSON.stringify(state)));
        }
        if (states.length > 0) expect(history.at(minute(-1))).toMatchObject({ status: 'exact', exists: false });
        await world.auditor.close();
      }),
      { numRuns: RUNS },
    );
  }, 60_000);

  test('of lists with ids is never called exact when it is not, but for their order', async () => {
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(listed, { freq: 8 }), { minLength: 2, maxLength: 8 }), async (docs) => {
        const world = past();
        const states = live(world, docs);
        const history = await historyOf(world);
        for (const [i, state] of states.entries()) {
          const found = history.at(minute(i));
          expect(found.doubts.every(({ code }) => code === 'which_item' || code === 'untold')).toBe(true);
          if (found.status !== 'exact') continue;
          exact += 1;
          expect(sorted(asJson(found.value))).toEqual(
            state === undefined ? undefined : sorted(JSON.parse(JSON.stringify(state))),
          );
        }
        await world.auditor.close();
      }),
      { numRuns: RUNS },
    );
    expect(exact).toBeGreaterThan(100);
  }, 60_000);

  test('is never called exact when it is not, where later events show that something wrote without one', async () => {
    const step = fc.record({ field: fc.constantFrom('a', 'b', 'c'), isTold: fc.boolean() });
    let [exact, approximate] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        const world = past();
        let now: Doc = { a: 0, b: 0, c: 0 };
        world.create(now);
        const truth = [now];
        for (const [i, { field, isTold }] of steps.entries()) {
          const next = { ...now, [field]: i + 1 };
          if (isTold) world.update(now, next);
          if (isTold) truth.push(next);
          now = next;
        }
        // Every value is another, so that the last event shows what no event told.
        world.update(now, { a: -1, b: -1, c: -1 });
        const history = await historyOf(world);
        for (const [i, state] of truth.entries()) {
          const found = history.at(minute(i));
          if (found.status === 'exact') {
            exact += 1;
            expect(found.value).toEqual(state);
          } else {
            approximate += 1;
            expect(found.status).toBe('approximate');
          }
        }
        await world.auditor.close();
      }),
      { numRuns: RUNS },
    );
    expect(exact).toBeGreaterThan(50);
    expect(approximate).toBeGreaterThan(50);
  }, 60_000);
});

describe('undoing', () => {
  /** The document with a patch set, as an application would: `null` where the plan says that there was nothing. */
  const patched = (doc: Doc, patch: Readonly<Record<string, unknown>>, removed: readonly string[]): Doc => {
    const members = new Map([...Object.entries(doc), ...Object.entries(patch)]);
    for (const name of removed) members.delete(name);
    return Object.fromEntries(members);
  };
  const namesOf = (path: string) => path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');

  test.each(['the last event', 'all since any version'])(
    '%s gives the state before it, and nothing else',
    async (what) => {
      let undone = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(plain, plain, listed), { minLength: 2, maxLength: 5 }),
          fc.nat(),
          async (docs, chosen) => {
            const world = past();
            live(world, docs);
            const history = await historyOf(world);
            const [last, before] = [docs.at(-1) as Doc, history.versions.at(-2)];
            if (before === undefined) return;
            const number = 1 + (chosen % (history.versions.length - 1));
            const isLast = what === 'the last event';
            const plan = history.revertPlan(
              isLast ? { event: history.versions.at(-1)?.event.id ?? '' } : { version: number },
            );
            const { conflicts, isPossible, patch } = plan.dryRun(last);
            // The order of a list is not told, so what is there may be in another one than what the history has.
            if (plan.refusals.length > 0 || plan.operations.some(({ path }) => path === '/items')) return;
            expect(conflicts).toEqual([]);
            expect(isPossible).toBe(true);
            undone += 1;
            const removed = plan.operations.flatMap(({ op, path }) =>
              op === 'remove' && !path.slice(1).includes('/') ? [namesOf(path)] : [],
            );
            const wanted = history.at(isLast ? before.number : number);
            expect(sorted(asJson(patched(last, patch, removed) as JsonValue))).toEqual(sorted(asJson(wanted.value)));
          },
        ),
        { numRuns: RUNS },
      );
      expect(undone).toBeGreaterThan(10);
    },
    60_000,
  );
});
