import { checkOptions, is } from '@whodunit/core';
import { checkPlace, PLACE_DEFAULTS, type PostgresPlace, placeChecks } from './place.js';

/** What `postgresSink` is told: a database, by `pool` or by `connectionString`, and nothing else that must be said. */
export interface PostgresSinkOptions extends PostgresPlace {
  /** Appears in errors, statistics and metrics. @default 'postgres' */
  readonly name?: string | undefined;
  /**
   * `check`: opening fails, and says what to do, when the tables are missing or older than this package. `apply`:
   * opening migrates first; the user then needs the right to create tables. @default 'check'
   */
  readonly migrations?: 'check' | 'apply' | undefined;
  /**
   * Batches in flight at once, 1 to 4, each on a connection of its own. More than 1 stores faster, and gives up the order
   * between batches. @default 1
   */
  readonly concurrency?: number | undefined;
  /**
   * ORM packages write what a transaction of the application changed in that very transaction, into an outbox beside the
   * events, which must be in the application's own database. From there it goes to every sink, once it is committed: nothing
   * is lost when the process dies in between. Writes outside of a transaction get one. @default false
   */
  readonly transactional?: boolean | undefined;
}

export const DEFAULTS = Object.freeze({
  ...PLACE_DEFAULTS,
  name: 'postgres',
  migrations: 'check' as const,
  concurrency: 1,
  transactional: false,
});

export interface ResolvedOptions {
  readonly name: string;
  readonly migrations: 'check' | 'apply';
  readonly concurrency: number;
  readonly transactional: boolean;
  readonly place: PostgresPlace;
}

/** @throws AuditError `AUDIT_OPTION_INVALID` */
export function resolveOptions(options: PostgresSinkOptions): ResolvedOptions {
  checkOptions('postgresSink', options, {
    ...placeChecks,
    name: is.text,
    migrations: is.oneOf('check', 'apply'),
    concurrency: is.integer(1, 4),
    transactional: is.boolean,
  });
  checkPlace('postgresSink', options);
  const { pool, connectionString, schema, table } = options;
  return Object.freeze({
    name: options.name ?? DEFAULTS.name,
    migrations: options.migrations ?? DEFAULTS.migrations,
    concurrency: options.concurrency ?? DEFAULTS.concurrency,
    transactional: options.transactional ?? DEFAULTS.transactional,
    place: Object.freeze({ pool, connectionString, schema, table }),
  });
}
