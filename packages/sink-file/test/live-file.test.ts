import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Sink, SinkError } from '@whodunit/core';
import { REAL } from '../src/disk.js';
import { createFileSink } from '../src/file-sink.js';
import { type FileSinkOptions, fileSink } from '../src/index.js';
import { delivery, events, ids, rejection } from './support/deliver.js';
import { faultyDisk } from './support/disk.js';
import { Folder } from './support/folder.js';

jest.setTimeout(30_000);

let folder: Folder;
let warnings: string[];
const sinks: Sink[] = [];

beforeEach(() => {
  folder = new Folder('logs/audit');
  warnings = [];
});

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close?.();
  folder.remove();
});

describe('what it creates', () => {
  test('files have mode 0600 and folders 0700, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await open().write(events(1), delivery());
    } finally {
      process.umask(before);
    }
    expect(modeOf(folder.file)).toBe(0o600);
    expect(modeOf(folder.path)).toBe(0o700);
    expect(modeOf(join(folder.path, '..'))).toBe(0o700);
  });

  test('a file that others may read or execute is taken back', async () => {
    mkdirSync(folder.path, { recursive: true });
    writeFileSync(folder.file, '');
    chmodSync(folder.file, 0o777);
    await open().open?.();
    expect(modeOf(folder.file)).toBe(0o600);
  });
});

describe('what it refuses at open', () => {
  beforeEach(() => mkdirSync(folder.path, { recursive: true }));

  test('a symbolic link, also one that leads nowhere', async () => {
    writeFileSync(join(folder.path, 'victim'), 'untouched');
    symlinkSync(join(folder.path, 'victim'), folder.file);
    await expect(open().open?.()).rejects.toThrow('it is a symbolic link');
    expect(readFileSync(join(folder.path, 'victim'), 'utf8')).toBe('untouched');
    rmSync(join(folder.path, 'victim'));
    await expect(open().open?.()).rejects.toThrow('it is a symbolic link');
    expect(() => statSync(join(folder.path, 'victim'))).toThrow('ENOENT');
  });

  test('a symbolic link that appears after the check', async () => {
    writeFileSync(join(folder.path, 'victim'), 'untouched');
    const lstat = (async () => {
      symlinkSync(join(folder.path, 'victim'), folder.file);
      throw Object.assign(new Error('not there yet'), { code: 'ENOENT' });
    }) as unknown as typeof REAL.disk.lstat;
    const sink = createFileSink(folder.file, { ...REAL, disk: faultyDisk({}, { lstat }) });
    await expect(sink.open?.()).rejects.toThrow('the path is a symbolic link (ELOOP)');
    expect(readFileSync(join(folder.path, 'victim'), 'utf8')).toBe('untouched');
  });

  test('a FIFO, without waiting for its reader', async () => {
    execFileSync('mkfifo', [folder.file]);
    await expect(open().open?.()).rejects.toThrow('it is a FIFO, a socket or a device');
  });

  test('a device', async () => {
    await expect(open({ path: '/dev/null' }).open?.()).rejects.toThrow('it is a FIFO, a socket or a device');
  });

  test('a folder', async () => {
    await expect(open({ path: folder.path }).open?.()).rejects.toThrow('it is a folder');
  });

  test('a path that leads through a file', async () => {
    writeFileSync(folder.file, '');
    const failed = open({ path: join(folder.file, 'audit.ndjson') }).open?.();
    await expect(failed).rejects.toMatchObject({ code: 'AUDIT_SINK_FAILED', kind: 'endpoint' });
  });

  test('a path that another sink of this process has open, by any of its names', async () => {
    await open().open?.();
    symlinkSync(folder.path, join(folder.path, '../alias'));
    const second = open({ path: join(folder.path, '../alias/audit.ndjson') });
    await expect(second.open?.()).rejects.toThrow('another sink of this process writes to it');
    expect(await rejection(second, events(1))).toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
  });

  test('with SinkError, code AUDIT_OPTION_INVALID', async () => {
    const error = await open({ path: folder.path })
      .open?.()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SinkError);
    expect(error).toMatchObject({ code: 'AUDIT_OPTION_INVALID', kind: 'endpoint', retryable: true });
  });
});

test('a path is free again after close, and after an open that failed', async () => {
  mkdirSync(folder.file, { recursive: true });
  await expect(open().open?.()).rejects.toThrow('it is a folder');
  rmSync(folder.file, { recursive: true });
  const first = open();
  await first.open?.();
  await first.close?.();
  await open().open?.();
});

describe('when somebody else', () => {
  const before = events(3);
  const after = events(3);

  test('moves the file, it goes on in a new one and says so', async () => {
    const sink = await written();
    renameSync(folder.file, `${folder.file}.1`);
    await sink.write(after, delivery());
    expect(folder.ids(`${folder.file}.1`)).toEqual(ids(before));
    expect(folder.ids()).toEqual(ids(after));
    expect(warnings).toEqual([expect.stringContaining('somebody moved')]);
    expect(modeOf(folder.file)).toBe(0o600);
  });

  test('deletes the file, it goes on in a new one and says so', async () => {
    const sink = await written();
    rmSync(folder.file);
    await sink.write(after, delivery());
    expect(folder.ids()).toEqual(ids(after));
    expect(warnings).toEqual([expect.stringContaining('somebody deleted')]);
  });

  test('puts another file in its place, it goes on at the end of that one', async () => {
    const sink = await written();
    writeFileSync(`${folder.file}.new`, '{"id":"theirs"}\n{"id":"to');
    renameSync(`${folder.file}.new`, folder.file);
    await sink.write(after, delivery());
    expect(folder.lines().slice(0, 2)).toEqual(['{"id":"theirs"}', '{"id":"to']);
    expect(folder.lines().slice(2)).toHaveLength(3);
  });

  test('copies and truncates the file, it goes on at the new end and says so', async () => {
    const sink = await written();
    truncateSync(folder.file, 0);
    await sink.write(after, delivery());
    expect(folder.ids()).toEqual(ids(after));
    expect(folder.read().includes('\0')).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('somebody truncated')]);
  });

  test('truncates the file within a line, the rest of that line stands alone', async () => {
    const sink = await written();
    truncateSync(folder.file, statSync(folder.file).size - 10);
    await sink.write(after, delivery());
    expect(folder.lines()).toHaveLength(6);
    expect(
      folder
        .lines()
        .slice(3)
        .map((line) => JSON.parse(line).id),
    ).toEqual(ids(after));
  });

  test('appends half a line, that stands alone', async () => {
    const sink = await written();
    appendFileSync(folder.file, 'half');
    await sink.write(after, delivery());
    expect(folder.lines()[3]).toBe('half');
    expect(
      folder
        .lines()
        .slice(4)
        .map((line) => JSON.parse(line).id),
    ).toEqual(ids(after));
    expect(warnings).toEqual([]);
  });

  test('removes the folder, it makes both again', async () => {
    const sink = await written();
    rmSync(folder.path, { recursive: true });
    await sink.write(after, delivery());
    expect(folder.ids()).toEqual(ids(after));
    expect(modeOf(folder.path)).toBe(0o700);
  });

  test('puts a symbolic link in its place, even to the same file, it refuses and writes nothing through it', async () => {
    const sink = await written();
    renameSync(folder.file, `${folder.file}.1`);
    symlinkSync(`${folder.file}.1`, folder.file);
    expect(await rejection(sink, after)).toMatchObject({ kind: 'endpoint', message: expect.stringContaining('link') });
    expect(folder.ids(`${folder.file}.1`)).toEqual(ids(before));
    rmSync(folder.file);
    await sink.write(after, delivery());
    expect(folder.ids()).toEqual(ids(after));
  });

  test.each([
    ['deletes', () => rmSync(folder.file)],
    ['moves', () => renameSync(folder.file, `${folder.file}.1`)],
    ['truncates', () => truncateSync(folder.file, 0)],
  ])(
    '%s the file during a write, the batch is acknowledged only when the new one holds it',
    async (_verb, interfere) => {
      let isArmed = false;
      const sink = await written({
        write(file, ...args) {
          if (isArmed) interfere();
          isArmed = false;
          return file.write(...args);
        },
      });
      isArmed = true;
      await sink.write(after, delivery());
      expect(folder.ids().slice(-3)).toEqual(ids(after));
      expect(warnings).toHaveLength(1);
    },
  );

  test('takes the file away after every write, it gives up instead of acknowledging', async () => {
    const sink = await written({
      async write(file, ...args) {
        const result = await file.write(...args);
        rmSync(folder.file, { force: true });
        return result;
      },
    }).catch((error: unknown) => error);
    expect(sink).toMatchObject({ kind: 'retryable', message: expect.stringContaining('keep up with') });
  });

  async function written(faults: Parameters<typeof faultyDisk>[0] = {}): Promise<Sink> {
    const sink = createFileSink(
      { path: folder.file, onWarning: ({ message }) => warnings.push(message) },
      { ...REAL, disk: faultyDisk(faults) },
    );
    sinks.push(sink);
    await sink.write(before, delivery());
    return sink;
  }
});

function open(options: Partial<FileSinkOptions> = {}): Sink {
  const sink = fileSink({ path: folder.file, onWarning: ({ message }) => warnings.push(message), ...options });
  sinks.push(sink);
  return sink;
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}
