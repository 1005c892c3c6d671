/** What `auditMikroOrm` takes: a `MikroORM` of version 6 with an SQL driver. */
export interface AnyMikroOrm {
  readonly em: object;
  getMetadata(): object;
}

export type Data = Readonly<Record<string, unknown>>;

/** The transaction of MikroORM is that of knex. */
export interface Transaction {
  commit(value?: unknown): unknown;
}

/** The parts of MikroORM that this package uses, by their own names. */
export interface Parts {
  readonly em: EntityManager;
  getMetadata(): { find(name: string): Meta | undefined; getAll(): Readonly<Record<string, Meta>> };
}

export interface EntityManager {
  fork(): EntityManager;
  getDriver(): Driver;
  getUnitOfWork(): { getChangeSetPersister(): Persister };
}

export interface Persister {
  readonly driver: Driver;
}

export interface Driver {
  getConnection(type: 'write'): Connection;
  getPlatform(): object;
  createQueryBuilder(name: string, ctx: Transaction | undefined, type: 'write', convert?: boolean): QueryBuilder;
  [verb: string]: unknown;
}

export interface Connection {
  execute(
    sql: unknown,
    params?: readonly unknown[],
    method?: string,
    ctx?: Transaction,
    more?: unknown,
  ): Promise<unknown>;
  begin(options?: { readonly ctx?: Transaction }): Promise<Transaction>;
  commit(ctx: Transaction, ...more: unknown[]): Promise<void>;
  rollback(ctx: Transaction, ...more: unknown[]): Promise<void>;
  transactional<T>(work: (ctx: Transaction) => Promise<T>): Promise<T>;
}

export interface QueryBuilder {
  readonly driver: Driver;
  readonly type?: string;
  readonly context?: Transaction;
  readonly finalized: boolean;
  readonly mainAlias: { readonly entityName: string };
  readonly _joins: object;
  readonly _cond: object;
  readonly _data?: Data | readonly Data[];
  readonly _limit?: number;
  readonly _onConflict?: readonly { readonly fields: readonly string[] }[];
  clone(reset?: readonly string[]): QueryBuilder;
  select(fields: string): QueryBuilder;
  where(where: unknown): QueryBuilder;
  limit(limit: number): QueryBuilder;
  setLockMode(mode: number): QueryBuilder;
  withSchema(schema?: string): QueryBuilder;
  execute(method?: string, options?: unknown): Promise<unknown>;
}

export interface Meta {
  readonly className: string;
  readonly class?: { readonly prototype: object };
  readonly primaryKeys: readonly string[];
  readonly props: readonly Property[];
  readonly properties: Readonly<Record<string, Property>>;
  readonly root: Meta;
  readonly pivotTable?: boolean;
}

export interface Property {
  readonly name: string;
  readonly kind: string;
  readonly persist?: boolean;
  readonly hidden?: boolean;
  readonly version?: boolean;
  readonly lazy?: boolean;
  readonly formula?: unknown;
  readonly primary?: boolean;
  readonly object?: boolean;
  readonly fieldNames?: readonly string[];
  readonly columnTypes?: readonly string[];
  readonly embedded?: readonly [string, string];
  readonly customType?: { convertToJSValue(value: unknown, platform: object): unknown };
  readonly targetMeta?: Meta;
  readonly mappedBy?: string;
  readonly inversedBy?: string;
  readonly owner?: boolean;
  readonly orphanRemoval?: boolean;
  readonly pivotEntity?: string;
  readonly joinColumns?: readonly string[];
  readonly inverseJoinColumns?: readonly string[];
}

export interface ChangeSet {
  readonly meta: Meta;
  readonly entity: { readonly __helper: { readonly __originalEntityData?: Data; readonly __initialized: boolean } };
  readonly payload: Data;
  readonly originalEntity?: Data;
  readonly schema?: string;
  getPrimaryKey(asObject: true): Data;
}

export interface Collection {
  readonly owner: Item;
  readonly property: Property;
  getSnapshot(): readonly Item[] | undefined;
  getItems(check: false): readonly Item[];
}

export interface Item {
  readonly __helper: { readonly __meta: Meta; getPrimaryKeys(convert: true): readonly unknown[] };
}

/** What a statement gives. */
export interface Result {
  readonly affectedRows?: number;
  readonly insertId?: unknown;
  readonly row?: Data;
  readonly rows?: readonly Data[];
}
