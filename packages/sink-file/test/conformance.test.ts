import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testSink } from '@whodunit/testing';
import { type FileSinkOptions, fileSink } from '../src/index.js';
import { Folder } from './support/folder.js';

testSink({ test, create: () => harness(), createBroken: brokenHarness });

describe('with an fsync between batches', () => {
  testSink({ test, create: () => harness({ fsync: 'interval', fsyncIntervalMs: 20 }), createBroken: brokenHarness });
});

describe('without fsync, with rotation and gzip', () => {
  const rotate = { maxBytes: 4096, interval: 'day', gzip: true } as const;
  testSink({ test, create: () => harness({ fsync: 'off', rotate }), createBroken: brokenHarness });
});

/** A sink in a folder of its own; broken by moving the folder away and putting a file in its place. */
function harness(options: Omit<FileSinkOptions, 'path'> = {}) {
  const folder = new Folder('logs');
  mkdirSync(folder.path);
  return {
    sink: fileSink({ ...options, path: folder.file, onWarning: () => undefined }),
    stored: () =>
      [...folder.archives().map((name) => join(folder.path, name)), folder.file].flatMap((path) => folder.lines(path)),
    breakBackend() {
      renameSync(folder.path, `${folder.path}-away`);
      writeFileSync(folder.path, '');
    },
    repairBackend() {
      rmSync(folder.path);
      renameSync(`${folder.path}-away`, folder.path);
    },
    dispose: () => folder.remove(),
  };
}

/** A sink whose path is a folder. */
function brokenHarness() {
  const folder = new Folder();
  return { sink: fileSink(folder.path), dispose: () => folder.remove() };
}
