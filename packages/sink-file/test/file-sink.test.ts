import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Sink, SinkError } from '@whodunit/core';
import { REAL } from '../src/disk.js';
import { createFileSink } from '../src/file-sink.js';
import type { FileSinkOptions } from '../src/index.js';
import { delivery, events, ids, rejection } from './support/deliver.js';
import { diskError, type Faults, faultyDisk, tracingDisk } from './support/disk.js';
import { Folder } from './support/folder.js';

jest.setTimeout(30_000);

let folder: Folder;
let syncs: number;
const sinks: Sink[] = [];

beforeEach(() => {
  folder = new Folder();
  syncs = 0;
});

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close?.().catch(() => undefined);
  folder.remove();
});

describe("fsync: 'interval'", () => {
  test('acknowledges before the fdatasync, and makes one for many batches', async () => {
    const sink = open({ fsync: 'interval', fsyncIntervalMs: 30 });
    for (let i = 0; i < 5; i++) await sink.write(events(1), delivery());
    expect(syncs).toBe(0);
    await until(() => syncs > 0);
    await sleep(60);
    expect(syncs).toBe(1);
  });

  test('close makes the last one', async () => {
    const sink = open({ fsync: 'interval', fsyncIntervalMs: 60_000 });
    await sink.write(events(1), delivery());
    await sink.close?.();
    expect(syncs).toBe(1);
  });

  test('a file that is put aside is synced first', async () => {
    const sink = open({ fsync: 'interval', fsyncIntervalMs: 60_000, rotate: { maxBytes: 1 } });
    await sink.write(events(1), delivery());
    await sink.write(events(1), delivery());
    expect(syncs).toBe(1);
  });

  test('one that fails makes the next write reject, once, and the file is opened anew', async () => {
    let isSick = true;
    const sink = open(
      { fsync: 'interval', fsyncIntervalMs: 10 },
      { datasync: (file) => (isSick ? Promise.reject(diskError('EIO')) : file.datasync()) },
    );
    const [first, second] = [events(2), events(2)];
    await sink.write(first, delivery());
    await sleep(100);
    isSick = false;
    const error = await rejection(sink, second);
    expect(error).toMatchObject({ kind: 'retryable', failedIds: undefined });
    expect(error.message).toContain('could not sync events that it acknowledged');
    await sink.write(second, delivery());
    expect(folder.lines().filter((line) => line !== '')).toHaveLength(4);
  });

  test('one that fails at close makes close reject', async () => {
    const sink = open(
      { fsync: 'interval', fsyncIntervalMs: 60_000 },
      { datasync: () => Promise.reject(diskError('EIO')) },
    );
    await sink.write(events(1), delivery());
    await expect(sink.close?.()).rejects.toMatchObject({ kind: 'retryable', cause: { code: 'EIO' } });
  });
});

test('new folders, the name of a new file and then the batch are synced before it is acknowledged', async () => {
  const steps: string[] = [];
  const path = join(folder.path, 'a/b/audit.ndjson');
  const sink = createFileSink(path, { ...REAL, disk: tracingDisk((step) => steps.push(step)) });
  sinks.push(sink);
  await sink.write(events(1), delivery());
  expect(steps).toEqual([
    'sync a',
    `sync ${basename(folder.path)}`,
    'sync b',
    'write audit.ndjson',
    'datasync audit.ndjson',
  ]);
});

test('a compressed file and its name are synced before the file that it replaces is deleted', async () => {
  const steps: string[] = [];
  const sink = createFileSink(
    { path: folder.file, rotate: { maxBytes: 1, gzip: true } },
    { now: () => 0, disk: tracingDisk((step) => steps.push(step)) },
  );
  for (let i = 0; i < 2; i++) await sink.write(events(1), delivery());
  await sink.close?.();
  const name = 'audit-19700101T000000000Z-000.ndjson';
  const [sync, rename, syncName, unlink] = [
    `sync ${name}.gz.tmp`,
    `rename ${name}.gz.tmp`,
    `sync ${basename(folder.path)}`,
    `unlink ${name}`,
  ];
  expect(steps.slice(steps.indexOf(sync)).filter((step) => !/audit.ndjson$/.test(step))).toEqual([
    sync,
    rename,
    syncName,
    unlink,
  ]);
});

test("fsync: 'off' never syncs", async () => {
  const sink = open({ fsync: 'off', rotate: { maxBytes: 1 } });
  for (let i = 0; i < 3; i++) await sink.write(events(1), delivery());
  await sink.close?.();
  expect(syncs).toBe(0);
});

describe('close', () => {
  test('is safe twice, at once and later, and later writes and opens reject', async () => {
    const sink = open();
    await sink.write(events(1), delivery());
    await Promise.all([sink.close?.(), sink.close?.()]);
    await sink.close?.();
    expect(await rejection(sink, events(1))).toMatchObject({ code: 'AUDIT_CLOSED' });
    expect(await rejection(sink, [])).toBeInstanceOf(SinkError);
    await expect(sink.open?.()).rejects.toMatchObject({ code: 'AUDIT_CLOSED' });
  });

  test('of a sink that was never opened makes nothing', async () => {
    await open().close?.();
    expect(existsSync(folder.file)).toBe(false);
  });

  test('waits for a write that was called before it', async () => {
    const sink = open();
    const batch = events(100);
    const writing = sink.write(batch, delivery());
    await sink.close?.();
    await writing;
    expect(folder.ids()).toEqual(ids(batch));
  });

  test('closes every file', async () => {
    const disk = faultyDisk({});
    const sink = createFileSink({ path: folder.file, rotate: { maxBytes: 1, gzip: true } }, { ...REAL, disk });
    for (let i = 0; i < 5; i++) await sink.write(events(3), delivery());
    await sink.close?.();
    expect(disk.openFiles()).toBe(0);
  });
});

test('writes that are called at once are stored one after the other', async () => {
  const sink = open();
  const batches = Array.from({ length: 20 }, () => events(7));
  await Promise.all(batches.map((batch) => sink.write(batch, delivery())));
  expect(folder.ids()).toEqual(ids(batches.flat()));
});

test('open twice is one open', async () => {
  const sink = open();
  await Promise.all([sink.open?.(), sink.open?.()]);
  await sink.write(events(1), delivery());
  expect(folder.lines()).toHaveLength(1);
});

test('two sinks in one folder do not meet', async () => {
  const path = join(folder.path, 'audit-eu.ndjson');
  const rotate = { maxBytes: 4000, maxFiles: 3 };
  const [first, second] = [open({ rotate }), open({ path, name: 'eu', rotate: { maxBytes: 4000 } })];
  const [mine, theirs] = [events(100), events(100)];
  for (let i = 0; i < 100; i += 10) {
    await Promise.all([
      first.write(mine.slice(i, i + 10), delivery()),
      second.write(theirs.slice(i, i + 10), delivery()),
    ]);
  }
  await Promise.all([first.close?.(), second.close?.()]);
  expect(folder.archives()).toHaveLength(3);
  expect(ids(mine).slice(-40)).toEqual(folder.allIds());
  const euFiles = readdirSync(folder.path).filter((name) => name.startsWith('audit-eu'));
  expect(euFiles.sort().flatMap((name) => folder.ids(join(folder.path, name)))).toEqual(ids(theirs));
});

/** A sink whose fdatasyncs are counted. */
function open(options: Partial<FileSinkOptions> = {}, faults: Faults = {}): Sink {
  const datasync: Faults['datasync'] = (file) => {
    syncs++;
    return file.datasync();
  };
  const disk = faultyDisk({ datasync, ...faults });
  const sink = createFileSink({ path: folder.file, onWarning: () => undefined, ...options }, { ...REAL, disk });
  sinks.push(sink);
  return sink;
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !isTrue(); i++) await sleep(5);
}
