import type { Row } from '@whodunit/core/writes';
import { isByKey } from './filter.js';
import type { Place } from './place.js';
import { keyReaderOf, type ReadRows, readerOf } from './read.js';
import { common, type DrizzleWrite, look, type State, send, type Target } from './target.js';
import type { HasOld } from './version.js';

/**
 * Lets the write return what it made of the rows, and what was there before where the server can; else reads that first. Above
 * the limit, it is sent as it is.
 */
export function updateOf(target: Target, hasOld: HasOld): (place: Place) => DrizzleWrite {
  const { builder, plan } = target;
  const read = readerOf(builder, plan, 'no key update');
  const keys = keyReaderOf(builder, plan);
  const isOne = isByKey(builder.config.where, plan);
  return function on(place): DrizzleWrite {
    const state: State = { isFew: false };
    const old: Row[] = [];
    return {
      ...common(target, place, on),
      verb: 'update',
      operation: 'update',
      isOne,
      get locks() {
        return state.withOld === true || place.unit !== undefined;
      },
      async before(limit) {
        if (keys === undefined || !(await hasOld(place.session))) return look(target, place, state, read, limit);
        const found = isOne ? [] : await look(target, place, state, keys, limit);
        state.isFew = found.length < limit;
        state.withOld = state.isFew;
        return state.isFew ? old : found;
      },
      async run() {
        const told = await send(target, place, state);
        if (state.withOld === true) old.push(...told.old());
        return told;
      },
      // Rows without a key cannot be found again among several.
      after: ({ rows }, before) => (plan.model.key.length === 0 && before.length > 1 ? [] : rows()),
    };
  };
}

/** What a delete returns is what was there; only when it may be too much, it is looked at first. */
export function deleteOf(target: Target): (place: Place) => DrizzleWrite {
  const { builder, plan } = target;
  const isOne = isByKey(builder.config.where, plan);
  const read: ReadRows = isOne ? async () => [] : readerOf(builder, plan, 'update');
  return function on(place): DrizzleWrite {
    const state: State = { isFew: false };
    let before: Row[] = [];
    return {
      ...common(target, place, on),
      verb: 'delete',
      operation: 'delete',
      isOne,
      locks: true,
      async before(limit) {
        before = await look(target, place, state, read, limit);
        return before;
      },
      async run() {
        const told = await send(target, place, state);
        if (state.isFew) before.splice(0, before.length, ...told.rows());
        return told;
      },
      after: () => [],
    };
  };
}
