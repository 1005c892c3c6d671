import { isDeepStrictEqual } from 'node:util';
import type { Row } from '@whodunit/core/writes';
import { applied } from '../applied.js';
import type { Doc } from '../like.js';
import { basics, isKeyed, isolated, readIds, type Said, type Verb } from './call.js';

/** `updateOne`, `updateMany` and `replaceOne`: by queries, and by `save` of what was loaded. */
export const update: Verb = (audited, call) => {
  const [filter, change] = call.args;
  const { options, verb } = call;
  const isMany = verb === 'updateMany';
  const isOne = !isMany && isKeyed(filter);
  let found: Doc[] = [];
  let rows: Row[] = [];
  return {
    ...basics(audited, call),
    operation: options.upsert === true ? 'upsert' : 'update',
    isOne,
    async before(limit) {
      found = await audited.read(filter, options, isMany ? limit : 1);
      rows = found.map(audited.row);
      return rows;
    },
    async run() {
      const value = await call.send();
      return { value, said: value as Said };
    },
    async after({ said }) {
      if (said?.upsertedId !== undefined && said.upsertedId !== null)
        return (await readIds(audited, [said.upsertedId], options)).map(audited.row);
      const [only] = found;
      // What a change by operators makes of the one document is known without asking again.
      if (isOne && only !== undefined && said?.acknowledged !== false) {
        const copy = audited.copy({ change }, options)['change'] as Doc;
        const after = applied(only, copy);
        if (after !== undefined) return [audited.row(after)];
      }
      const ids = found.map(({ _id }) => _id);
      const now = await readIds(audited, ids, options);
      // One was changed, and not the one that was read: another writer came in between. It is told without states.
      if (!isMany && !isOne && said?.modifiedCount === 1 && isDeepStrictEqual(now, found)) {
        rows.length = 0;
        return rows;
      }
      return now.map(audited.row);
    },
    affected: ({ said }) =>
      said?.acknowledged === false ? undefined : (said?.modifiedCount ?? 0) + (said?.upsertedCount ?? 0),
    summary: () => ({ filter: audited.tellable(filter), set: audited.tellable(change) }),
    isolated: isolated(audited, call, update),
  };
};
