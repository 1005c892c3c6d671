import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type AuditEvent, eventLine } from '@whodunit/core';
import type { Shop } from './shop.js';

const LIMIT_MS = 10_000;

/**
 * Waits until this many events were shown, then compares them with what is in the file and in Postgres, byte for byte.
 *
 * @throws Error when anything is missing, different or too much
 */
export async function prove(
  shop: Shop,
  { auditFile, shown, count }: { auditFile: string; shown: readonly AuditEvent[]; count: number },
): Promise<void> {
  // A response is at the client a moment before its event is made.
  for (const limit = Date.now() + LIMIT_MS; shown.length < count && Date.now() < limit; ) await pause(10);
  await shop.auditor.flush();
  const lines = shown.map(eventLine).sort();
  if (lines.length !== count) throw new Error(`${count} events were expected, ${lines.length} came.`);
  const inFile = (await readFile(auditFile, 'utf8')).trimEnd().split('\n');
  const { rows } = await shop.database.query<{ line: string }>('SELECT line FROM whodunit.events');
  compare('file', inFile, lines);
  compare(
    'Postgres',
    rows.map(({ line }) => line),
    lines,
  );
}

function compare(place: string, stored: readonly string[], lines: readonly string[]): void {
  const sorted = [...stored].sort();
  const isSame = sorted.length === lines.length && sorted.every((line, i) => line === lines[i]);
  if (!isSame) throw new Error(`${place} does not hold what was shown: ${sorted.length} of ${lines.length} events.`);
}
