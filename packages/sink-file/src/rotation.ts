import type { LiveFile } from './live-file.js';
import type { RotateSettings } from './options.js';

const INTERVAL_MS = { hour: 3_600_000, day: 86_400_000 } as const;

/** Must this file be put aside before a batch of so many bytes? Never when it is empty: a batch is not split. */
export function isRotationDue(
  file: Pick<LiveFile, 'size' | 'writtenAt'>,
  bytes: number,
  now: number,
  rotate: RotateSettings,
): boolean {
  if (file.size === 0) return false;
  if (file.size + bytes > rotate.maxBytes) return true;
  if (rotate.interval === undefined) return false;
  const length = INTERVAL_MS[rotate.interval];
  return Math.floor(now / length) > Math.floor(file.writtenAt / length);
}
