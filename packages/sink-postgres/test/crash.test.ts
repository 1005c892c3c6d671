import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditEvent, eventLine, type Sink, SinkError } from '@whodunit/core';
import { startPostgres } from '@whodunit/test-support/postgres';
import { sampleEvents } from '@whodunit/testing';
import pg from 'pg';
import { migrate, postgresSink } from '../src/index.js';

const CRASHES = 5;
const BATCH = 100;

test('a server that crashes and comes back, five times, loses nothing and doubles nothing', async () => {
  const server = await startPostgres();
  const pool = new pg.Pool({ connectionString: await server.createDatabase(), max: 3 });
  pool.on('error', () => undefined);
  try {
    await migrate({ pool });
    const sink = postgresSink({ pool });
    await sink.open?.();
    const events = sampleEvents(BATCH * 60);

    let written = 0;
    let done = false;
    const failures: unknown[] = [];
    const writing = (async () => {
      for (let from = 0; from < events.length; from += BATCH) {
        await retry(sink, events.slice(from, from + BATCH), failures);
        written++;
      }
      done = true;
    })();
    for (let crash = 1; crash <= CRASHES; crash++) {
      // In the middle of whichever write comes next.
      const at = written + 5;
      while (written < at && !done) await sleep(1);
      await server.kill();
      await server.restart();
    }
    await writing;

    expect(failures.length).toBeGreaterThanOrEqual(CRASHES);
    expect(failures.filter((failure) => !(failure instanceof SinkError && failure.kind === 'retryable'))).toEqual([]);
    const { rows } = await pool.query<{ line: string }>('SELECT line FROM whodunit.events ORDER BY seq');
    expect(rows.map(({ line }) => line)).toEqual(events.map(eventLine));
    expect(pool.waitingCount).toBe(0);
    expect(pool.idleCount).toBe(pool.totalCount);
  } finally {
    await pool.end();
    await server.stop();
  }
}, 60_000);

/** What dispatch does, without its patience. */
async function retry(sink: Sink, events: readonly AuditEvent[], failures: unknown[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sink.write(events, { attempt, signal: AbortSignal.timeout(10_000) });
    } catch (error) {
      failures.push(error);
      await sleep(20);
    }
  }
}
