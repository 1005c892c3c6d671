import { AuditError, type Auditor, type Check, checkOptions, is } from '@whodunit/core';
import type { ModelOptions } from '@whodunit/core/writes';

/** Which tables are audited: the one place from which triggers are made, checked, and read. */
export interface TriggerRegistry {
  /** By name, with its schema where that is not `public`: `people`, `billing.invoices`. */
  readonly tables: Readonly<Record<string, TableOptions>>;
  /** Where the functions and the rows that wait are. @default 'whodunit' */
  readonly schema?: string | undefined;
  /** A statement that changes more rows is told as one: how many, and the first keys. @default 1000 */
  readonly maxRows?: number | undefined;
}

/** What may be known of one table. Fields that are dropped never leave the table. */
export interface TableOptions extends ModelOptions {
  /** Columns of the primary key, in their order. @default ['id'] */
  readonly key?: readonly string[] | undefined;
}

/** What is used of a `pg` pool. */
export interface PgPool {
  connect(): Promise<PgClient>;
}

/** What is used of a `pg` client. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  release(destroy?: boolean): void;
}

/** What `pgTriggers` is told. */
export interface PgTriggersOptions extends TriggerRegistry {
  readonly pool: PgPool;
  /** One of its sinks must be `postgresSink({ transactional: true })` on the same database. */
  readonly auditor: Auditor;
  /** How often what triggers have told is looked for. @default 1000 */
  readonly pollIntervalMs?: number | undefined;
}

/** One table, complete. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** As it is called in events and messages: without the schema where that is `public`. */
  readonly label: string;
  readonly key: readonly string[];
  readonly dropped: readonly string[];
  readonly options: ModelOptions;
}

/** The registry, complete and frozen. */
export interface Registry {
  readonly schema: string;
  readonly maxRows: number;
  readonly tables: readonly Table[];
}

/** What Postgres takes between double quotes, but for these; no need to escape. */
const NAME = /^[^"\u0000'\\]{1,63}$/;

const tableChecks: Readonly<Record<keyof TableOptions, Check>> = {
  key: is.listOf(is.text),
  type: is.text,
  name: is.text,
  fields: is.object,
  join: is.object,
};

export const registryChecks: Readonly<Record<keyof TriggerRegistry, Check>> = {
  tables: is.object,
  schema: is.text,
  maxRows: is.integer(1, 1_000_000),
};

/** @throws AuditError `AUDIT_OPTION_INVALID`, naming the option and the fix */
export function resolveRegistry(where: string, registry: TriggerRegistry): Registry {
  const { maxRows = 1_000, schema = 'whodunit', tables = {} } = registry;
  const names = Object.keys(tables);
  if (names.length === 0) throw invalid(`${where}: \`tables\` names no table. Name those that are to be audited.`);
  return Object.freeze({
    schema: named(`${where}.schema`, schema),
    maxRows,
    tables: names.map((name) => tableOf(`${where}.tables.${name}`, name, tables[name] ?? {})),
  });
}

function tableOf(where: string, name: string, options: TableOptions): Table {
  checkOptions(where, options, tableChecks);
  const { key = ['id'], ...model } = options;
  const at = name.indexOf('.');
  const schema = named(where, at < 0 ? 'public' : name.slice(0, at));
  const bare = named(where, name.slice(at + 1));
  for (const column of key) named(`${where}.key`, column);
  const dropped = Object.entries(options.fields ?? {}).flatMap(([field, given]) =>
    (typeof given === 'string' ? given : given.policy) === 'drop' ? [named(`${where}.fields`, field)] : [],
  );
  return { schema, name: bare, label: schema === 'public' ? bare : `${schema}.${bare}`, key, dropped, options: model };
}

function named(where: string, name: string): string {
  if (NAME.test(name)) return name;
  throw invalid(
    `${where}: \`${name.slice(0, 80)}\` is no name of a table or column. Quotes and backslashes are refused.`,
  );
}

function invalid(message: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', message);
}
