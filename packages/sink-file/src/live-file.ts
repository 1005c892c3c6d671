import { constants, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, type Disk, type DiskFile, type Environment, syncFolder } from './disk.js';
import { refusal } from './failures.js';
import type { Settings } from './options.js';

/** The file that batches are appended to, as this process last saw it. */
export interface LiveFile {
  readonly handle: DiskFile;
  readonly dev: number;
  readonly ino: number;
  /** Where the next batch begins. */
  size: number;
  /** The last byte is not a line feed: the next batch begins with one, so that a torn line stands alone. */
  torn: boolean;
  /** Holds bytes that no fdatasync has covered. */
  unsynced: boolean;
  /** When the last byte was written, for rotation by time. */
  writtenAt: number;
}

/** What somebody else did to the file. `grown`: appended to it. */
export type Change = 'moved' | 'deleted' | 'truncated' | 'grown';

const LINE_FEED = 0x0a;

// O_NOFOLLOW: a link is not followed even when it appears after lstat. O_NONBLOCK: a FIFO does not hang us. O_APPEND: after
// copytruncate we write at the new end, not at the old offset. Windows knows neither of the first two.
const FLAGS =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Creates missing folders with mode 0700, durable unless `fsync` is off. */
export async function makeFolder(settings: Settings, disk: Disk): Promise<void> {
  const folder = dirname(settings.path);
  const first = await disk.mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined || settings.fsync === 'off') return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(disk, dirname(made));
}

/**
 * Opens the file for appending and creates it when missing. Refuses whatever is not a regular file; takes away every
 * permission but reading and writing by the owner.
 */
export async function openLiveFile(settings: Settings, { disk }: Environment): Promise<LiveFile> {
  await makeFolder(settings, disk);
  const before = await lstatIfThere(disk, settings.path);
  if (before !== undefined) refuseSpecial(settings, before);
  const handle = await disk.open(settings.path, FLAGS, 0o600);
  try {
    const stats = await handle.stat();
    refuseSpecial(settings, stats);
    if (process.platform !== 'win32' && (stats.mode & 0o7177) !== 0) await handle.chmod(0o600);
    if (before === undefined && settings.fsync !== 'off') await syncFolder(disk, dirname(settings.path));
    const torn = await isTorn(handle, stats.size);
    const { dev, ino, size, mtimeMs } = stats;
    return { handle, dev, ino, size, torn, unsynced: false, writtenAt: mtimeMs };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Looks whether the path still is this file, as long as it should be: one lstat when all is well. */
export async function findChange(
  settings: Settings,
  disk: Disk,
  file: LiveFile,
  size: number = file.size,
): Promise<Change | undefined> {
  const stats = await lstatIfThere(disk, settings.path);
  // The open handle keeps the inode from being used again, so equal numbers are the same file.
  if (stats === undefined || stats.ino !== file.ino || stats.dev !== file.dev) {
    return (await file.handle.stat()).nlink === 0 ? 'deleted' : 'moved';
  }
  if (stats.size === size) return undefined;
  return stats.size < size ? 'truncated' : 'grown';
}

/** Takes the file as it is now, after somebody else truncated it or appended to it. */
export async function resumeAtEnd(file: LiveFile): Promise<void> {
  file.size = (await file.handle.stat()).size;
  file.torn = await isTorn(file.handle, file.size);
}

async function isTorn(handle: DiskFile, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== LINE_FEED;
}

function refuseSpecial(settings: Settings, stats: Stats): void {
  if (stats.isFile()) return;
  const [what, advice] = stats.isSymbolicLink()
    ? ['a symbolic link', 'Name the file itself']
    : stats.isDirectory()
      ? ['a folder', 'Name a file in it']
      : ['a FIFO, a socket or a device', 'Name a regular file'];
  throw refusal(settings, `it is ${what}, and events are only written to regular files`, advice);
}

async function lstatIfThere(disk: Disk, path: string): Promise<Stats | undefined> {
  try {
    return await disk.lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
