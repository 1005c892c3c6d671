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
  return {
    ...basics(audited, call),
    operation: options.upsert === true ? 'upsert' : 'update',
    isOne,
    async before(limit) {
      found = await audited.read(filter, options, isMany ? limit : 1);
      return found.map(audited.row);
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
      return (
        await readIds(
          audited,
          found.map(({ _id }) => _id),
          options,
        )
      ).map(audited.row);
    },
    affected: ({ said }) =>
      said?.acknowledged === false ? undefined : (said?.modifiedCount ?? 0) + (said?.upsertedCount ?? 0),
    summary: () => ({ filter: audited.tellable(filter), set: audited.tellable(change) }),
    isolated: isolated(audited, call, update),
  };
};
