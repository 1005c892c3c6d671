/**
 * The smallest part of TypeORM that is used here, the same in 0.3 and in 1. Members that TypeORM declares as protected are
 * its own extension points between query builders; where one is missing, the state before cannot be read, and events say so.
 */

/** A data source, as far as `auditTypeorm` needs to know it. */
export interface AuditableDataSource {
  readonly options: { readonly type: string };
  readonly isInitialized: boolean;
}

export interface Source {
  readonly options: {
    readonly type: string;
    readonly migrationsTableName?: string;
    readonly cache?: boolean | { readonly tableName?: string };
  };
  readonly driver: Driver;
  readonly entityMetadatas: readonly Metadata[];
  readonly subscribers: readonly { readonly afterLoad?: unknown; listenTo?(): unknown }[];
  readonly metadataTableName?: string;
  createQueryBuilder(...of: readonly unknown[]): Builder;
  createQueryRunner(mode?: string): Runner;
}

interface Driver {
  readonly spatialTypes?: readonly unknown[];
  escape(name: string): string;
  prepareHydratedValue(value: unknown, column: Column): unknown;
  preparePersistentValue(value: unknown, column: Column): unknown;
}

export interface Metadata {
  readonly name: string;
  readonly target: unknown;
  readonly tableName: string;
  readonly tablePath: string;
  readonly tableType: string;
  readonly isJunction: boolean;
  readonly columns: readonly Column[];
  readonly primaryColumns: readonly Column[];
  readonly ownerColumns: readonly Column[];
  readonly inverseColumns: readonly Column[];
  readonly relations: readonly Relation[];
  readonly uniques: readonly { readonly name: string; readonly columns: readonly Column[] }[];
  readonly indices: readonly {
    readonly name: string;
    readonly isUnique: boolean;
    readonly columns: readonly Column[];
  }[];
  readonly deleteDateColumn?: Column;
  readonly nestedSetLeftColumn?: Column;
  readonly afterLoadListeners: readonly unknown[];
}

export interface Relation {
  readonly propertyName: string;
  readonly propertyPath: string;
  readonly isOwning: boolean;
  readonly junctionEntityMetadata?: Metadata;
}

export interface Column {
  readonly type: unknown;
  readonly target: unknown;
  readonly propertyName: string;
  readonly propertyPath: string;
  readonly databaseName: string;
  readonly entityMetadata: Metadata;
  readonly embeddedMetadata?: object;
  readonly relationMetadata?: Relation;
  readonly referencedColumn?: Column;
  readonly transformer?: unknown;
  readonly isPrimary: boolean;
  readonly isVirtual: boolean;
  readonly isVirtualProperty: boolean;
  readonly isSelect: boolean;
  readonly isInsert: boolean;
  readonly isUpdate: boolean;
  readonly isUpdateDate: boolean;
  readonly isVersion: boolean;
  readonly isNestedSetLeft: boolean;
  readonly isNestedSetRight: boolean;
  readonly isMaterializedPath: boolean;
  readonly isTreeLevel: boolean;
  getEntityValue(entity: unknown, transform?: boolean): unknown;
}

/** A condition of a builder: text, a list, or an operator with what it compares. */
export type Condition =
  | string
  | readonly Clause[]
  | { readonly operator: string; readonly parameters?: readonly string[]; readonly condition?: Condition };

export interface Clause {
  readonly type: 'simple' | 'and' | 'or';
  readonly condition: Condition;
}

export interface Builder {
  queryRunner?: Runner | undefined;
  readonly expressionMap: {
    readonly queryType: string;
    readonly mainAlias?: { readonly hasMetadata: boolean; readonly metadata: Metadata; readonly tablePath?: string };
    readonly wheres: readonly Clause[];
    readonly whereEntities: readonly unknown[];
    readonly valuesSet?: unknown;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly callListeners: boolean;
    readonly useTransaction: boolean;
    readonly insertFromSelect?: unknown;
    readonly onConflict?: string;
    readonly onIgnore?: unknown;
    readonly onUpdate?: { readonly conflict?: string | readonly string[] };
    readonly limit?: number;
    orderBys: unknown;
    commonTableExpressions: unknown;
  };
  execute(): Promise<unknown>;
  getParameters(): Record<string, unknown>;
  getQueryAndParameters(): [sql: string, parameters: unknown[]];
  createReturningExpression(type: string): string;
  createWhereExpression(): string;
  replacePropertyNamesForTheWholeQuery(sql: string): string;
  select(selection: string, alias?: string): Builder;
  addSelect(selection: string, alias?: string): Builder;
  from(target: unknown, alias: string): Builder;
  where(condition: string): Builder;
  setParameters(parameters: object): Builder;
  withDeleted(): Builder;
  limit(count: number): Builder;
  setLock(mode: string): Builder;
  getRawMany(): Promise<Raw[]>;
}

/** A row as the driver gives it, by the aliases that its columns were asked for. */
export type Raw = Record<string, unknown>;

export interface Runner {
  readonly manager: { createQueryBuilder(): Builder };
  readonly broadcaster: object;
  readonly isReleased: boolean;
  readonly isTransactionActive: boolean;
  readonly transactionDepth?: number;
  query(sql: string, parameters?: unknown[], isStructured?: boolean): Promise<unknown>;
  startTransaction(isolation?: unknown): Promise<void>;
  commitTransaction(): Promise<void>;
  rollbackTransaction(): Promise<void>;
  clearTable(table: string, ...more: readonly unknown[]): Promise<void>;
  release(): Promise<void>;
}
