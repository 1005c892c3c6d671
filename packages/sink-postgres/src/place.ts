import { AuditError, type Check, is } from '@whodunit/core';
import type { PostgresDatabase } from './database.js';

/** Where the events are: which database, and which table in it. */
export interface PostgresPlace {
  /**
   * A `pg` pool or client, or any object with the same `query` (PGlite). It stays yours: it is never closed. A pool is
   * better than a client: a write that takes too long can then be given up.
   */
  readonly pool?: PostgresDatabase | undefined;
  /** Instead of `pool`: a connection string. Needs the package `pg`; the connections are closed by `close`. */
  readonly connectionString?: string | undefined;
  /** Letters, digits and underscores, at most 40. @default 'whodunit' */
  readonly schema?: string | undefined;
  /** Letters, digits and underscores, at most 40. @default 'events' */
  readonly table?: string | undefined;
}

export const PLACE_DEFAULTS = Object.freeze({ schema: 'whodunit', table: 'events' });

/** A part of a name that we add to (`events_2026_11_truncate`) must stay below the 63 bytes of a Postgres name. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;

const name: Check = (value) =>
  typeof value === 'string' && NAME.test(value) ? undefined : 'a name of at most 40 letters, digits and underscores';

const database: Check = (value) =>
  typeof value === 'object' && value !== null && 'query' in value && typeof value.query === 'function'
    ? undefined
    : 'a pg pool or client, or another object with `query`';

/** The checks of `PostgresPlace`, to spread among those of an options object. */
export const placeChecks = { pool: database, connectionString: is.text, schema: name, table: name };

/** @throws AuditError `AUDIT_OPTION_INVALID` when there is no database, or two */
export function checkPlace(where: string, place: PostgresPlace): void {
  if ((place.pool === undefined) !== (place.connectionString === undefined)) return;
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    place.pool === undefined
      ? `${where}: there is no database. Give \`pool\`, or a \`connectionString\` (is the environment variable set?).`
      : `${where}: there are two databases. Give either \`pool\` or \`connectionString\`.`,
  );
}

/** The names in SQL, quoted: they are safe to stand in a statement, and keep their case. */
export interface Names {
  /** `"whodunit"` */
  readonly schema: string;
  /** `"whodunit"."events"` */
  readonly table: string;
  /** `"whodunit"."events_<suffix>"` */
  readonly sibling: (suffix: string) => string;
  /** `"whodunit"."migrations"`, shared by all tables of a schema. */
  readonly migrations: string;
  /** Without quotes, to compare with, as a parameter or a literal (there is nothing to escape in it). */
  readonly bare: { readonly schema: string; readonly table: string };
}

export function namesOf(place: PostgresPlace): Names {
  const schema = place.schema ?? PLACE_DEFAULTS.schema;
  const table = place.table ?? PLACE_DEFAULTS.table;
  return {
    schema: `"${schema}"`,
    table: `"${schema}"."${table}"`,
    sibling: (suffix) => `"${schema}"."${table}_${suffix}"`,
    migrations: `"${schema}"."migrations"`,
    bare: { schema, table },
  };
}
