import { AuditError, type Check, checkOptions, is } from '@whodunit/core';
import { connect } from './connect.js';
import type { PostgresDatabase } from './database.js';
import { checkPlace, type Names, namesOf, type PostgresPlace, placeChecks } from './place.js';

/** What `dropPartitionsBefore` is told: the same place as the sink's, with the user who owns the tables. */
export interface DropPartitionsOptions extends PostgresPlace {
  /** Months that ended by this moment go; the month that it lies in stays. */
  readonly before: Date;
  /** Only says what would go. @default false */
  readonly dryRun?: boolean | undefined;
}

/** A month that is gone, or would be. */
export interface DroppedPartition {
  /** `events_2026_11` */
  readonly name: string;
  /** `2026-11` */
  readonly month: string;
  /** How many events it held. */
  readonly events: number;
}

const moment: Check = (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : 'a valid Date');

/**
 * Removes whole months of events: the only way to remove any. Run it as the owner of the table. Each month is dropped by
 * itself, oldest first, and waits at most 5 s for others who read; what was dropped before a failure stays dropped. Events
 * without a month of their own (more than ten years old, or a year ahead, when they were stored) are kept.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`; anything else is the database's own error
 */
export async function dropPartitionsBefore(options: DropPartitionsOptions): Promise<readonly DroppedPartition[]> {
  checkOptions('dropPartitionsBefore', options, { ...placeChecks, before: moment, dryRun: is.boolean });
  checkPlace('dropPartitionsBefore', options);
  if (options.before === undefined) {
    throw new AuditError('AUDIT_OPTION_INVALID', 'dropPartitionsBefore: `before` must be a valid Date, got nothing');
  }
  const { database, close } = await connect(options, 1);
  const names = namesOf(options);
  try {
    const dropped: DroppedPartition[] = [];
    for (const name of await monthsBefore(database, names, options.before)) {
      dropped.push({ name, month: name.slice(-7).replace('_', '-'), events: await countEvents(database, names, name) });
      if (options.dryRun !== true) await dropPartition(database, names, name);
    }
    return dropped;
  } finally {
    await close();
  }
}

/** Names of the partitions of whole months that ended by then, oldest first. */
async function monthsBefore(database: PostgresDatabase, { table, bare }: Names, before: Date): Promise<string[]> {
  const { rows } = await database.query(
    `SELECT relname::text AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = to_regclass($1) AND relname ~ $2
AND to_date(right(relname, 7), 'YYYY_MM')::timestamp + interval '1 month' <= $3::timestamptz AT TIME ZONE 'UTC'
ORDER BY relname`,
    [table, `^${bare.table}_[0-9]{4}_[0-9]{2}$`, before.toISOString()],
  );
  return rows.map((row) => String(member(row, 'name')));
}

async function countEvents(database: PostgresDatabase, names: Names, name: string): Promise<number> {
  const { rows } = await database.query(`SELECT count(*) AS events FROM ${quoted(names, name)}`);
  return Number(member(rows[0], 'events'));
}

/** One statement, so that whichever connection runs it is left as it was. */
async function dropPartition(database: PostgresDatabase, names: Names, name: string): Promise<void> {
  await database.query(`DO $whodunit$ BEGIN
PERFORM set_config('lock_timeout', '5s', true);
DROP TABLE ${quoted(names, name)};
END $whodunit$`);
}

/** The name of a partition is ours: the table's, which was checked, and a month. */
function quoted({ schema }: Names, name: string): string {
  return `${schema}."${name}"`;
}

function member(row: unknown, key: string): unknown {
  return typeof row === 'object' && row !== null ? Object.entries(row).find(([name]) => name === key)?.[1] : undefined;
}
