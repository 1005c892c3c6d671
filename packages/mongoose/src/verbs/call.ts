import type { Write } from '@whodunit/core/writes';
import type { Audited } from '../audited.js';
import type { CallOptions, Doc, SessionLike } from '../like.js';
import { unitOf } from '../sessions.js';

/** A method of a collection that was called. */
export interface Call {
  readonly verb: string;
  readonly args: readonly unknown[];
  readonly options: CallOptions;
  /** Sends it as it came, or with some options changed. */
  send(options?: CallOptions): Promise<unknown>;
}

/** What came of it. */
export interface Outcome {
  /** What the caller gets. */
  readonly value: unknown;
  /** What the database said, where that is more. */
  readonly said?: Said | undefined;
  /** It failed after a part of it had been done. */
  readonly error?: unknown;
}

/** What the driver tells of a write; each of its results has some of these. */
export interface Said {
  readonly acknowledged?: boolean;
  readonly insertedId?: unknown;
  readonly insertedIds?: Readonly<Record<number, unknown>>;
  readonly upsertedId?: unknown;
  readonly upsertedIds?: Readonly<Record<number, unknown>>;
  readonly modifiedCount?: number;
  readonly upsertedCount?: number;
  readonly deletedCount?: number;
  readonly value?: Doc | null;
  readonly lastErrorObject?: { readonly n?: number; readonly upserted?: unknown } | undefined;
}

/** How a method is captured. */
export type Verb = (audited: Audited, call: Call) => Write<Outcome>;

/** What the writes of every method have in common; the model is there, or nothing would be captured. */
export function basics({ model, writes }: Audited, { options, verb }: Call) {
  const unit = unitOf(options.session, writes);
  const known = model();
  if (known === undefined) throw new Error('The model is not audited.');
  return { model: known, verb, unit, locks: unit !== undefined };
}

/** The same write in a transaction of its own. */
export function isolated(audited: Audited, call: Call, verb: Verb): NonNullable<Write<Outcome>['isolated']> {
  return async (run) => {
    const session = audited.collection.conn.getClient().startSession();
    try {
      return await session.withTransaction(() => run(verb(audited, inSession(call, session))));
    } finally {
      await session.endSession();
    }
  };
}

function inSession(call: Call, session: SessionLike): Call {
  const options = { ...call.options, session };
  return { ...call, options, send: (change) => call.send({ ...change, session }) };
}

/** Does the filter say which document it is, by its key? */
export function isKeyed(filter: unknown): boolean {
  if (typeof filter !== 'object' || filter === null || !Object.hasOwn(filter, '_id')) return false;
  const { _id: id } = filter as { _id: unknown };
  if (typeof id !== 'object' || id === null) return id !== undefined && id !== null;
  return !Object.keys(id).some((name) => name.startsWith('$'));
}

/** The documents of these ids, as they are stored now. */
export function readIds({ read }: Audited, ids: readonly unknown[], { session }: CallOptions): Promise<Doc[]> {
  const by = ids.length === 1 ? { _id: ids[0] } : { _id: { $in: ids } };
  return ids.length === 0 ? Promise.resolve([]) : read(by, { session }, ids.length);
}

/** The ids of a result of many, by their place in what was given. */
export function idsIn(ids: Readonly<Record<number, unknown>> | undefined): unknown[] {
  return Object.values(ids ?? {});
}
