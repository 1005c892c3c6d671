import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for what a table writes, removed when it is measured. */
export async function withFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'whodunit-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
