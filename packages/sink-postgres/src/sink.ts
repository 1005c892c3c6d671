import { type Delivery, type SealedLine, type Sink, SinkError, sealedLine } from '@whodunit/core';
import { type Connection, connect } from './connect.js';
import { abortedError, withConnection } from './database.js';
import { sinkError } from './errors.js';
import { insertEvents, statementsOf } from './insert.js';
import { applyMigrations, schemaVersion } from './migrate.js';
import { monthsOf } from './months.js';
import { type PostgresSinkOptions, resolveOptions } from './options.js';
import { postgresOutbox } from './outbox.js';
import { namesOf } from './place.js';
import { MIGRATIONS } from './sql/index.js';

/**
 * Stores events in Postgres: one statement per batch, so all of it or nothing. Idempotent: an event that is there already
 * is left alone, and one that differs under the same id is an `AUDIT_SINK_CONFLICT`. A write resolves when Postgres has
 * committed, as durably as its `synchronous_commit` says (`on` by default: on disk).
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function postgresSink(options: PostgresSinkOptions): Sink {
  const { name, migrations, concurrency, place, transactional } = resolveOptions(options);
  const names = namesOf(place);
  const statements = statementsOf(names);
  const months = monthsOf(names);
  let connected: Promise<Connection> | undefined;
  let closed = false;

  async function database() {
    if (closed) throw closedError(name);
    // One connection more than there are writes: to cancel a statement that was given up.
    connected ??= connect(place, concurrency + 1);
    return (await connected).database;
  }

  async function writeLines(lines: readonly SealedLine[], { signal }: Delivery): Promise<void> {
    try {
      const db = await database();
      if (lines.length === 0) return;
      if (signal.aborted) throw abortedError();
      await withConnection(db, signal, async (connection) => {
        await months.ensureFor(connection, lines);
        await insertEvents(connection, statements, lines);
      });
    } catch (error) {
      throw sinkError(name, error);
    }
  }

  return {
    name,
    idempotent: true,
    concurrency,
    ...(transactional ? { outbox: postgresOutbox(database, names) } : {}),

    async open() {
      try {
        const db = await database();
        if (migrations === 'apply') await applyMigrations(db, names);
        const version = await schemaVersion(db, names);
        // A newer version is fine: another process of a newer release migrated, and migrations only add.
        if (version < MIGRATIONS.length) throw outdatedError(name, names.table, version);
        await months.ensureAhead(db);
      } catch (error) {
        throw sinkError(name, error);
      }
    },

    write: (events, delivery) => writeLines(events.map(sealedLine), delivery),

    writeLines,

    async close() {
      if (closed) return;
      closed = true;
      // Had connecting failed, there would be nothing to close.
      await connected?.then(
        (connection) => connection.close(),
        () => undefined,
      );
    },
  };
}

function closedError(name: string): SinkError {
  return new SinkError(`sink \`${name}\` is closed. Make a new one with postgresSink().`, {
    kind: 'gone',
    code: 'AUDIT_CLOSED',
  });
}

function outdatedError(name: string, table: string, version: number): SinkError {
  const found = version === 0 ? `there is no table ${table}` : `the table ${table} has version ${version}`;
  return new SinkError(
    `sink \`${name}\`: ${found}, and version ${MIGRATIONS.length} is needed. Run \`await migrate({ pool })\` once, as a user who may create tables, or set \`migrations: 'apply'\`.`,
    { kind: 'endpoint' },
  );
}
