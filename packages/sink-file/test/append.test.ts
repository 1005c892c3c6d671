import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { type AuditEvent, eventLine, type Sink, SinkError } from '@whodunit/core';
import { REAL } from '../src/disk.js';
import { createFileSink } from '../src/file-sink.js';
import type { FileSinkOptions } from '../src/index.js';
import { delivery, events, ids, rejection } from './support/deliver.js';
import { diskError, type Faults, FillingDisk, faultyDisk } from './support/disk.js';
import { Folder } from './support/folder.js';

jest.setTimeout(30_000);

let folder: Folder;
let warnings: string[];
const sinks: Sink[] = [];

beforeEach(() => {
  folder = new Folder();
  warnings = [];
});

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close?.();
  folder.remove();
});

test('one line per event: exactly the bytes of eventLine, in the order of the events', async () => {
  const batch = events(300, { metadata: { text: 'línea 行 \u2028 👩‍👩‍👧 \n' } });
  await sinkWith({}).write(batch, delivery());
  expect(folder.read()).toBe(batch.map((event) => `${eventLine(event)}\n`).join(''));
});

test('a batch is one write and one fdatasync', async () => {
  const calls: string[] = [];
  const sink = sinkWith({
    write(file, ...args) {
      calls.push('write');
      return file.write(...args);
    },
    datasync(file) {
      calls.push('datasync');
      return file.datasync();
    },
  });
  for (let i = 0; i < 3; i++) await sink.write(events(500), delivery());
  expect(calls).toEqual(['write', 'datasync', 'write', 'datasync', 'write', 'datasync']);
});

test('a write that the disk takes in parts is finished', async () => {
  const sink = sinkWith({ write: (file, buffer, offset, length) => file.write(buffer, offset, Math.min(length, 700)) });
  const batch = events(40);
  await sink.write(batch, delivery());
  expect(folder.ids()).toEqual(ids(batch));
});

describe('when the disk fills up within a batch', () => {
  const first = events(5);
  const second = events(5);

  test('the batch is cut off again, and its retry leaves every event once', async () => {
    const disk = new FillingDisk();
    const sink = sinkWith(disk);
    await sink.write(first, delivery());
    disk.room = 1500;
    const error = await rejection(sink, second);
    expect(error).toMatchObject({ kind: 'retryable', code: 'AUDIT_SINK_FAILED', failedIds: undefined });
    expect(error.message).toContain('no space is left on the device (ENOSPC). Free space');
    expect(folder.ids()).toEqual(ids(first));
    disk.free();
    await sink.write(second, delivery());
    expect(folder.ids()).toEqual(ids([...first, ...second]));
  });

  test('and cannot be cut: what is durable counts as stored, the rest is named, and no two lines merge', async () => {
    const disk = new FillingDisk();
    const sink = sinkWith({ write: disk.write, truncate: () => Promise.reject(diskError('EPERM')) });
    await sink.write(first, delivery());
    disk.room = bytesOf(second.slice(0, 2)) + 100;
    const error = await rejection(sink, second);
    expect(error.failedIds).toEqual(ids(second.slice(2)));
    disk.free();
    await sink.write(second.slice(2), delivery());
    const lines = folder.lines();
    expect(wholeIds(lines)).toEqual(ids([...first, ...second]));
    expect(lines).toHaveLength(11);
    expect(eventLine(second[2] as AuditEvent).startsWith(lines[7] as string)).toBe(true);
  });

  test.each([
    [0, 2],
    [-1, 3],
  ])('within the line feed that ends a torn line and two lines, %i bytes more', async (more, failed) => {
    writeFileSync(folder.file, 'torn');
    const disk = new FillingDisk();
    const sink = sinkWith({ write: disk.write, truncate: () => Promise.reject(diskError('EPERM')) });
    const batch = events(4);
    disk.room = 1 + bytesOf(batch.slice(0, 2)) + more;
    expect((await rejection(sink, batch)).failedIds).toEqual(ids(batch.slice(-failed)));
  });

  test('and can neither be cut nor synced: nothing counts as stored', async () => {
    const disk = new FillingDisk();
    let isSick = false;
    const sink = sinkWith({
      write: disk.write,
      truncate: () => Promise.reject(diskError('EIO')),
      datasync: (file) => (isSick ? Promise.reject(diskError('EIO')) : file.datasync()),
    });
    await sink.write(first, delivery());
    disk.room = bytesOf(second.slice(0, 2)) + 100;
    isSick = true;
    expect((await rejection(sink, second)).failedIds).toBeUndefined();
    disk.free();
    isSick = false;
    await sink.write(second, delivery());
    expect(wholeIds(folder.lines())).toEqual(ids([...first, ...second.slice(0, 2), ...second]));
  });

  test('fifty times over, nothing is lost, doubled or merged, and no file stays open', async () => {
    const disk = new FillingDisk();
    const counting = faultyDisk(disk);
    const sink = createFileSink(folder.file, { ...REAL, disk: counting });
    sinks.push(sink);
    const stored: string[] = [];
    for (let i = 0; i < 50; i++) {
      const batch = events(4);
      disk.room = i * 37;
      await rejection(sink, batch);
      disk.free();
      await sink.write(batch, delivery());
      stored.push(...ids(batch));
    }
    expect(folder.ids()).toEqual(stored);
    expect(counting.openFiles()).toBe(1);
    await closeAll();
    expect(counting.openFiles()).toBe(0);
  });
});

test('a failed write never cuts off what another process appended meanwhile', async () => {
  const sink = sinkWith({
    async write(file, buffer, offset) {
      await file.write(buffer, offset, 100);
      appendFileSync(folder.file, '\n{"theirs":1}\n');
      throw diskError('ENOSPC');
    },
  });
  const batch = events(2);
  expect((await rejection(sink, batch)).failedIds).toBeUndefined();
  await closeAll();
  await sinkWith({}).write(batch, delivery());
  expect(folder.lines().slice(1)).toEqual(['{"theirs":1}', ...batch.map(eventLine)]);
});

describe('when fdatasync fails', () => {
  test('the batch is cut off and the handle is never used again', async () => {
    const handles: unknown[] = [];
    let failures = 1;
    const sink = sinkWith({
      datasync(file) {
        handles.push(file);
        return failures-- > 0 ? Promise.reject(diskError('EIO')) : file.datasync();
      },
    });
    const batch = events(3);
    const error = await rejection(sink, batch);
    expect(error).toMatchObject({ kind: 'retryable', message: expect.stringContaining('(EIO)') });
    expect(folder.ids()).toEqual([]);
    await sink.write(batch, delivery());
    expect(folder.ids()).toEqual(ids(batch));
    expect(handles).toHaveLength(2);
    expect(handles[1]).not.toBe(handles[0]);
  });

  test('and the batch cannot be cut off, its retry begins on a new line whatever the disk kept', async () => {
    let failures = 1;
    const sink = sinkWith({
      truncate: () => Promise.reject(diskError('EIO')),
      datasync: (file) => (failures-- > 0 ? Promise.reject(diskError('EIO')) : file.datasync()),
    });
    const batch = events(2);
    expect((await rejection(sink, batch)).failedIds).toBeUndefined();
    await sink.write(batch, delivery());
    expect(folder.read()).toBe(`${text(batch)}\n${text(batch)}`);
  });
});

describe('a file that ends in a torn line', () => {
  test.each(['{"id":"to', '{"id":"whole"}', '\0\0\0\0'])('%j: the next event begins on a new line', async (torn) => {
    const before = events(2);
    await sinkWith({}).write(before, delivery());
    await closeAll();
    appendFileSync(folder.file, torn);
    const after = events(2);
    const sink = sinkWith({});
    await sink.open?.();
    await sink.write(after, delivery());
    expect(folder.read()).toBe(`${text(before)}${torn}\n${text(after)}`);
  });

  test('is not changed by open alone', async () => {
    writeFileSync(folder.file, 'torn');
    await sinkWith({}).open?.();
    expect(folder.read()).toBe('torn');
  });
});

describe('an aborted signal', () => {
  test('stops a write before its first byte', async () => {
    const sink = sinkWith({});
    const error = await rejection(sink, events(3), AbortSignal.abort());
    expect(error).toMatchObject({ kind: 'retryable', code: 'AUDIT_SINK_TIMEOUT' });
    expect(() => readFileSync(folder.file)).toThrow('ENOENT');
  });

  test('stops a write between two parts, and what was written is cut off', async () => {
    const stop = new AbortController();
    const batch = events(20);
    const sink = sinkWith({
      async write(file, buffer, offset, length) {
        const result = await file.write(buffer, offset, Math.min(length, 1000));
        stop.abort();
        return result;
      },
    });
    expect(await rejection(sink, batch, stop.signal)).toMatchObject({ code: 'AUDIT_SINK_TIMEOUT' });
    await closeAll();
    expect(folder.read()).toBe('');
  });

  test('ends a write to a disk that hangs; the next write waits for its turn', async () => {
    let release = (): void => undefined;
    let hangs: Promise<void> | undefined = new Promise((resolve) => {
      release = resolve;
    });
    const sink = sinkWith({
      async datasync(file) {
        await hangs;
        await file.datasync();
      },
    });
    const [stuck, next] = [events(2), events(2)];
    const error = await rejection(sink, stuck, AbortSignal.timeout(20));
    expect(error).toMatchObject({ code: 'AUDIT_SINK_TIMEOUT' });
    const writing = sink.write(next, delivery());
    hangs = undefined;
    release();
    await writing;
    expect(folder.ids()).toEqual(ids([...stuck, ...next]));
  });
});

test.each([
  ['ENOSPC', 'retryable'],
  ['EDQUOT', 'retryable'],
  ['EIO', 'retryable'],
  ['EMFILE', 'retryable'],
  ['EROFS', 'endpoint'],
  ['EFBIG', 'endpoint'],
  ['EACCES', 'endpoint'],
  ['ESOMETHING', 'retryable'],
])('%s is told as %s, with the path, the code and no content of an event', async (code, kind) => {
  const sink = sinkWith({ write: () => Promise.reject(diskError(code)) });
  const error = await rejection(sink, events(1, { metadata: { secret: 'canary' } }));
  expect(error).toBeInstanceOf(SinkError);
  expect(error).toMatchObject({ kind, retryable: true, cause: { code } });
  expect(error.message).toContain(`${folder.file}: `);
  expect(error.message).toContain(`(${code}). `);
  expect(`${error.stack}${error.cause}`).not.toContain('canary');
});

function sinkWith(faults: Faults, options: Partial<FileSinkOptions> = {}): Sink {
  const onWarning = ({ message }: SinkError) => void warnings.push(message);
  const sink = createFileSink({ path: folder.file, onWarning, ...options }, { ...REAL, disk: faultyDisk(faults) });
  sinks.push(sink);
  return sink;
}

async function closeAll(): Promise<void> {
  for (const sink of sinks.splice(0)) await sink.close?.();
}

function text(batch: readonly AuditEvent[]): string {
  return batch.map((event) => `${eventLine(event)}\n`).join('');
}

function bytesOf(batch: readonly AuditEvent[]): number {
  return Buffer.byteLength(text(batch));
}

/** Ids of the lines that are JSON. */
function wholeIds(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    try {
      return [(JSON.parse(line) as AuditEvent).id];
    } catch {
      return [];
    }
  });
}
