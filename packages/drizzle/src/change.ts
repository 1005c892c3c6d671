import type { Row } from '@whodunit/core/writes';
import { isByKey } from './filter.js';
import type { Place } from './place.js';
import { type ReadRows, readerOf } from './read.js';
import { common, type DrizzleWrite, look, type State, send, type Target } from './target.js';

/** Reads what is there, and lets the write return what it made of it; above the limit, it is sent as it is. */
export function updateOf(target: Target): (place: Place) => DrizzleWrite {
  const { builder, plan } = target;
  const read = readerOf(builder, plan, 'no key update');
  const isOne = isByKey(builder.config.where, plan);
  return function on(place): DrizzleWrite {
    const state: State = { isFew: false };
    return {
      ...common(target, place, on),
      verb: 'update',
      operation: 'update',
      isOne,
      locks: place.unit !== undefined,
      before: (limit) => look(target, place, state, read, limit),
      run: () => send(target, place, state),
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
