import { AuditError } from '@whodunit/core';
import type { PostgresDatabase } from './database.js';
import type { PostgresPlace } from './place.js';

/** A database, and how to let go of it. Closing does nothing to a pool that the application owns. */
export interface Connection {
  readonly database: PostgresDatabase;
  close(): Promise<void>;
}

interface OwnPool extends PostgresDatabase {
  on(event: 'error', listener: () => void): unknown;
  end(): Promise<void>;
}

/** What is used of the package `pg`. */
interface PgModule {
  readonly Pool: new (options: {
    connectionString: string;
    max: number;
    application_name: string;
    connectionTimeoutMillis: number;
    keepAlive: boolean;
    allowExitOnIdle: boolean;
  }) => OwnPool;
}

/** Shorter than the time that dispatch gives a write, so that the reason reaches the report. */
const CONNECT_TIMEOUT_MS = 5_000;

/** The pool that was given, or one made from the connection string with at most `connections` connections. */
export async function connect(place: PostgresPlace, connections: number): Promise<Connection> {
  if (place.pool !== undefined) return { database: place.pool, close: async () => undefined };
  const { Pool } = await loadPg();
  const pool = new Pool({
    connectionString: place.connectionString ?? '',
    max: connections,
    application_name: 'whodunit',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // An idle connection that breaks is the next statement's to report; without a listener it would end the process.
  pool.on('error', () => undefined);
  return { database: pool, close: () => pool.end() };
}

async function loadPg(): Promise<PgModule> {
  try {
    // `import()` in CommonJS does not work under Jest; `require` does not exist in an ES module.
    if (typeof require === 'function') return require('pg') as PgModule;
    const { default: pg } = await import('pg');
    return pg;
  } catch (cause) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'postgresSink: `connectionString` needs the package `pg`, which could not be loaded. Run `npm install pg`, or give a `pool`.',
      { cause },
    );
  }
}
