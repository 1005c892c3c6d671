import type { Row } from '@whodunit/core/writes';
import { applied } from '../applied.js';
import type { CallOptions, Doc } from '../like.js';
import { basics, isKeyed, isolated, type Outcome, readIds, type Said, type Verb } from './call.js';

/**
 * `findOneAndUpdate`, `findOneAndReplace` and `findOneAndDelete`. The database itself answers with the document as it was or
 * as it is, in one step with the write; the other state is read, or follows from the change.
 */
export const findOneAnd: Verb = (audited, call) => {
  const [filter, change] = call.args;
  const { options, verb } = call;
  const isDelete = verb === 'findOneAndDelete';
  const isWhole = isEmpty(options.projection) && isEmpty(options.fields);
  const givesAfter = isWhole && !isDelete && options.returnDocument === 'after';
  const givesBefore = isWhole && !givesAfter;
  const { unit, ...rest } = basics(audited, call);
  // Filled by `run`, where the answer is what was there.
  const rows: Row[] = [];
  let found: Doc | undefined;

  const find = (document: Doc): Row[] => {
    found = document;
    rows.push(audited.row(document));
    return rows;
  };

  /** The write has happened: whatever is wrong with its answer is told, and not thrown. */
  const copyOf = (document: Doc | null | undefined): Doc | undefined => {
    try {
      return document === undefined || document === null ? undefined : audited.copy(document, options);
    } catch {
      return undefined;
    }
  };

  return {
    ...rest,
    unit,
    locks: unit !== undefined || givesBefore,
    operation: isDelete ? 'delete' : options.upsert === true ? 'upsert' : 'update',
    isOne: isKeyed(filter),
    async before() {
      const [document] = givesBefore ? [] : await audited.read(filter, options, 1);
      return document === undefined ? rows : find(document);
    },
    async run(): Promise<Outcome> {
      const said = (await call.send({ includeResultMetadata: true })) as Said | null;
      const value = options.includeResultMetadata === true ? said : (said?.value ?? null);
      const copy = isWhole ? copyOf(said?.value) : undefined;
      if (copy === undefined) return { value, said: said ?? undefined };
      if (givesBefore) find(copy);
      // Another writer came in between: what was read is another document.
      else if (found !== undefined && idText(audited.row(copy)) !== idText(rows[0])) rows.length = 0;
      return { value, said: { ...said, value: copy } };
    },
    async after({ said }) {
      if (givesAfter) return said?.value == null ? [] : [audited.row(said.value)];
      const made = said?.lastErrorObject?.upserted;
      if (made !== undefined) return (await readIds(audited, [made], options)).map(audited.row);
      if (found === undefined) return [];
      const id = found['_id'];
      const after = isDelete ? undefined : applied(found, audited.copy({ change }, options)['change'] as Doc);
      return after === undefined ? (await readIds(audited, [id], options)).map(audited.row) : [audited.row(after)];
    },
    affected: ({ said }) => said?.lastErrorObject?.n ?? (said?.value == null ? 0 : 1),
    summary: () => ({
      filter: audited.tellable(filter),
      ...(isDelete ? {} : { set: audited.tellable(change) }),
    }),
    isolated: isolated(audited, call, findOneAnd),
  };
};

function isEmpty(projection: CallOptions['projection']): boolean {
  return projection === undefined || projection === null || Object.keys(projection).length === 0;
}

function idText(row: Row | undefined): string {
  return JSON.stringify(row?.['_id'], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
