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
}

export const DEFAULTS = Object.freeze({
  ...PLACE_DEFAULTS,
  name: 'postgres',
  migrations: 'check' as const,
  concurrency: 1,
});

export interface ResolvedOptions {
  readonly name: string;
  readonly migrations: 'check' | 'apply';
  readonly concurrency: number;
  readonly place: PostgresPlace;
}

/** @throws AuditError `AUDIT_OPTION_INVALID` */
export function resolveOptions(options: PostgresSinkOptions): ResolvedOptions {
  checkOptions('postgresSink', options, {
    ...placeChecks,
    name: is.text,
    migrations: is.oneOf('check', 'apply'),
    concurrency: is.integer(1, 4),
  });
  checkPlace('postgresSink', options);
  const { pool, connectionString, schema, table } = options;
  return Object.freeze({
    name: options.name ?? DEFAULTS.name,
    migrations: options.migrations ?? DEFAULTS.migrations,
    concurrency: options.concurrency ?? DEFAULTS.concurrency,
    place: Object.freeze({ pool, connectionString, schema, table }),
  });
}
