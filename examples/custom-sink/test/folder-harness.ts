import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SinkHarness } from '@whodunit/testing';
import { folderSink } from '../src/folder-sink.js';

/** A folder sink on a folder of its own, and what can happen to a folder. */
export async function folderHarness(): Promise<SinkHarness> {
  const place = await mkdtemp(join(tmpdir(), 'custom-sink-'));
  const [folder, away] = [join(place, 'events'), join(place, 'away')];
  await mkdir(folder);
  return {
    sink: folderSink(folder),
    async stored() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
      return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    },
    breakBackend: () => rename(folder, away),
    repairBackend: () => rename(away, folder),
    refuseEvent: (id) => mkdir(join(folder, `${id}.part`)).then(() => undefined),
    dispose: () => rm(place, { recursive: true }),
  };
}

/** A folder sink whose folder does not exist. */
export function brokenHarness(): Pick<SinkHarness, 'sink'> {
  return { sink: folderSink(join(tmpdir(), 'custom-sink-without-folder')) };
}
