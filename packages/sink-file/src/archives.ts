import { basename, dirname, extname, join } from 'node:path';
import { codeOf, type Disk, type Environment } from './disk.js';
import type { Settings } from './options.js';

/** A file that was put aside: `audit-20261123T004500123Z-000.ndjson`, with `.gz` when compressed. */
export interface Archive {
  /** Name without `.gz`. */
  readonly name: string;
  /** When it was put aside, milliseconds since 1970. */
  readonly stamp: number;
  /** Tells apart what was put aside within one millisecond. */
  readonly sequence: number;
}

/** What lies beside the live file and is ours by name. */
export interface Surroundings {
  /** Oldest first; names sort in the order of writing. */
  readonly archives: readonly Archive[];
  /** Names of half-made gzip files of a process that died. */
  readonly leftovers: readonly string[];
}

/** Suffix of a compressed file, and of one in the making. */
export const GZIP = '.gz';
export const UNFINISHED = '.gz.tmp';

/** Lists what is ours by name. Nothing else in the folder is ever touched. */
export async function listArchives(settings: Settings, disk: Disk): Promise<Surroundings> {
  const [stem, extension] = nameParts(settings.path);
  const pattern = new RegExp(
    `^(${escapePattern(stem)}-(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)(\\d{3})Z-(\\d{3,9})${escapePattern(extension)})(\\.gz|\\.gz\\.tmp)?$`,
  );
  const found = new Map<string, Archive>();
  const leftovers: string[] = [];
  for (const file of await disk.readdir(dirname(settings.path), { withFileTypes: true })) {
    const match = file.isFile() ? pattern.exec(file.name) : null;
    if (match === null) continue;
    const [, name = '', year, month, day, hour, minute, second, ms, sequence, suffix] = match;
    const stamp = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
    if (suffix === UNFINISHED) leftovers.push(file.name);
    else if (!Number.isNaN(stamp)) found.set(name, { name, stamp, sequence: Number(sequence) });
  }
  return { archives: [...found.values()].sort(byAge), leftovers };
}

/**
 * Puts the live file aside under a name of its own and lists what lies there now. Never overwrites: the new name is created
 * empty and exclusively, and only that empty file is replaced. A clock that went back does not break the order of names.
 */
export async function putAside(settings: Settings, { disk, now }: Environment): Promise<Surroundings> {
  const { archives, leftovers } = await listArchives(settings, disk);
  const newest = archives.at(-1);
  const stamp = Math.max(now(), newest?.stamp ?? 0);
  let sequence = stamp === newest?.stamp ? newest.sequence + 1 : 0;
  while (!(await reserve(settings, disk, archiveName(settings.path, stamp, sequence)))) sequence++;
  const name = archiveName(settings.path, stamp, sequence);
  const aside = join(dirname(settings.path), name);
  try {
    await disk.rename(settings.path, aside);
  } catch (error) {
    await disk.unlink(aside);
    throw error;
  }
  return { archives: [...archives, { name, stamp, sequence }], leftovers };
}

async function reserve(settings: Settings, disk: Disk, name: string): Promise<boolean> {
  try {
    const handle = await disk.open(join(dirname(settings.path), name), 'wx', 0o600);
    await handle.close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function archiveName(path: string, stamp: number, sequence: number): string {
  const [stem, extension] = nameParts(path);
  const time = new Date(stamp).toISOString().replace(/[-:.]/g, '');
  return `${stem}-${time}-${String(sequence).padStart(3, '0')}${extension}`;
}

function nameParts(path: string): readonly [stem: string, extension: string] {
  const extension = extname(path);
  return [basename(path, extension), extension];
}

function byAge(a: Archive, b: Archive): number {
  return a.stamp - b.stamp || a.sequence - b.sequence;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
