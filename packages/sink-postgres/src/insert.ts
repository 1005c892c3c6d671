import { type SealedLine, SinkError } from '@whodunit/core';
import type { PostgresDatabase } from './database.js';
import type { Names } from './place.js';

/** Columns that come from the event, and how. Indexed texts are cut: an index refuses entries above 2.7 kB. */
const COLUMNS = {
  id: `(event->>'id')::uuid`,
  time: `(event->>'time')::timestamptz`,
  recorded_at: `(event->'seal'->>'recordedAt')::timestamptz`,
  stream: `left(event->'seal'->>'stream', 200)`,
  seq: `(event->'seal'->>'seq')::bigint`,
  action: `left(event->>'action', 200)`,
  category: `event->>'category'`,
  operation: `event->>'operation'`,
  outcome: `event->>'outcome'`,
  severity: `event->>'severity'`,
  actor_type: `event->'actor'->>'type'`,
  actor_id: `left(event->'actor'->>'id', 200)`,
  tenant_id: `left(event->'tenant'->>'id', 200)`,
  resource_type: `left(event->'resource'->>'type', 200)`,
  resource_id: `left(event->'resource'->>'id', 200)`,
  request_id: `left(event->'request'->>'id', 200)`,
  parent: `left(event->>'parent', 200)`,
  ip: `left(event->'source'->>'ip', 200)`,
  line: 'line',
  event: 'event',
};

/**
 * One parameter holds the whole batch, one line per event: a line never contains a line feed. It is cheaper than a JSON
 * array, which Postgres would read three times. OFFSET 0 keeps it from parsing a line once per column.
 */
const ONE_PARAMETER = `SELECT line, line::jsonb AS event FROM unnest(string_to_array($1, E'\\n')) AS line OFFSET 0`;

/** For a batch with text that jsonb refuses: the lines as they are, and lines to make jsonb from. */
const TWO_PARAMETERS = `SELECT line, safe::jsonb AS event
FROM unnest(string_to_array($1, E'\\n'), string_to_array($2, E'\\n')) AS both_lines (line, safe) OFFSET 0`;

/** The statements for one table, made once. */
export interface Statements {
  readonly insert: string;
  readonly insertSafe: string;
  readonly differing: string;
}

export function statementsOf({ table }: Names): Statements {
  const insert = (lines: string) => `WITH stored AS (
INSERT INTO ${table} (${Object.keys(COLUMNS).join(', ')})
SELECT ${Object.values(COLUMNS).join(', ')} FROM (${lines}) AS sent
ON CONFLICT DO NOTHING RETURNING 1
) SELECT count(*)::int AS stored FROM stored`;
  return {
    insert: insert(ONE_PARAMETER),
    insertSafe: insert(TWO_PARAMETERS),
    differing: `SELECT sent.id FROM unnest($1::uuid[], $2::timestamptz[], string_to_array($3, E'\\n')) AS sent (id, time, line)
LEFT JOIN ${table} AS kept ON kept.id = sent.id AND kept.time = sent.time
WHERE kept.line IS DISTINCT FROM sent.line`,
  };
}

/**
 * Stores a batch with one statement: all of it or nothing. An event that is there already is left alone.
 *
 * @throws SinkError `AUDIT_SINK_CONFLICT` when one that is there is not the same; `failedIds` names those
 */
export async function insertEvents(
  connection: PostgresDatabase,
  statements: Statements,
  batch: readonly SealedLine[],
): Promise<void> {
  const lines = batch.map(({ line }) => line).join('\n');
  const { rows } = isRefusedByJsonb(lines)
    ? await connection.query(statements.insertSafe, [lines, lines.replace(ESCAPES, safeEscape)])
    : await connection.query(statements.insert, [lines]);
  if (storedCount(rows[0]) === batch.length) return;

  const keys = [batch.map(({ id }) => id), batch.map(({ time }) => time)];
  const differing = await connection.query(statements.differing, [...keys, lines]);
  if (differing.rows.length > 0) throw conflict(differing.rows.map(idOf));
}

/** jsonb has no U+0000 and no half of a surrogate pair. Looks for the escapes only: that is as quick as a search can be. */
function isRefusedByJsonb(lines: string): boolean {
  return lines.includes('\\u0000') || lines.includes('\\ud');
}

/** Every escape of a JSON text, whole pairs of surrogates and escaped backslashes among them. */
const ESCAPES = /\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u[0-9a-f]{4}|.)/gi;

const REFUSED = /^\\u(?:0000|d[89a-f][0-9a-f]{2})$/i;

/** Replaced by U+FFFD in the searchable copy; the line keeps it. */
function safeEscape(sequence: string): string {
  return REFUSED.test(sequence) ? '\\ufffd' : sequence;
}

function storedCount(row: unknown): number | undefined {
  if (typeof row !== 'object' || row === null || !('stored' in row)) return undefined;
  return typeof row.stored === 'number' ? row.stored : undefined;
}

function idOf(row: unknown): string {
  return typeof row === 'object' && row !== null && 'id' in row ? String(row.id) : '';
}

function conflict(failedIds: readonly string[]): SinkError {
  return new SinkError(
    `${failedIds.length} event(s) have the id, or the place in the stream, of a different event that is stored already. Nothing was overwritten. Compare the two: one of them was altered, or two processes share a stream name.`,
    { kind: 'payload', code: 'AUDIT_SINK_CONFLICT', failedIds },
  );
}
