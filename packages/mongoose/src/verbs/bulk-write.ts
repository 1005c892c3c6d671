import type { Write } from '@whodunit/core/writes';
import type { Audited } from '../audited.js';
import type { CallOptions, Doc } from '../like.js';
import { basics, type Call, idsIn, isKeyed, type Outcome, readIds, type Verb } from './call.js';
import { copies } from './insert.js';
import { sendPartly } from './partly.js';

/** One operation of a bulk, as the driver takes it. */
interface Operation {
  readonly kind: string;
  readonly document?: Doc;
  readonly filter?: unknown;
  readonly update?: unknown;
  readonly replacement?: unknown;
  readonly upsert?: boolean;
  readonly collation?: unknown;
  readonly hint?: unknown;
}

type Send = () => Promise<Outcome>;

/**
 * `bulkWrite`, by which `bulkSave` works too. It is one command of up to three kinds of writes: each kind is captured around
 * the one before, and the innermost sends it.
 */
export const bulkWrite: Verb = (audited, call) => {
  const operations = operationsIn(call.args[0]);
  const of = (pattern: RegExp): Operation[] => operations.filter(({ kind }) => pattern.test(kind));
  const [inserts, updates, deletes] = [of(/^insert/), of(/^(?:update|replace)/), of(/^delete/)];
  let send: Send = () => sendPartly(call);
  let outermost: Write<Outcome> = { ...basics(audited, call), operation: 'update', run: send };
  const around = (make: (inner: Send) => Write<Outcome>): void => {
    const write = make(send);
    outermost = write;
    send = () => audited.writes.capture(write);
  };
  if (inserts.length > 0)
    around((inner) => insertsOf(audited, call, operations, inserts.length === operations.length, inner));
  if (updates.length > 0) around((inner) => updatesOf(audited, call, updates, inner));
  if (deletes.length > 0) around((inner) => deletesOf(audited, call, deletes, inner));
  return outermost;
};

function insertsOf(
  audited: Audited,
  call: Call,
  operations: readonly Operation[],
  isPure: boolean,
  send: Send,
): Write<Outcome> {
  const documents = operations.map(({ document = {} }) => document);
  const sent = copies(audited, documents, call.options);
  return {
    ...basics(audited, call),
    operation: 'create',
    size: documents.length,
    run() {
      sent.take();
      return send();
    },
    // What was inserted may have been changed by an operation after it.
    after: async ({ said }) =>
      isPure
        ? sent.rows(said?.insertedIds ?? {})
        : (await readIds(audited, idsIn(said?.insertedIds), call.options)).map(audited.row),
    affected: ({ said }) => (said?.acknowledged === false ? undefined : idsIn(said?.insertedIds).length),
  };
}

function updatesOf(audited: Audited, call: Call, updates: readonly Operation[], send: Send): Write<Outcome> {
  let found: Doc[] = [];
  return {
    ...basics(audited, call),
    operation: updates.some(({ upsert }) => upsert === true) ? 'upsert' : 'update',
    size: updates.length,
    async before(limit) {
      found = await readAll(audited, updates, call.options, limit);
      return found.map(audited.row);
    },
    run: send,
    async after({ said }) {
      const ids = [...found.map(({ _id }) => _id), ...idsIn(said?.upsertedIds)];
      return (await readIds(audited, ids, call.options)).map(audited.row);
    },
    affected: ({ said }) =>
      said?.acknowledged === false ? undefined : (said?.modifiedCount ?? 0) + idsIn(said?.upsertedIds).length,
    summary: () => ({
      filter: updates.map(({ filter }) => audited.tellable(filter)),
      set: updates.map(({ replacement, update = replacement }) => audited.tellable(update)),
    }),
  };
}

function deletesOf(audited: Audited, call: Call, deletes: readonly Operation[], send: Send): Write<Outcome> {
  let found: Doc[] = [];
  return {
    ...basics(audited, call),
    operation: 'delete',
    size: deletes.length,
    async before(limit) {
      found = await readAll(audited, deletes, call.options, limit);
      return found.map(audited.row);
    },
    run: send,
    after: async () =>
      (
        await readIds(
          audited,
          found.map(({ _id }) => _id),
          call.options,
        )
      ).map(audited.row),
    affected: ({ said }) => (said?.acknowledged === false ? undefined : said?.deletedCount),
    summary: () => ({ filter: deletes.map(({ filter }) => audited.tellable(filter)) }),
  };
}

/** What the operations will find: those by key in one query, the others in one each. */
async function readAll(
  audited: Audited,
  operations: readonly Operation[],
  { session }: CallOptions,
  limit: number,
): Promise<Doc[]> {
  const keyed = operations.filter(({ filter }) => isKeyed(filter)).map(({ filter }) => (filter as Doc)['_id']);
  const found = keyed.length === 0 ? [] : await audited.read({ _id: { $in: keyed } }, { session }, limit);
  for (const { collation, filter, hint, kind } of operations) {
    if (isKeyed(filter) || found.length >= limit) continue;
    const most = kind.endsWith('Many') ? limit - found.length : 1;
    found.push(...(await audited.read(filter ?? {}, { session, collation, hint }, most)));
  }
  return found;
}

function operationsIn(given: unknown): Operation[] {
  if (!Array.isArray(given)) return [];
  return given.map((operation: Readonly<Record<string, Omit<Operation, 'kind'>>> | null) => {
    const [kind = ''] = Object.keys(operation ?? {});
    const said = operation?.[kind];
    // `insertOne` may be given the document itself.
    if (kind === 'insertOne' && said?.document === undefined) return { kind, document: (said ?? {}) as Doc };
    return { ...said, kind };
  });
}
