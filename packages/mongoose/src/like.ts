/** What this package uses of Mongoose and of its driver: no more than this needs to be there. */

export type Doc = Readonly<Record<string, unknown>>;

export interface SessionLike {
  inTransaction(): boolean;
  startTransaction(...args: unknown[]): unknown;
  commitTransaction(...args: unknown[]): Promise<unknown>;
  abortTransaction(...args: unknown[]): Promise<unknown>;
  endSession(...args: unknown[]): Promise<unknown>;
  withTransaction<T>(work: () => Promise<T>): Promise<T>;
}

/** Options of a write; only what decides which documents it finds, and in which transaction. */
export interface CallOptions {
  readonly session?: SessionLike | null | undefined;
  readonly sort?: unknown;
  readonly collation?: unknown;
  readonly hint?: unknown;
  readonly let?: unknown;
  readonly upsert?: boolean | undefined;
  readonly projection?: unknown;
  readonly fields?: unknown;
  readonly returnDocument?: string | undefined;
  readonly includeResultMetadata?: boolean | undefined;
  readonly ignoreUndefined?: boolean | undefined;
}

/** A collection of the driver, which Mongoose wraps. */
interface DriverCollection {
  find(filter: unknown, options: unknown): { toArray(): Promise<Doc[]> };
}

export interface ConnectionLike {
  readonly name: string;
  readonly models: Readonly<Record<string, ModelLike>>;
  readonly collections: Readonly<Record<string, CollectionLike>>;
  readonly otherDbs?: readonly ConnectionLike[] | undefined;
  readonly db?: { collection(name: string): DriverCollection } | undefined;
  getClient(): { startSession(): SessionLike; readonly options?: { readonly ignoreUndefined?: boolean } };
}

/** Mongoose's own wrapper around a collection of the driver: every write of Mongoose goes through its methods. */
export interface CollectionLike {
  readonly name: string;
  readonly conn: ConnectionLike;
  /** The driver's, once the connection is open. */
  readonly collection?: unknown;
  /** Calls wait until the connection is open. */
  readonly buffer?: boolean | undefined;
  _shouldBufferCommands?(): boolean;
}

export interface SchemaLike {
  readonly paths: Readonly<Record<string, PathLike>>;
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  readonly options: {
    readonly timestamps?: unknown;
    readonly versionKey?: unknown;
  };
  on(event: 'init', listener: (model: ModelLike) => void): unknown;
}

export interface PathLike {
  readonly options?: { readonly audit?: unknown; readonly encrypt?: unknown; readonly select?: unknown } | undefined;
  readonly schema?: SchemaLike | undefined;
}

export interface ModelLike {
  readonly modelName: string;
  readonly baseModelName?: string | undefined;
  readonly schema: SchemaLike;
  readonly collection: CollectionLike;
  readonly discriminators?: Readonly<Record<string, ModelLike>> | undefined;
  readonly base: { readonly mongo: { readonly BSON: BsonLike } };
  useConnection?(...args: unknown[]): unknown;
}

/** The codec of the driver: what it writes is what is stored. */
export interface BsonLike {
  serialize(document: Doc, options: { readonly ignoreUndefined: boolean }): Uint8Array;
  deserialize(bytes: Uint8Array, options: typeof READING): Doc;
}

/** What `auditMongoose` needs of Mongoose. */
export interface MongooseLike {
  readonly connections: readonly unknown[];
  readonly mongo: unknown;
  plugin(plugin: (schema: object) => void): unknown;
}

/** Documents are read with these, whatever the application has set: nothing loses its exactness. */
export const READING = Object.freeze({
  promoteValues: true,
  promoteLongs: true,
  promoteBuffers: false,
  useBigInt64: false,
  bsonRegExp: false,
  raw: false,
});
