import { idOf } from '@whodunit/core/writes';
import type { Column } from './drizzle.js';
import type { Place } from './place.js';
import { conflictReaderOf } from './read.js';
import { common, type DrizzleWrite, look, type State, send, type Target } from './target.js';

/** So many rows a write may return of which nothing can be read before. */
const MAX_BLIND = 1_000;

/** A new row is what the insert returns. */
export function insertOf(target: Target): (place: Place) => DrizzleWrite {
  const size = sizeOf(target);
  return function on(place): DrizzleWrite {
    const state: State = { isFew: false };
    let count = size;
    return {
      ...common(target, place, on),
      verb: 'insert',
      operation: 'create',
      isOne: size === 1,
      // Of an insert from a query it is known when it has run.
      get size() {
        return count;
      },
      before(limit) {
        state.isFew = (size ?? 0) < limit;
        return [];
      },
      async run() {
        const told = await send(target, place, state);
        count ??= told.count;
        return told;
      },
      after: ({ rows }) => rows(),
    };
  };
}

/** Which rows an insert will meet is read by the values of its conflict target. */
export function upsertOf(target: Target, targets: readonly Column[]): (place: Place) => DrizzleWrite {
  const { builder, plan } = target;
  const read = conflictReaderOf(builder, plan, targets);
  const size = sizeOf(target);
  return function on(place): DrizzleWrite {
    const state: State = { isFew: read === undefined && size !== undefined && size <= MAX_BLIND };
    return {
      ...common(target, place, on),
      verb: 'insert ... on conflict do update',
      operation: 'upsert',
      isOne: size === 1,
      ...(size === undefined ? {} : { size }),
      locks: place.unit !== undefined,
      ...(read !== undefined && {
        before: async (limit: number) => ((size ?? 0) < limit ? look(target, place, state, read, limit) : []),
      }),
      run: () => send(target, place, state),
      after({ rows }, before) {
        if (read === undefined && !state.isFew) throw new Error('Nobody knows how many rows there are.');
        const written = rows();
        const ids = new Set(written.map((row) => idOf(plan.model, row)));
        // What `setWhere` left alone is as it was.
        return [...written, ...before.filter((row) => !ids.has(idOf(plan.model, row)))];
      },
    };
  };
}

/** How many rows an insert states; `undefined` of one from a query. */
function sizeOf({ builder }: Target): number | undefined {
  const { values } = builder.config;
  return Array.isArray(values) ? values.length : undefined;
}
