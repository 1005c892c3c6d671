import { checkOptions, is } from '@whodunit/core';
import { connect } from './connect.js';
import type { PostgresDatabase } from './database.js';
import { checkPlace, type Names, namesOf, type PostgresPlace, placeChecks } from './place.js';
import { MIGRATIONS } from './sql/index.js';

/** What `migrate` is told: the same place as the sink's, with a user who may create tables. */
export interface MigrateOptions extends PostgresPlace {
  /**
   * A role, usually the application's, that may insert and select events from now on, and nothing else. It must exist.
   * Other rights on the table are taken from it. @default none
   */
  readonly role?: string | undefined;
}

/** Two numbers name the lock in Postgres: the first is ours ("whod"), the second is the schema's. */
const LOCK = 0x77686f64;

/**
 * Brings the tables to the version of this package; what is already there stays untouched. Safe when several processes
 * start at once: one works, the others wait. Each migration is one transaction. Needs a role that may create a schema.
 *
 * @returns the version that the tables now have
 * @throws AuditError `AUDIT_OPTION_INVALID`; anything else is the database's own error
 */
export async function migrate(options: MigrateOptions): Promise<number> {
  checkOptions('migrate', options, { ...placeChecks, role: is.text });
  checkPlace('migrate', options);
  const { database, close } = await connect(options, 1);
  const names = namesOf(options);
  try {
    await applyMigrations(database, names);
    const statements = options.role === undefined ? [] : grants(names, options.role);
    for (const statement of statements) await database.query(statement);
    return await schemaVersion(database, names);
  } finally {
    await close();
  }
}

export async function applyMigrations(database: PostgresDatabase, names: Names): Promise<void> {
  // One DO block is one statement and one transaction on whichever connection a pool picks.
  await database.query(locked(names, prepare(names)));
  for (const [index, migration] of MIGRATIONS.entries()) {
    await database.query(locked(names, unlessApplied(names, index + 1, migration(names))));
  }
}

/** 0 when the tables are not there. */
export async function schemaVersion(database: PostgresDatabase, names: Names): Promise<number> {
  if ((await value(database, 'SELECT to_regclass($1) IS NOT NULL AS value', [names.migrations])) !== true) return 0;
  const text = `SELECT coalesce(max(version), 0)::int AS value FROM ${names.migrations} WHERE table_name = $1`;
  return Number(await value(database, text, [names.bare.table]));
}

async function value(database: PostgresDatabase, text: string, values: unknown[]): Promise<unknown> {
  const { rows } = await database.query(text, values);
  const [row] = rows;
  return typeof row === 'object' && row !== null && 'value' in row ? row.value : undefined;
}

function locked({ bare }: Names, body: string): string {
  return `DO $whodunit$ BEGIN\nPERFORM pg_advisory_xact_lock(${LOCK}, hashtext('${bare.schema}'));\n${body}\nEND $whodunit$`;
}

/**
 * Looks before it creates: `IF NOT EXISTS` asks for the right to create even when there is nothing to do. Looks into the
 * tables of the catalog: what `to_regclass` remembers may be older than the wait for the lock.
 */
function prepare({ schema, migrations, bare }: Names): string {
  return `IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${bare.schema}') THEN
  CREATE SCHEMA ${schema};
END IF;
IF NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = '${bare.schema}' AND tablename = 'migrations') THEN
  CREATE TABLE ${migrations} (
    table_name text NOT NULL,
    version int NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (table_name, version)
  );
END IF;`;
}

function unlessApplied({ migrations, bare }: Names, version: number, body: string): string {
  return `IF NOT EXISTS (SELECT FROM ${migrations} WHERE table_name = '${bare.table}' AND version = ${version}) THEN
${body}
INSERT INTO ${migrations} (table_name, version) VALUES ('${bare.table}', ${version});
END IF;`;
}

function grants({ schema, table, sibling, migrations }: Names, role: string): readonly string[] {
  const to = `"${role.replaceAll('"', '""')}"`;
  return [
    `REVOKE ALL ON ${table} FROM ${to}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${to}`,
    `GRANT INSERT, SELECT ON ${table} TO ${to}`,
    `GRANT SELECT ON ${migrations} TO ${to}`,
    `GRANT INSERT, SELECT, UPDATE, DELETE ON ${sibling('outbox')} TO ${to}`,
    `GRANT EXECUTE ON FUNCTION ${sibling('ensure_partition')}(timestamptz) TO ${to}`,
  ];
}
