import { type AuditError, type AuditEvent, type Auditor, createAuditor } from '@whodunit/core';
import type { WriteOptions } from '@whodunit/core/writes';
import { migrate, postgresSink } from '@whodunit/sink-postgres';
import { createTestDatabase, dropTestDatabase } from '@whodunit/test-support/postgres';
import { type MemorySink, memorySink } from '@whodunit/testing';
import pg from 'pg';
import type { Orm, Verbs } from './contract';
import { SCHEMA } from './schema';

/** A database, an auditor and an ORM between them. */
export interface World {
  readonly verbs: Verbs;
  readonly auditor: Auditor;
  readonly sink: MemorySink;
  readonly errors: AuditError[];
  /** Everything that was recorded since it was asked last. */
  told(): Promise<AuditEvent[]>;
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Statements that the application's connections sent while this ran. */
  queriesOf(work: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

/** @param sinks what the auditor has besides its memory; `outbox`: the events are kept in the same database too, and written in its transactions */
export async function worldOf(
  orm: Orm,
  options: WriteOptions | 'not audited' = {},
  sinks: 'memory' | 'outbox' = 'memory',
): Promise<World> {
  const url = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: url });
  await pool.query(SCHEMA);
  const sink = memorySink();
  const errors: AuditError[] = [];
  if (sinks === 'outbox') await migrate({ pool });
  const auditor = createAuditor({
    sinks: sinks === 'outbox' ? [postgresSink({ pool, transactional: true }), sink] : [sink],
    onError: (error) => errors.push(error),
  });
  const session = await orm.connect(url, options === 'not audited' ? options : { auditor, ...options });
  return {
    verbs: session.verbs,
    auditor,
    sink,
    errors,
    async told() {
      await auditor.flush();
      const events = [...sink.events];
      sink.clear();
      return events;
    },
    sql: async (text, values = []) => (await pool.query(text, [...values])).rows,
    queriesOf: (work) => countQueries(work),
    async close() {
      await session.close();
      await auditor.close();
      await pool.end();
      await dropTestDatabase(url);
    },
  };
}

/** Counts what is sent by the driver that all the ORMs use. */
async function countQueries(work: () => Promise<unknown>): Promise<number> {
  const { query } = pg.Client.prototype;
  let count = 0;
  pg.Client.prototype.query = function (this: pg.Client, ...args: never[]) {
    count += 1;
    return Reflect.apply(query, this, args);
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return count;
}
