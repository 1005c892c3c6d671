import { betterAudit } from '@usebetterdev/audit';
import { drizzleAuditAdapter, withAuditProxy } from '@usebetterdev/audit-drizzle';
import { createAuditor } from '@whodunit/core';
import { auditDrizzle } from '@whodunit/drizzle';
import { migrate, postgresSink } from '@whodunit/sink-postgres';
import { startPostgres } from '@whodunit/test-support/postgres';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { ROOM, SERVICE } from './sample.mjs';

export const people = pgTable('people', {
  id: serial('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email'),
  age: integer('age'),
  state: text('state'),
  city: text('city'),
  updatedAt: timestamp('updated_at', { withTimezone: true }),
});

const TABLE = `CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL, email text, age int, state text, city text, updated_at timestamptz)`;
const PEER = `CREATE TABLE audit_logs (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), timestamp timestamptz NOT NULL DEFAULT now(),
  table_name text NOT NULL, operation text NOT NULL, record_id text NOT NULL, actor_id text, before_data jsonb, after_data jsonb,
  diff jsonb, label text, description text, severity text, compliance jsonb, notify boolean, reason text, metadata jsonb,
  redacted_fields jsonb)`;

/** One Postgres, and in it a table of people for each way to write to them with Drizzle. */
export async function withPeople(names, rows, work) {
  const server = await startPostgres();
  const ends = [];
  try {
    const ways = {};
    for (const name of names) {
      const pool = new pg.Pool({ connectionString: await server.createDatabase(), max: 4 });
      pool.on('error', () => undefined);
      ends.push(() => pool.end());
      await pool.query(TABLE);
      await pool.query(
        `INSERT INTO people (name, email, age, state, city) SELECT 'Person ' || i, 'p' || i || '@example.org', 40, 'new', 'Rome' FROM generate_series(1, ${rows}) i`,
      );
      await pool.query('VACUUM ANALYZE people');
      ways[name] = await WAYS[name.replace(/ .*/, '')](pool, ends);
    }
    return await work(ways);
  } finally {
    for (const end of ends.reverse()) await end();
    await server.stop();
  }
}

const WAYS = {
  bare: async (pool) => ({ pool, db: drizzle(pool), flush: async () => undefined }),
  again: async (pool) => ({ pool, db: drizzle(pool), flush: async () => undefined }),
  async peer(pool) {
    await pool.query(PEER);
    const db = drizzle(pool);
    const audit = betterAudit({ database: drizzleAuditAdapter(db), auditTables: ['people'] });
    return { pool, db: withAuditProxy(db, audit.captureLog), flush: async () => undefined };
  },
  own: (pool, ends) => audited(pool, ends, {}),
  summary: (pool, ends) => audited(pool, ends, { bulk: { level: 'summary' } }),
};

/** Events go to a table of the same database, as the peer's do. */
async function audited(pool, ends, options) {
  await migrate({ pool });
  const auditor = createAuditor({ service: SERVICE, journal: ROOM, sinks: [postgresSink({ pool })] });
  ends.push(() => auditor.close());
  return { pool, db: auditDrizzle(drizzle(pool), { auditor, ...options }), flush: () => auditor.flush() };
}
