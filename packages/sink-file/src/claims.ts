import { basename, dirname, join } from 'node:path';
import type { Disk } from './disk.js';
import { refusal } from './failures.js';
import type { Settings } from './options.js';

/** Paths that a sink of this process has open, shared between the CommonJS and the ES module build. */
const PATHS = Symbol.for('whodunit.sink-file.paths');
const registry = globalThis as unknown as { [PATHS]?: Set<string> };
registry[PATHS] ??= new Set();
const paths: Set<string> = registry[PATHS];

/**
 * Claims a path for one sink; the folder must exist. Two sinks on one path would cut each other's unfinished batches away.
 *
 * @returns what gives the path free again; safe to call twice
 */
export async function claimPath(settings: Settings, disk: Disk): Promise<() => void> {
  const path = join(await disk.realpath(dirname(settings.path)), basename(settings.path));
  if (paths.has(path)) {
    throw refusal(settings, 'another sink of this process writes to it', 'Share that sink, or give each its own path');
  }
  paths.add(path);
  let held = true;
  return () => {
    if (held) paths.delete(path);
    held = false;
  };
}
