import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleEvent } from '@whodunit/testing';
import { fileSink } from '../src/index.js';
import { compileInto, start } from './support/child.js';
import { delivery, events, ids } from './support/deliver.js';
import { Folder } from './support/folder.js';

/** Writes batches until it is stopped or refused; says each id range once it is acknowledged. */
const WRITE_ON = `
  const { fileSink } = require('@whodunit/sink-file');
  const [path, event, run, size] = process.argv.slice(2);
  const sample = JSON.parse(event);
  const sink = fileSink(path);
  const signal = new AbortController().signal;
  (async () => {
    for (let n = 0; ; n += Number(size)) {
      const batch = Array.from({ length: Number(size) }, (_, i) => ({ ...sample, id: run + '-' + (n + i) }));
      await sink.write(batch, { signal, attempt: 1 });
      process.stdout.write((n + Number(size)) + '\\n');
    }
  })().catch(({ kind, message, failedIds }) => process.stdout.write(JSON.stringify({ kind, message, failedIds })));
`;

const sample = JSON.stringify(sampleEvent());
let build: string;
let folder: Folder;

beforeAll(async () => {
  build = mkdtempSync(join(tmpdir(), 'whodunit-child-'));
  await compileInto(build);
}, 30_000);

afterAll(() => rmSync(build, { recursive: true, force: true }));

beforeEach(() => {
  folder = new Folder();
});

afterEach(() => folder.remove());

test('SIGKILL while it writes: what was acknowledged is there, and no line ever merges with the next', async () => {
  const known: string[] = [];
  for (let run = 0; run < 6; run++) {
    const child = start(build, WRITE_ON, [folder.file, sample, String(run), '1500']);
    const acknowledged = await killAfter(child, 5 + run * 7);
    known.push(...Array.from({ length: acknowledged }, (_, i) => `${run}-${i}`));

    const sink = fileSink(folder.file);
    const batch = events(3);
    await sink.write(batch, delivery());
    await sink.close?.();
    known.push(...ids(batch));
  }
  const lines = folder.lines();
  const whole = new Set(lines.flatMap((line) => idOf(line) ?? []));
  expect(known.filter((id) => !whole.has(id))).toEqual([]);
  expect(folder.read().endsWith('\n')).toBe(true);
  // A torn line is the beginning of one line: each kill leaves at most one.
  const torn = lines.filter((line) => idOf(line) === undefined);
  expect(torn.length).toBeLessThanOrEqual(6);
  for (const line of torn) expect(line.split('{"action":').length).toBe(2);
}, 60_000);

test('a file as large as the system allows: the batch that did not fit leaves nothing behind', async () => {
  const child = start(build, WRITE_ON, [folder.file, sample, 'full', '7'], 100);
  const output = await outputOf(child);
  const acknowledged = Number(output.split('\n').at(-2));
  const refused = JSON.parse(output.split('\n').at(-1) ?? '');
  expect(refused).toEqual({ kind: 'endpoint', message: expect.stringContaining('(EFBIG). Raise the limit') });
  expect(statSync(folder.file).size).toBeLessThanOrEqual(100 * 1024);
  const expected = Array.from({ length: acknowledged }, (_, i) => `full-${i}`);
  expect(folder.ids()).toEqual(expected);

  const sink = fileSink(folder.file);
  const batch = events(7);
  await sink.write(batch, delivery());
  await sink.close?.();
  expect(folder.ids()).toEqual([...expected, ...ids(batch)]);
}, 30_000);

test('an open sink with an fsync to come does not keep the process alive', async () => {
  const script = `
    const { fileSink } = require('@whodunit/sink-file');
    const [path, event] = process.argv.slice(2);
    const sink = fileSink({ path, fsync: 'interval', fsyncIntervalMs: 3600000, rotate: { interval: 'day', gzip: true } });
    const signal = new AbortController().signal;
    sink.write([JSON.parse(event)], { signal, attempt: 1 }).then(() => process.stdout.write('stored'));
  `;
  const child = start(build, script, [folder.file, sample]);
  expect(await outputOf(child)).toBe('stored');
  expect(child.exitCode).toBe(0);
  expect(folder.lines()).toHaveLength(1);
}, 30_000);

/** Kills the child so many milliseconds after its first acknowledgement; returns how many events it acknowledged. */
async function killAfter(child: ChildProcess, delayMs: number): Promise<number> {
  const output = outputOf(child);
  if (child.stdout !== null) await once(child.stdout, 'data');
  await sleep(delayMs);
  child.kill('SIGKILL');
  return Number((await output).split('\n').at(-2));
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  await once(child, 'close');
  return output;
}

function idOf(line: string): string | undefined {
  try {
    return JSON.parse(line).id;
  } catch {
    return undefined;
  }
}
