import { idOf } from '@whodunit/core/writes';
import type { WriteNode } from './kysely.js';
import { conflictOf } from './read.js';
import { common, type KyselyWrite, look, rowsOf, run, type State, type Target, unitOf } from './target.js';

/** So many rows a write may return of which nothing can be read before. */
const MAX_BLIND = 1_000;

/** A new row is what the insert returns. */
export function insertOf(target: Target, node: WriteNode): KyselyWrite {
  const state: State = { isFew: false };
  let size = sizeOf(node);
  return {
    ...common(target, node, insertOf),
    verb: 'insertInto',
    operation: 'create',
    isOne: size === 1,
    // Of an insert from a query it is known when it has run.
    get size() {
      return size;
    },
    before(limit) {
      state.isFew = (size ?? 0) < limit;
      return [];
    },
    async run() {
      const told = await run(target, state);
      size ??= told.count;
      return told;
    },
    after: (told) => rowsOf(target, told),
  };
}

/** Which rows an insert will meet is read by the values of its conflict target. */
export function upsertOf(target: Target, node: WriteNode): KyselyWrite {
  const { model } = target.plan;
  const where = conflictOf(node);
  const size = sizeOf(node);
  const state: State = { isFew: where === 'unknown' && size !== undefined && size <= MAX_BLIND };
  return {
    ...common(target, node, upsertOf),
    verb: 'insertInto ... onConflict',
    operation: 'upsert',
    isOne: size === 1,
    ...(size === undefined ? {} : { size }),
    locks: unitOf(target) !== undefined,
    ...(where !== 'unknown' && {
      async before(limit: number) {
        state.isFew = (size ?? 0) < limit;
        return where === 'none' || !state.isFew ? [] : look(target, state, limit, 'ForNoKeyUpdate', where);
      },
    }),
    run: () => run(target, state),
    async after(told, before) {
      if (where === 'unknown' && !state.isFew) throw new Error('Nobody knows how many rows there are.');
      const written = await rowsOf(target, told);
      const ids = new Set(written.map((row) => idOf(model, row)));
      // What the filter of the update left alone is as it was.
      return [...written, ...before.filter((row) => !ids.has(idOf(model, row)))];
    },
  };
}

/** How many rows an insert states; `undefined` of one from a query. */
function sizeOf({ values }: WriteNode): number | undefined {
  if (values === undefined) return 1;
  return values.kind === 'ValuesNode'
    ? (values as WriteNode['values'] & { values: readonly unknown[] }).values.length
    : undefined;
}
