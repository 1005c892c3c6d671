import type { Writes } from '@whodunit/core/writes';
import { auditedIn } from './attach.js';
import type { Audited } from './audited.js';
import { targetOf } from './gaps.js';
import type { CollectionLike, ConnectionLike } from './like.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Prototype = Record<string, Method | undefined>;

/** The driver that Mongoose works with. */
interface Driver {
  readonly Collection?: { readonly prototype: object };
  readonly Db?: { readonly prototype: object };
  readonly MongoClient?: { readonly prototype: object };
}

const VERBS =
  'insertOne insertMany updateOne updateMany replaceOne deleteOne deleteMany findOneAndUpdate findOneAndReplace ' +
  'findOneAndDelete bulkWrite initializeOrderedBulkOp initializeUnorderedBulkOp drop rename aggregate';
const COMMANDS = new Set(['insert', 'update', 'delete', 'findAndModify', 'findandmodify', 'drop']);
const WHY = 'The driver was called past Mongoose. Use the model, or its `collection`, which are seen.';

/** Who wants to know: each Mongoose that is audited, with its connections. */
interface Watcher {
  readonly connections: readonly unknown[];
  readonly writes: Writes;
}

const watchers = new WeakMap<object, Watcher[]>();

/** Sees writes to audited collections that go to the driver itself, past Mongoose: each leaves a gap. */
export function watchDriver(mongo: unknown, watcher: Watcher): void {
  const { Collection, Db, MongoClient } = (mongo ?? {}) as Driver;
  const collection = listen(Collection?.prototype, watcher);
  if (collection !== undefined) for (const verb of VERBS.split(' ')) replace(collection, verb, byCollection);
  const db = listen(Db?.prototype, watcher);
  if (db !== undefined) for (const verb of ['command', 'dropCollection', 'dropDatabase']) replace(db, verb, byDatabase);
  const client = listen(MongoClient?.prototype, watcher);
  if (client !== undefined) replace(client, 'bulkWrite', byClient);
}

/** The prototype, when nobody has listened to it before. */
function listen(prototype: object | undefined, watcher: Watcher): Prototype | undefined {
  if (prototype === undefined) return undefined;
  const known = watchers.get(prototype);
  if (known === undefined) watchers.set(prototype, [watcher]);
  else known.push(watcher);
  return known === undefined ? (prototype as Prototype) : undefined;
}

type Written = (
  connection: ConnectionLike,
  self: unknown,
  verb: string,
  args: readonly unknown[],
) => readonly Audited[];

/** A method of the driver calls others of it before it waits for anything: one call of the application is one gap. */
let depth = 0;

function replace(prototype: Prototype, verb: string, written: Written): void {
  const original = prototype[verb];
  if (original === undefined) return;
  const value: Method = function (...args) {
    if (depth === 0) {
      for (const { connections, writes } of watchers.get(prototype) ?? [])
        for (const connection of withRelated(connections as readonly ConnectionLike[])) {
          if (clientOf(this) !== connection.getClient()) continue;
          for (const own of written(connection, this, verb, args)) {
            const model = own.model();
            if (own.writes === writes && model !== undefined) writes.gap({ verb, model: model.name, why: WHY });
          }
        }
    }
    depth += 1;
    try {
      return original.apply(this, args);
    } finally {
      depth -= 1;
    }
  };
  Object.defineProperty(prototype, verb, { value, configurable: true, writable: true });
}

const byCollection: Written = (connection, self, verb, args) => {
  const { collectionName, dbName } = self as { readonly collectionName: string; readonly dbName: string };
  if (dbName !== connection.name) return [];
  const wrapped: CollectionLike | undefined = connection.collections[collectionName];
  // Mongoose's own: what comes by it was seen.
  if (wrapped !== undefined && wrapped.collection === self) return [];
  const own = verb === 'aggregate' ? targetOf(connection, args[0], auditedIn) : auditedIn(wrapped);
  return own === undefined ? [] : [own];
};

const byDatabase: Written = (connection, self, verb, [given]) => {
  if ((self as { readonly databaseName?: string }).databaseName !== connection.name) return [];
  if (verb === 'dropDatabase')
    return Object.values(connection.collections).flatMap((collection) => auditedIn(collection) ?? []);
  const [name, value] = verb === 'dropCollection' ? ['drop', given] : (Object.entries(given ?? {})[0] ?? []);
  const own = COMMANDS.has(String(name)) ? auditedIn(connection.collections[String(value)]) : undefined;
  return own === undefined ? [] : [own];
};

const byClient: Written = (connection, _self, _verb, [operations]) => {
  if (!Array.isArray(operations)) return [];
  const names = operations.map(({ namespace }: { readonly namespace?: unknown }) => String(namespace));
  const own = Object.values(connection.collections).filter(({ name }) => names.includes(`${connection.name}.${name}`));
  return own.flatMap((collection) => auditedIn(collection) ?? []);
};

/** Collections and databases of the driver know their client. */
function clientOf(self: unknown): unknown {
  return (self as { readonly client?: unknown }).client ?? self;
}

/** Databases that `useDb` opened on a connection are not listed with the others. */
function withRelated(connections: readonly ConnectionLike[]): Set<ConnectionLike> {
  return new Set(connections.flatMap((connection) => [connection, ...(connection.otherDbs ?? [])]));
}
