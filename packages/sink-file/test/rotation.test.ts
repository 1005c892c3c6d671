import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type AuditEvent, eventLine, type Sink, type SinkError } from '@whodunit/core';
import { type Disk, REAL } from '../src/disk.js';
import { createFileSink } from '../src/file-sink.js';
import type { FileSinkOptions, RotateOptions } from '../src/index.js';
import { delivery, events, ids } from './support/deliver.js';
import { diskError, faultyDisk } from './support/disk.js';
import { Folder } from './support/folder.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

jest.setTimeout(30_000);

let folder: Folder;
let warnings: string[];
let clock: number;
const sinks: Sink[] = [];

beforeEach(() => {
  folder = new Folder();
  warnings = [];
  clock = Math.ceil(Date.now() / DAY_MS) * DAY_MS + 5 * HOUR_MS; // later than every modification time
});

afterEach(async () => {
  await closeAll();
  folder.remove();
});

test('10,000 events across rotations: each exactly once and in order, no file larger than maxBytes', async () => {
  const all = events(10_000);
  const sink = open({ maxBytes: 300_000, gzip: true });
  for (let i = 0; i < all.length; i += 250) await sink.write(all.slice(i, i + 250), delivery());
  await closeAll();
  expect(folder.archives().length).toBeGreaterThan(10);
  expect(folder.archives().every((name) => name.endsWith('.gz'))).toBe(true);
  expect(folder.allIds()).toEqual(ids(all));
  for (const name of folder.archives()) {
    expect(folder.read(join(folder.path, name)).length).toBeLessThanOrEqual(300_000);
  }
});

test('a batch larger than maxBytes is not split', async () => {
  const batches = [events(5), events(5)];
  const sink = open({ maxBytes: 100 });
  for (const batch of batches) await sink.write(batch, delivery());
  expect(folder.archives()).toHaveLength(1);
  expect(folder.ids()).toEqual(ids(batches[1] as AuditEvent[]));
});

test('a batch that fits exactly is not put aside, one byte less is', async () => {
  const [first, second] = [events(1), events(1)];
  const bytes = Buffer.byteLength(`${lines(first)}${lines(second)}`);
  const exact = open({ maxBytes: bytes });
  await exact.write(first, delivery());
  await exact.write(second, delivery());
  expect(folder.archives()).toHaveLength(0);
  await closeAll();
  const tight = open({ maxBytes: bytes + Buffer.byteLength(lines(first)) - 1 });
  await tight.write(first, delivery());
  expect(folder.archives()).toHaveLength(1);
});

test.each<['hour' | 'day', number]>([
  ['hour', HOUR_MS],
  ['day', DAY_MS],
])('by the %s, in UTC', async (interval, length) => {
  const sink = open({ interval });
  const batches = [events(2), events(2), events(2)];
  clock = Math.floor(clock / length) * length;
  await sink.write(batches[0] as AuditEvent[], delivery());
  clock += length - 1;
  await sink.write(batches[1] as AuditEvent[], delivery());
  expect(folder.archives()).toEqual([]);
  clock += 1;
  await sink.write(batches[2] as AuditEvent[], delivery());
  expect(folder.archives()).toEqual([nameAt(clock)]);
  expect(folder.ids()).toEqual(ids(batches[2] as AuditEvent[]));
  expect(folder.allIds()).toEqual(ids(batches.flat()));
});

test('a file left by yesterday’s process is put aside before the first event of today', async () => {
  clock = Date.now();
  await open({ interval: 'day' }).write(events(2), delivery());
  await closeAll();
  clock += DAY_MS;
  await open({ interval: 'day' }).write(events(1), delivery());
  expect(folder.archives()).toEqual([nameAt(clock)]);
  expect(folder.ids()).toHaveLength(1);
});

test('names carry the UTC time, never repeat, and sort in the order of writing even when the clock goes back', async () => {
  const all = Array.from({ length: 6 }, () => events(1));
  const sink = open({ maxBytes: 1 });
  for (const [i, batch] of all.entries()) {
    if (i === 4) clock -= DAY_MS;
    await sink.write(batch, delivery());
  }
  expect(folder.archives()).toEqual([0, 1, 2, 3, 4].map((sequence) => nameAt(clock + DAY_MS, sequence)));
  expect(folder.allIds()).toEqual(ids(all.flat()));
});

test('a name that somebody took meanwhile is not overwritten', async () => {
  const readdir = (async (...args: Parameters<Disk['readdir']>) => {
    const files = await REAL.disk.readdir(...args);
    writeFileSync(join(folder.path, nameAt(clock)), 'taken'); // after the look, before the name is reserved
    return files;
  }) as unknown as Disk['readdir'];
  const sink = open({ maxBytes: 1 }, faultyDisk({}, { readdir }));
  await sink.write(events(1), delivery());
  await sink.write(events(1), delivery());
  expect(readFileSync(join(folder.path, nameAt(clock)), 'utf8')).toBe('taken');
  expect(existsSync(join(folder.path, nameAt(clock, 1)))).toBe(true);
});

test('what cannot be put aside goes on growing, and that is told once a minute', async () => {
  const disk = faultyDisk({}, { rename: () => Promise.reject(diskError('EPERM')) });
  const sink = open({ maxBytes: 1 }, disk);
  const all = [events(1), events(1), events(1)];
  for (const batch of all) await sink.write(batch, delivery());
  expect(folder.ids()).toEqual(ids(all.flat()));
  expect(warnings).toEqual([expect.stringContaining('(EPERM); going on in the same file')]);
  clock += 60_000;
  await sink.write(events(1), delivery());
  expect(warnings).toHaveLength(2);
  expect(readdirSync(folder.path)).toEqual(['audit.ndjson']);
});

test('a torn last line is ended before its file is put aside', async () => {
  writeFileSync(folder.file, 'torn');
  await open({ maxBytes: 5 }).write(events(1), delivery());
  expect(folder.read(join(folder.path, nameAt(clock)))).toBe('torn\n');
  expect(folder.lines()).toHaveLength(1);
});

describe('gzip', () => {
  test('the compressed file is complete, has mode 0600 and replaces the other; close waits for it', async () => {
    const batch = events(2000);
    const sink = open({ maxBytes: 1, gzip: true });
    await sink.write(batch, delivery());
    await sink.write(events(1), delivery());
    await closeAll();
    const path = join(folder.path, `${nameAt(clock)}.gz`);
    expect(readdirSync(folder.path).sort()).toEqual([`${nameAt(clock)}.gz`, 'audit.ndjson']);
    expect(gunzipSync(readFileSync(path)).toString()).toBe(lines(batch));
    expect(statSync(path).mode & 0o7777).toBe(0o600);
  });

  test('what a process that died left half done is done at the next start', async () => {
    const [old, both] = [events(3), events(3)];
    writeFileSync(join(folder.path, nameAt(clock)), lines(old));
    writeFileSync(join(folder.path, `${nameAt(clock)}.gz.tmp`), 'half of a gzip fi');
    writeFileSync(join(folder.path, nameAt(clock, 1)), lines(both));
    writeFileSync(join(folder.path, `${nameAt(clock, 1)}.gz`), 'the rename was done, the unlink was not');
    await open({ maxBytes: 1e6, gzip: true }).open?.();
    await closeAll();
    expect(folder.archives()).toEqual([`${nameAt(clock)}.gz`, `${nameAt(clock, 1)}.gz`]);
    expect(folder.allIds()).toEqual(ids([...old, ...both]));
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('a file that cannot be compressed stays whole, is told, and does not stop the writing', async () => {
    const real = REAL.disk.open;
    const open_ = ((path: string, ...rest: []) =>
      path.endsWith('.gz.tmp') ? Promise.reject(diskError('ENOSPC')) : real(path, ...rest)) as unknown as Disk['open'];
    const sink = open({ maxBytes: 1, gzip: true }, faultyDisk({}, { open: open_ }));
    const all = [events(2), events(2)];
    for (const batch of all) await sink.write(batch, delivery());
    await closeAll();
    expect(folder.allIds()).toEqual(ids(all.flat()));
    expect(warnings).toEqual([
      expect.stringContaining(`could not compress ${nameAt(clock)} (ENOSPC); no event is lost`),
    ]);
  });
});

describe('retention', () => {
  test('maxFiles keeps the newest', async () => {
    const all = Array.from({ length: 6 }, () => events(1));
    const sink = open({ maxBytes: 1, gzip: true, maxFiles: 2 });
    for (const batch of all) {
      await sink.write(batch, delivery());
      clock += 1000;
    }
    await closeAll();
    expect(folder.archives()).toHaveLength(2);
    expect(folder.allIds()).toEqual(ids(all.slice(3).flat()));
  });

  test('maxAgeDays deletes what was put aside longer ago, compressed or not, also at start', async () => {
    for (const [days, suffix] of [
      [8, ''],
      [7.1, '.gz'],
      [6.9, ''],
    ] as const) {
      writeFileSync(join(folder.path, nameAt(clock - days * DAY_MS) + suffix), '');
    }
    await open({ interval: 'day', maxAgeDays: 7 }).open?.();
    await closeAll();
    expect(folder.archives()).toEqual([nameAt(clock - 6.9 * DAY_MS)]);
  });

  test('touches nothing that is not a file named by this sink', async () => {
    const old = clock - 90 * DAY_MS;
    const others = [
      nameAt(old).replace('audit-', 'audit-eu-'),
      nameAt(old).replace('audit-', 'other-'),
      nameAt(old).replace('.ndjson', '.json'),
      `${nameAt(old)}.bak`,
      nameAt(old).replace('T', ' '),
      'audit-20260101.ndjson',
      'audit-99999999T999999999Z-000.ndjson',
      'audit.ndjson.1',
    ];
    for (const name of others) writeFileSync(join(folder.path, name), 'theirs');
    mkdirSync(join(folder.path, nameAt(old, 7)));
    symlinkSync('nowhere', join(folder.path, nameAt(old, 8)));
    const sink = open({ maxBytes: 1, gzip: true, maxFiles: 1, maxAgeDays: 1 });
    for (let i = 0; i < 3; i++) await sink.write(events(1), delivery());
    await closeAll();
    const left = readdirSync(folder.path);
    expect(left).toEqual(expect.arrayContaining([...others, nameAt(old, 7), nameAt(old, 8)]));
    expect(left).toHaveLength(others.length + 4);
    expect(warnings).toEqual([]);
  });

  test('what cannot be deleted is told', async () => {
    writeFileSync(join(folder.path, nameAt(clock - 9 * DAY_MS)), '');
    const sink = open(
      { maxBytes: 1, maxAgeDays: 1 },
      faultyDisk({}, { unlink: () => Promise.reject(diskError('EPERM')) }),
    );
    await sink.open?.();
    await closeAll();
    expect(warnings).toEqual([expect.stringContaining('could not delete')]);
  });
});

function open(rotate: RotateOptions, disk: Disk = REAL.disk, options: Partial<FileSinkOptions> = {}): Sink {
  const onWarning = ({ message }: SinkError) => void warnings.push(message);
  const sink = createFileSink({ path: folder.file, rotate, onWarning, ...options }, { disk, now: () => clock });
  sinks.push(sink);
  return sink;
}

async function closeAll(): Promise<void> {
  for (const sink of sinks.splice(0)) await sink.close?.();
}

function nameAt(time: number, sequence = 0): string {
  const stamp = new Date(time).toISOString().replace(/[-:.]/g, '');
  return `audit-${stamp}-${String(sequence).padStart(3, '0')}.ndjson`;
}

function lines(batch: readonly AuditEvent[]): string {
  return batch.map((event) => `${eventLine(event)}\n`).join('');
}
