import type { SealedLine } from '@whodunit/core';
import type { PostgresDatabase } from './database.js';
import type { Names } from './place.js';

/** Months that are made before they begin: time enough, should making one have to wait for a lock for days. */
const MONTHS_AHEAD = 2;

/** How long to leave it after the lock could not be had; meanwhile the default partition takes the events. */
const LOCK_RETRY_MS = 60_000;

/** `lock_not_available` */
const LOCKED = '55P03';

/** Sees to it that months have their partitions. */
export interface Months {
  /** This month and the next ones. */
  ensureAhead(connection: PostgresDatabase): Promise<void>;
  /** Those, and the months of these events. Costs nothing when they are known already. */
  ensureFor(connection: PostgresDatabase, events: readonly Pick<SealedLine, 'time'>[]): Promise<void>;
}

export function monthsOf({ sibling }: Names, now: () => number = Date.now): Months {
  const text = `SELECT ${sibling('ensure_partition')}($1::timestamptz)`;
  const known = new Set<string>();
  let notBefore = Number.NEGATIVE_INFINITY;

  const isDue = (time: string) => !known.has(monthOf(time)) && now() >= notBefore;

  async function ensure(connection: PostgresDatabase, time: string): Promise<void> {
    try {
      await connection.query(text, [time]);
      known.add(monthOf(time));
    } catch (error) {
      if (!isLocked(error)) throw error;
      notBefore = now() + LOCK_RETRY_MS;
    }
  }

  async function ensureAhead(connection: PostgresDatabase): Promise<void> {
    const today = new Date(now());
    for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
      const first = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1)).toISOString();
      if (isDue(first)) await ensure(connection, first);
    }
  }

  return {
    ensureAhead,
    async ensureFor(connection, events) {
      await ensureAhead(connection);
      for (const { time } of events) if (isDue(time)) await ensure(connection, time);
    },
  };
}

/** Of an RFC 3339 time: `2026-11`. */
function monthOf(time: string): string {
  return time.slice(0, 7);
}

function isLocked(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === LOCKED;
}
