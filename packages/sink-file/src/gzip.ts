import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { GZIP, UNFINISHED } from './archives.js';
import { codeOf, type Disk, type DiskFile, syncFolder } from './disk.js';

const CHUNK_BYTES = 65_536;

/**
 * Replaces a file by its gzip file, in a constant amount of memory. A crash at any moment leaves the file, or its complete
 * gzip file, or both (then the next call makes the gzip file anew): never neither. Nothing happens when the file is gone.
 */
export async function compress(disk: Disk, path: string): Promise<void> {
  const source = await openIfThere(disk, path);
  if (source === undefined) return;
  try {
    const { ino, size } = await source.stat();
    if (size === 0) return; // a name that was reserved by a process that died
    await writeGzip(disk, source, path + UNFINISHED);
    const now = await disk.lstat(path);
    if (now.ino !== ino || now.size !== size) throw new Error('the file changed while it was compressed');
    await disk.rename(path + UNFINISHED, path + GZIP);
    await syncFolder(disk, dirname(path)); // else a power cut may remember the unlink and forget the rename
    await disk.unlink(path);
  } finally {
    await source.close();
  }
}

async function writeGzip(disk: Disk, source: DiskFile, path: string): Promise<void> {
  const handle = await disk.open(path, 'wx', 0o600);
  try {
    await pipeline(chunksOf(source), createGzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) await handle.writeFile(chunk);
    });
    await handle.sync();
  } catch (error) {
    await disk.unlink(path);
    throw error;
  } finally {
    await handle.close();
  }
}

// Not handle.createReadStream: a stream holds its handle until it closes it, and the handle is still needed.
async function* chunksOf(source: DiskFile): AsyncGenerator<Buffer> {
  for (;;) {
    const { buffer, bytesRead } = await source.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function openIfThere(disk: Disk, path: string): Promise<DiskFile | undefined> {
  try {
    return await disk.open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
