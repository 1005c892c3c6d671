import { AsyncResource } from 'node:async_hooks';
import type { Writes } from '@whodunit/core/writes';
import { type Audited, audited } from './audited.js';
import { tellUnseen } from './gaps.js';
import type { CallOptions, CollectionLike, ModelLike } from './like.js';
import { bulkWrite } from './verbs/bulk-write.js';
import type { Call, Verb } from './verbs/call.js';
import { findOneAnd } from './verbs/find-one-and.js';
import { insertMany, insertOne } from './verbs/insert.js';
import { remove } from './verbs/remove.js';
import { update } from './verbs/update.js';

type Method = (...args: unknown[]) => unknown;

/** How each method of a collection is captured, and where its options stand. */
const VERBS: Readonly<Record<string, readonly [Verb, number]>> = {
  insertOne: [insertOne, 1],
  insertMany: [insertMany, 1],
  updateOne: [update, 2],
  updateMany: [update, 2],
  replaceOne: [update, 2],
  deleteOne: [remove, 1],
  deleteMany: [remove, 1],
  findOneAndUpdate: [findOneAnd, 2],
  findOneAndReplace: [findOneAnd, 2],
  findOneAndDelete: [findOneAnd, 1],
  bulkWrite: [bulkWrite, 1],
};

/** Methods that may write what nobody sees. */
const UNSEEN = ['aggregate', 'drop', 'initializeOrderedBulkOp', 'initializeUnorderedBulkOp', 'rename'];

const attached = new WeakMap<CollectionLike, Audited>();

/** What is known of a collection; `undefined` when it is not audited. */
export function auditedIn(collection: CollectionLike | undefined): Audited | undefined {
  return collection === undefined ? undefined : attached.get(collection);
}

/**
 * Audits what is written to the collection of a model. All that Mongoose writes goes through the methods of one object, with
 * filters and changes as hooks and casts have left them: these methods are replaced, each once.
 */
export function attach(model: ModelLike, writes: Writes): void {
  followConnection(model, writes);
  const { collection } = model;
  const known = attached.get(collection);
  if (known !== undefined) {
    known.add(model);
    return;
  }
  const own = audited(model, writes);
  attached.set(collection, own);
  for (const [name, [verb, at]] of Object.entries(VERBS))
    replace(own, name, (original, args) => capture(own, verb, callOf(name, args, at, original)));
  for (const name of UNSEEN)
    replace(own, name, (original, args) => {
      tellUnseen(own, name, args, auditedIn);
      return original(...args);
    });
}

const callers = new WeakMap<object, AsyncResource>();

function replace(
  { collection, model }: Audited,
  name: string,
  seen: (original: Method, args: unknown[]) => unknown,
): void {
  const method = (collection as unknown as Readonly<Record<string, Method | undefined>>)[name];
  if (method === undefined) return;
  const original: Method = (...args) => method.apply(collection, args);
  const value: Method = (...args) => {
    const [first] = args;
    const key = typeof first === 'object' && first !== null ? first : undefined;
    // Until the connection is open calls are kept, and come here again with what they were given: for who made them.
    if (collection.buffer === true && collection._shouldBufferCommands?.() !== false) {
      if (key !== undefined) callers.set(key, new AsyncResource('whodunit'));
      return original(...args);
    }
    if (model() === undefined) return original(...args);
    const caller = key === undefined ? undefined : callers.get(key);
    if (key === undefined || caller === undefined) return seen(original, args);
    callers.delete(key);
    return caller.runInAsyncScope(() => seen(original, args));
  };
  Object.defineProperty(collection, name, { value, configurable: true, writable: true });
}

function callOf(verb: string, args: readonly unknown[], at: number, original: Method): Call {
  const options = (args[at] ?? {}) as CallOptions;
  return {
    verb,
    args,
    options,
    async send(change) {
      if (change === undefined) return original(...args);
      const changed = Array.from({ length: at }, (_, i) => args[i]);
      return original(...changed, { ...options, ...change });
    },
  };
}

async function capture(own: Audited, verb: Verb, call: Call): Promise<unknown> {
  const { error, value } = await own.writes.capture(verb(own, call));
  if (error !== undefined) throw error;
  return value;
}

const following = new WeakSet<ModelLike>();

/** A model that is given another connection has another collection from then on. */
function followConnection(model: ModelLike, writes: Writes): void {
  const { useConnection } = model;
  if (following.has(model) || useConnection === undefined) return;
  following.add(model);
  const value = function (this: ModelLike, ...args: unknown[]): unknown {
    const result = useConnection.apply(this, args);
    attach(this, writes);
    return result;
  };
  Object.defineProperty(model, 'useConnection', { value, configurable: true, writable: true });
}
