import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type AuditError, createAuditor } from '@whodunit/core';
import { httpSink, webhookReceiver } from '@whodunit/sink-http';
import { migrate, postgresSink } from '@whodunit/sink-postgres';
import { type PostgresServer, startPostgres } from '@whodunit/test-support/postgres';
import { Pool } from 'pg';

const dispatch = {
  maxBatchEvents: 50,
  maxWaitMs: 5,
  minRetryMs: 10,
  maxRetryMs: 50,
  breakerOpenMs: 50,
  closeTimeoutMs: 30_000,
};

/** Records this many events, some at a time, while `disturb` does its worst. */
async function recordAll(
  auditor: ReturnType<typeof createAuditor>,
  count: number,
  disturb: (done: number) => unknown,
): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    for (let i = 0; i < 100; i++)
      ids.push(auditor.record({ action: 'order.create', metadata: { i: ids.length } }) as string);
    await disturb(ids.length);
    await sleep(5);
  }
  return ids;
}

describe('a Postgres that is killed and restarted in the middle of batches', () => {
  let server: PostgresServer;
  let pool: Pool;

  beforeAll(async () => {
    server = await startPostgres();
    pool = new Pool({ connectionString: await server.createDatabase() });
    pool.on('error', () => undefined);
    await migrate({ pool });
  }, 60_000);

  afterAll(async () => {
    await pool.end();
    await server.stop();
  }, 30_000);

  test('loses nothing and stores nothing twice, in order', async () => {
    const errors: AuditError[] = [];
    const auditor = createAuditor({
      sinks: [postgresSink({ pool })],
      dispatch,
      onError: (error) => void errors.push(error),
    });
    const ids = await recordAll(auditor, 3_000, async (done) => {
      if (done % 1_000 !== 500) return;
      await server.kill();
      await sleep(30);
      await server.restart();
    });
    await auditor.close();
    const { rows } = await pool.query<{ id: string }>('SELECT id::text FROM whodunit.events ORDER BY seq');
    expect(rows.map((row) => row.id)).toEqual(ids);
    expect(errors.length).toBeGreaterThan(0);
    expect(auditor.stats().sinks['postgres']).toMatchObject({ delivered: 3_000, lost: 0, pending: 0 });
  }, 60_000);
});

describe('a webhook receiver that flaps', () => {
  test('loses nothing, and hands nothing over twice', async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const got: string[] = [];
    const { receive } = webhookReceiver({ secrets: [secret] });
    let isUp = true;
    let server: Server | undefined;
    const listen = (port: number): Promise<Server> =>
      new Promise((resolve) => {
        const made = createServer((req, res) => {
          if (!isUp) return void req.socket.destroy();
          void receive(req, res, (events) => void got.push(...events.map((event) => event.id)));
        }).listen(port, '127.0.0.1', () => resolve(made));
      });
    server = await listen(0);
    const { port } = server.address() as AddressInfo;
    const sink = httpSink({ url: `http://127.0.0.1:${port}/audit`, secrets: [secret], allowPrivateAddresses: true });
    const auditor = createAuditor({ sinks: [sink], dispatch, onError: () => undefined });
    const ids = await recordAll(auditor, 3_000, async (done) => {
      isUp = done % 400 < 200;
      if (done % 1_000 === 500) {
        server?.closeAllConnections();
        await new Promise((resolve) => server?.close(resolve));
        await sleep(20);
        server = await listen(port);
      }
    });
    isUp = true;
    await auditor.close();
    server.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    expect(got).toEqual(ids);
  }, 60_000);
});

describe('a disk that is full', () => {
  test('stores whole lines only, and counts what is not stored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'whodunit-full-'));
    const file = join(folder, 'audit.ndjson');
    const script = `
      process.on('SIGXFSZ', () => undefined);
      const { createAuditor } = require('@whodunit/core');
      const { fileSink } = require('@whodunit/sink-file');
      const auditor = createAuditor({
        sinks: [fileSink(process.argv[1])],
        dispatch: { maxBatchEvents: 10, maxWaitMs: 1, minRetryMs: 1, maxRetryMs: 5, breakerOpenMs: 5, closeTimeoutMs: 500 },
        onError: () => undefined,
      });
      for (let i = 0; i < 500; i++) auditor.record({ action: 'order.create', metadata: { i } });
      auditor.close().then(() => 'stored', (error) => error.code).then((end) => {
        const { accepted, sinks: { file: { delivered, lost } } } = auditor.stats();
        console.log(JSON.stringify({ end, accepted, delivered, lost }));
      });
    `;
    // A limit on the size of files is what a full disk is to a process: the write that crosses it is cut short.
    const limited = `ulimit -f 64; exec "$0" -e "$1" "$2"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', limited, process.execPath, script, file], {
      cwd: join(__dirname, '..'),
    });
    const stats = JSON.parse(stdout) as { end: string; accepted: number; delivered: number; lost: number };
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    rmSync(folder, { recursive: true, force: true });
    const stored = lines.map((line) => (JSON.parse(line) as { metadata: { i: number } }).metadata.i);
    expect(stored).toEqual(Array.from({ length: stats.delivered }, (_, i) => i));
    expect(stats).toMatchObject({ end: 'AUDIT_NOT_STORED', accepted: 500, lost: 0 });
    expect(stats.delivered).toBeGreaterThan(10);
    expect(stats.delivered).toBeLessThan(500);
  }, 30_000);
});
