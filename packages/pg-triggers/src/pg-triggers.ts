import { AuditError, checkOptions, is } from '@whodunit/core';
import { captureWrites, type DatabaseRow, databaseRows, type Model } from '@whodunit/core/writes';
import { problemsOf } from './check.js';
import { type PgClient, type PgTriggersOptions, registryChecks, resolveRegistry, type Table } from './options.js';
import { type ColumnTypes, rowOf, type Waiting } from './rows.js';
import { waitingName } from './sql.js';

/** Changes that are taken with one transaction. */
const MAX_ROWS = 2_000;

/** One process takes at a time; the others find nothing to do. "whod" and "rows". */
const LOCK = '2003304292, 1919906675';

/** What brings what triggers told into the trail. */
export interface PgTriggers {
  /**
   * Checks that every table of the registry has its triggers, as this version makes them, and begins to bring their changes.
   *
   * @throws AuditError `AUDIT_OPTION_INVALID` when one has not: it names the tables, and what to run
   */
  open(): Promise<void>;
  /** Resolves when every change that was committed before is in the outbox. */
  drain(): Promise<void>;
  /** Takes nothing more. Twice is safe. */
  close(): Promise<void>;
}

/**
 * Brings the changes that triggers have told into the trail, of any program that writes to the database: takes them out of
 * the table in which they wait and puts their events into the outbox in one and the same transaction, so that each becomes
 * exactly one event. Any number of processes may do so.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function pgTriggers(options: PgTriggersOptions): PgTriggers {
  const { auditor, pollIntervalMs = 1_000, pool, ...registry } = options;
  checkOptions('pgTriggers', options, {
    ...registryChecks,
    pool: is.object,
    auditor: is.object,
    pollIntervalMs: is.integer(10, 3_600_000),
  });
  const resolved = resolveRegistry('pgTriggers', registry);
  const models = Object.fromEntries(resolved.tables.map(({ label, options: model }) => [label, model]));
  const writes = captureWrites('pg-triggers', 'pgTriggers', { auditor, models });
  const tables = new Map(resolved.tables.map((table) => [table.label, known(table)]));
  const rows = databaseRows('pg-triggers', auditor);
  let timer: NodeJS.Timeout | undefined;
  let taking: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  function known(table: Table) {
    return { table, model: writes.model({ name: table.label, key: table.key }) as Model };
  }

  /** @returns how many changes were taken */
  async function take(): Promise<number> {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const { rows: free } = await client.query(`SELECT pg_try_advisory_xact_lock(${LOCK}) AS free`);
      const mine = (free[0] as { readonly free?: unknown } | undefined)?.free === true;
      const taken = mine ? ((await client.query(TAKE(waitingName(resolved)))).rows as readonly Waiting[]) : [];
      if (taken.length > 0)
        await rows.store((sql, values) => client.query(sql, [...values]), await toldBy(client, taken));
      await client.query('COMMIT');
      client.release();
      if (taken.length > 0) rows.stored();
      return taken.length;
    } catch (error) {
      // The lock must be free before anybody else looks, not when the server sees that the connection is gone.
      await client.query('ROLLBACK').catch(() => undefined);
      client.release(true);
      throw error;
    }
  }

  async function toldBy(client: PgClient, taken: readonly Waiting[]): Promise<DatabaseRow[]> {
    const types = new Map<string, ColumnTypes>();
    const told: DatabaseRow[] = [];
    for (const waiting of taken) {
      const { table, model } = tables.get(waiting.source) ?? known(unknownTable(waiting.source));
      const ofTable = types.get(table.label) ?? (await columnTypes(client, table));
      types.set(table.label, ofTable);
      told.push(rowOf(waiting, model, ofTable));
    }
    return told;
  }

  const takeAll = async (): Promise<void> => {
    while (!isClosed && (await take()) === MAX_ROWS);
  };

  const turn = (): void => {
    taking = takeAll()
      .catch((cause) => {
        const message =
          'What triggers have told could not be taken; it waits in its table and is tried again. See `cause`.';
        rows.failed(new AuditError('AUDIT_SINK_FAILED', message, { cause }));
      })
      .finally(() => {
        if (isClosed) return;
        timer = setTimeout(turn, pollIntervalMs);
        timer.unref();
      });
  };

  return {
    async open() {
      const client = await pool.connect();
      const problems = await problemsOf(client, resolved).finally(() => client.release());
      if (problems.length > 0) {
        const list = problems.map(({ problem, table }) => `${table} (${problem})`).join(', ');
        throw new AuditError(
          'AUDIT_OPTION_INVALID',
          `pgTriggers: the triggers of these tables are not as the registry says: ${list}. Run what \`whodunit-pg triggers\` prints.`,
        );
      }
      turn();
    },
    async drain() {
      await taking;
      await takeAll();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await taking;
    },
  };
}

/** A table that is no longer in the registry may have left changes. */
function unknownTable(label: string): Table {
  return { schema: 'public', name: label, label, key: ['id'], dropped: [], options: {} };
}

async function columnTypes(client: PgClient, { name, schema }: Table): Promise<ColumnTypes> {
  const { rows } = await client.query(TYPES, [schema, name]);
  return new Map((rows as readonly { name: string; type: string }[]).map(({ name: column, type }) => [column, type]));
}

const TYPES = `SELECT a.attname AS name, t.typname AS type FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
AND t.typname IN ('float4', 'float8', 'bytea', 'timestamptz')`;

/** Numbers that a reader of JSON may round come as text. */
const exact = (column: string): string => `(SELECT jsonb_object_agg(key, CASE
  WHEN jsonb_typeof(value) = 'number' AND (length(value::text) > 15 OR value::text ~ '[.eE]') THEN to_jsonb(value::text)
  ELSE value END) FROM jsonb_each(taken.${column})) AS ${column}`;

const TAKE = (table: string): string => `WITH taken AS (
  DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} ORDER BY id LIMIT ${MAX_ROWS} FOR UPDATE SKIP LOCKED) RETURNING *
) SELECT tx::text, (extract(epoch FROM at) * 1000)::float8 AS at, source, op, ${exact('old')}, ${exact('new')}, bulk, context
FROM taken ORDER BY id`;
