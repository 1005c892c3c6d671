import type { SealedLine } from '@whodunit/core';
import type { Disk } from './disk.js';
import { idsBeyond } from './encoder.js';
import { aborted, diskFailure } from './failures.js';
import { findChange, type LiveFile } from './live-file.js';
import type { Settings } from './options.js';

/** One batch on its way into a file. */
export interface Batch {
  readonly lines: readonly SealedLine[];
  /** A line feed, then one line per event. */
  readonly bytes: Buffer;
  readonly signal: AbortSignal;
}

/** The bytes that a batch adds to this file: the first line feed only where a torn line must be ended. */
export function bytesFor(file: LiveFile, batch: Batch): Buffer {
  return batch.bytes.subarray(file.torn ? 0 : 1);
}

/**
 * Appends a batch in one write (more when the disk takes it in parts), then fdatasync when the policy is `batch`. When that
 * fails, the batch is cut off again, so that its retry leaves no half of it. Where the file cannot be cut, what reached it
 * stays, counts as stored only when it is durable and in place, and `file.torn` says to begin the next batch on a new line.
 *
 * @returns whether the path still named this file, at its full length, after the write
 * @throws SinkError; the handle must not be used again
 */
export async function append(settings: Settings, disk: Disk, file: LiveFile, batch: Batch): Promise<boolean> {
  const bytes = bytesFor(file, batch);
  const progress = { written: 0 };
  let isInPlace: boolean;
  try {
    await writeAll(file, bytes, batch.signal, progress);
    isInPlace = await syncAndLook(settings, disk, file, file.size + bytes.length);
  } catch (cause) {
    const isWhole = progress.written === bytes.length;
    const failedIds = await undo(settings, disk, file, batch, progress.written);
    if (batch.signal.aborted && !isWhole) throw aborted(settings, failedIds);
    throw diskFailure(settings, isWhole ? 'finish writing to' : 'write to', cause, failedIds);
  }
  file.size += bytes.length;
  file.torn = false;
  file.unsynced = settings.fsync === 'interval';
  return isInPlace;
}

/** Both at once: what is taken away while the disk syncs was stored, and taken away after that. */
async function syncAndLook(settings: Settings, disk: Disk, file: LiveFile, size: number): Promise<boolean> {
  const syncing = settings.fsync === 'batch' ? file.handle.datasync() : undefined;
  const [synced, looked] = await Promise.allSettled([syncing, isStillThere(settings, disk, file, size)]);
  if (synced.status === 'rejected') throw synced.reason;
  if (looked.status === 'rejected') throw looked.reason;
  return looked.value;
}

async function isStillThere(settings: Settings, disk: Disk, file: LiveFile, size: number): Promise<boolean> {
  const change = await findChange(settings, disk, file, size);
  return change === undefined || change === 'grown';
}

async function writeAll(
  file: LiveFile,
  bytes: Buffer,
  signal: AbortSignal,
  progress: { written: number },
): Promise<void> {
  while (progress.written < bytes.length) {
    signal.throwIfAborted();
    const { bytesWritten } = await file.handle.write(bytes, progress.written, bytes.length - progress.written);
    if (bytesWritten === 0) throw new Error('the device took no byte');
    progress.written += bytesWritten;
  }
}

/** Returns the ids that were not stored, when the others were; undefined when none was. */
async function undo(
  settings: Settings,
  disk: Disk,
  file: LiveFile,
  batch: Batch,
  written: number,
): Promise<readonly string[] | undefined> {
  if (await cutBack(file, written)) return undefined;
  const lead = file.torn ? 1 : 0;
  file.torn = true;
  // After a failed fdatasync (all was written) it is unknown what is on the disk: nothing counts as stored.
  if (written === 0 || written === bytesOf(batch, lead)) return undefined;
  const failedIds = idsBeyond(batch.lines, written - lead);
  const isPartStored = failedIds.length < batch.lines.length && (await isDurable(settings, disk, file));
  return isPartStored ? failedIds : undefined;
}

function bytesOf(batch: Batch, lead: number): number {
  return batch.bytes.length - 1 + lead;
}

/** Takes the last bytes away again; false when somebody else appended meanwhile or the file system refuses. */
async function cutBack(file: LiveFile, written: number): Promise<boolean> {
  try {
    const { size } = await file.handle.stat();
    if (size === file.size) return true;
    if (size !== file.size + written) return false;
    await file.handle.truncate(file.size);
    return true;
  } catch {
    return false;
  }
}

async function isDurable(settings: Settings, disk: Disk, file: LiveFile): Promise<boolean> {
  try {
    if (settings.fsync !== 'off') await file.handle.datasync();
    return await isStillThere(settings, disk, file, file.size);
  } catch {
    return false;
  }
}
