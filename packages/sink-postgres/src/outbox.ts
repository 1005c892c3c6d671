import { randomUUID } from 'node:crypto';
import type { Claimed, Outbox, Query, SealedLine, UnsealedLine } from '@whodunit/core';
import type { PostgresDatabase } from './database.js';
import type { Names } from './place.js';

/** A process that has not delivered what it claimed in this time, nor said that it still lives, is taken for dead. */
const LEASE_MS = 30_000;

/**
 * The outbox in a table beside that of the events. Every method is one statement, which is one transaction by itself: it
 * works with any pool, through any pooler. Rows are claimed where nobody else has them locked or claimed, whatever their
 * order, so that a transaction that commits late is not passed over.
 */
export function postgresOutbox(database: () => Promise<PostgresDatabase>, names: Names): Outbox {
  const table = names.sibling('outbox');
  const statements = statementsFor(table);
  /** This process, as the others know it. */
  const claim = randomUUID();
  const until = `${LEASE_MS} milliseconds`;

  const run = async (text: string, values: unknown[]): Promise<readonly Record<string, unknown>[]> => {
    const { rows } = await (await database()).query(text, values);
    return rows as readonly Record<string, unknown>[];
  };

  return {
    leaseMs: LEASE_MS,
    async store(query: Query, lines: readonly UnsealedLine[]) {
      await query(statements.store, [lines.map(({ id }) => id).join('\n'), lines.map(({ line }) => line).join('\n')]);
    },
    async claim(limit): Promise<readonly Claimed[]> {
      const rows = await run(statements.claim, [limit, claim, until]);
      return rows
        .map((row) => ({
          id: String(row['id']),
          line: String(row['line'] ?? row['event']),
          isSealed: row['line'] !== null,
        }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async seal(lines: readonly SealedLine[]) {
      const values = [lines.map(({ id }) => id).join('\n'), lines.map(({ line }) => line).join('\n'), claim];
      return new Set((await run(statements.seal, values)).map((row) => String(row['id'])));
    },
    async extend(ids) {
      await run(statements.extend, [ids.join('\n'), claim, until]);
    },
    async remove(ids) {
      await run(statements.remove, [ids.join('\n')]);
    },
    async release(ids) {
      await run(statements.release, [ids.join('\n'), claim]);
    },
  };
}

/** Lists travel as one text each: whatever the application's ORM sends its parameters with knows texts. */
function statementsFor(table: string) {
  const ids = (parameter: string) => `string_to_array(${parameter}, E'\\n')::uuid[]`;
  return {
    store: `INSERT INTO ${table} (id, event)
SELECT * FROM unnest(${ids('$1::text')}, string_to_array($2::text, E'\\n'))`,
    claim: `UPDATE ${table} SET claim = $2, claimed_until = now() + $3::interval WHERE id IN (
  SELECT id FROM ${table} WHERE claimed_until < now() ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
) RETURNING id, event, line`,
    seal: `UPDATE ${table} AS kept SET line = sealed.line
FROM unnest(${ids('$1')}, string_to_array($2, E'\\n')) AS sealed (id, line)
WHERE kept.id = sealed.id AND kept.claim = $3 AND kept.line IS NULL AND kept.claimed_until > now() RETURNING kept.id`,
    extend: `UPDATE ${table} SET claimed_until = now() + $3::interval WHERE id = ANY(${ids('$1')}) AND claim = $2`,
    remove: `DELETE FROM ${table} WHERE id = ANY(${ids('$1')})`,
    release: `UPDATE ${table} SET claimed_until = '-infinity' WHERE id = ANY(${ids('$1')}) AND claim = $2`,
  };
}
