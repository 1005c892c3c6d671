import type { Row } from '@whodunit/core/writes';
import { isByKey } from './filter.js';
import type { WriteNode } from './kysely.js';
import { canTellRows } from './statement.js';
import { common, type KyselyWrite, look, rowsOf, run, type State, type Target, unitOf } from './target.js';

/** Reads what is there, and lets the write return what it made of it; above the limit, it is sent as it is. */
export function updateOf(target: Target, node: WriteNode): KyselyWrite {
  const { model, key } = target.plan;
  const state: State = { isFew: false };
  return {
    ...common(target, node, updateOf),
    verb: 'updateTable',
    operation: 'update',
    isOne: isByKey(node.where, key, target.use),
    locks: unitOf(target) !== undefined,
    before: (limit) => look(target, state, limit, 'ForNoKeyUpdate'),
    run: () => run(target, state),
    // Rows without a key cannot be found again among several.
    after: (told, before) => (model.key.length === 0 && before.length > 1 ? [] : rowsOf(target, told)),
  };
}

/** What a delete returns is what was there; only when it may be too much, it is looked at first. */
export function deleteOf(target: Target, node: WriteNode): KyselyWrite {
  const state: State = { isFew: false };
  const isOne = isByKey(node.where, target.plan.key, target.use);
  const isTold = canTellRows(node);
  let before: Row[] = [];
  return {
    ...common(target, node, deleteOf),
    verb: 'deleteFrom',
    operation: 'delete',
    isOne,
    locks: isTold || unitOf(target) !== undefined,
    async before(limit) {
      if (isOne && isTold) state.isFew = true;
      else before = [...(await look(target, state, limit, 'ForUpdate'))];
      return before;
    },
    async run() {
      const told = await run(target, state);
      if (state.isFew && isTold) before.splice(0, before.length, ...(await rowsOf(target, told)));
      return told;
    },
    after: () => [],
  };
}
