import type { Doc } from '../like.js';
import { basics, isKeyed, isolated, readIds, type Said, type Verb } from './call.js';

/** `deleteOne` and `deleteMany`: by queries, and of a document. */
export const remove: Verb = (audited, call) => {
  const [filter] = call.args;
  const { options, verb } = call;
  const isMany = verb === 'deleteMany';
  let found: Doc[] = [];
  return {
    ...basics(audited, call),
    operation: 'delete',
    isOne: !isMany && isKeyed(filter),
    async before(limit) {
      found = await audited.read(filter ?? {}, options, isMany ? limit : 1);
      return found.map(audited.row);
    },
    async run() {
      const value = await call.send();
      return { value, said: value as Said };
    },
    after: async () =>
      (
        await readIds(
          audited,
          found.map(({ _id }) => _id),
          options,
        )
      ).map(audited.row),
    affected: ({ said }) => (said?.acknowledged === false ? undefined : said?.deletedCount),
    summary: () => ({ filter: audited.tellable(filter) }),
    isolated: isolated(audited, call, remove),
  };
};
