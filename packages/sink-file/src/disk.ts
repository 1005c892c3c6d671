import type { FileHandle } from 'node:fs/promises';
import * as fs from 'node:fs/promises';

/** Every file function that this package calls: one door, so that tests can make any of them fail. */
export type Disk = Pick<typeof fs, 'open' | 'lstat' | 'mkdir' | 'readdir' | 'realpath' | 'rename' | 'unlink'>;

/** An open file of that disk. */
export type DiskFile = FileHandle;

/** What the sink has around it: the disk and the clock (milliseconds since 1970). */
export interface Environment {
  readonly disk: Disk;
  now(): number;
}

/** The real disk and the real clock. */
export const REAL: Environment = { disk: fs, now: Date.now };

/** The error code of a failed file function: `ENOSPC`, `EIO`, ... Not by `instanceof`: Jest gives tests an Error of their own. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Makes a folder's list of names durable: without it a power cut can take away a file whose content was synced. Some file
 * systems (and Windows) have no such call and say EINVAL; there, names are as durable as that file system makes them.
 */
export async function syncFolder(disk: Disk, folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await disk.open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
