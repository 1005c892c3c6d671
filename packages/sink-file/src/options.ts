import { resolve } from 'node:path';
import { AuditError, type Check, checkOptions, is, type SinkError } from '@whodunit/core';

/** When stored events are made to survive a power cut. Every policy survives the death of the process. */
export type FsyncPolicy = 'batch' | 'interval' | 'off';

/** When a file is put aside for a new one, and what happens to the old ones. Give `maxBytes`, `interval` or both. */
export interface RotateOptions {
  /** A file is put aside before a batch would make it larger than this; a batch is never split. @default no limit */
  readonly maxBytes?: number;
  /** A file is put aside before the first batch of a new hour or day, in UTC. @default no limit */
  readonly interval?: 'hour' | 'day';
  /** Compresses files that were put aside, beside the writing, not before it; `close` waits for it. @default false */
  readonly gzip?: boolean;
  /** Only this many of the files put aside are kept, the newest. @default all */
  readonly maxFiles?: number;
  /** Files put aside longer ago than this are deleted, at rotation and at start. @default never */
  readonly maxAgeDays?: number;
}

/** Options of `fileSink`. */
export interface FileSinkOptions {
  /** The file. Relative to the working directory of this moment; missing folders are created with mode 0700. */
  readonly path: string;
  /** Name of the sink in errors and statistics; needed when an auditor has two file sinks. @default 'file' */
  readonly name?: string;
  /**
   * `batch`: fdatasync before a batch is acknowledged, about 1 ms each. `interval`: acknowledged at once, a power cut
   * costs at most `fsyncIntervalMs`. `off`: the operating system decides, usually within 30 s.
   * @default 'batch'
   */
  readonly fsync?: FsyncPolicy;
  /** For `fsync: 'interval'`. @default 1000 */
  readonly fsyncIntervalMs?: number;
  /** @default one file that grows for ever */
  readonly rotate?: RotateOptions;
  /**
   * Told what an operator should know although no write fails: the file was moved, deleted or truncated by somebody else,
   * an old file could not be compressed or deleted. @default `process.emitWarning`
   */
  onWarning?(warning: SinkError): void;
}

/** What stands when an option is absent. */
export const DEFAULTS = Object.freeze({ name: 'file', fsync: 'batch', fsyncIntervalMs: 1000, gzip: false } as const);

/** Rotation with every choice made. */
export interface RotateSettings {
  readonly maxBytes: number;
  readonly interval: 'hour' | 'day' | undefined;
  readonly gzip: boolean;
  readonly maxFiles: number;
  readonly maxAgeDays: number;
}

/** Options with every choice made. */
export interface Settings {
  readonly path: string;
  readonly name: string;
  readonly fsync: FsyncPolicy;
  readonly fsyncIntervalMs: number;
  readonly rotate: RotateSettings | undefined;
  readonly warn: (warning: SinkError) => void;
}

const CHECKS = {
  path: (value) =>
    typeof value === 'string' && /[^/\\]$/.test(value) && !value.includes('\0') ? undefined : 'the path of a file',
  name: is.text,
  fsync: is.oneOf('batch', 'interval', 'off'),
  fsyncIntervalMs: is.integer(1, 2 ** 31 - 1),
  rotate: is.object,
  onWarning: is.action,
} satisfies Record<keyof FileSinkOptions, Check>;

const ROTATE_CHECKS = {
  maxBytes: is.integer(1),
  interval: is.oneOf('hour', 'day'),
  gzip: is.boolean,
  maxFiles: is.integer(1),
  maxAgeDays: is.integer(1),
} satisfies Record<keyof RotateOptions, Check>;

/** Checks and completes the options, once. */
export function resolveOptions(given: string | FileSinkOptions): Settings {
  const options = typeof given === 'string' ? { path: given } : given;
  checkOptions('fileSink', options, CHECKS);
  if (options.path === undefined) throw invalid('`path` is missing. Say which file: fileSink({ path })');
  const fsync = options.fsync ?? DEFAULTS.fsync;
  if (options.fsyncIntervalMs !== undefined && fsync !== 'interval') {
    throw invalid("`fsyncIntervalMs` has no meaning without `fsync: 'interval'`. Add it, or leave the number out");
  }
  return Object.freeze({
    path: resolve(options.path),
    name: options.name ?? DEFAULTS.name,
    fsync,
    fsyncIntervalMs: options.fsyncIntervalMs ?? DEFAULTS.fsyncIntervalMs,
    rotate: options.rotate === undefined ? undefined : resolveRotate(options.rotate),
    warn: warner(options),
  });
}

function resolveRotate(rotate: RotateOptions): RotateSettings {
  checkOptions('fileSink: rotate', rotate, ROTATE_CHECKS);
  if (rotate.maxBytes === undefined && rotate.interval === undefined) {
    throw invalid('`rotate` says nothing about when. Give `maxBytes`, `interval` or both');
  }
  return Object.freeze({
    maxBytes: rotate.maxBytes ?? Number.POSITIVE_INFINITY,
    interval: rotate.interval,
    gzip: rotate.gzip ?? DEFAULTS.gzip,
    maxFiles: rotate.maxFiles ?? Number.POSITIVE_INFINITY,
    maxAgeDays: rotate.maxAgeDays ?? Number.POSITIVE_INFINITY,
  });
}

/** A listener that throws must not fail a batch that was stored. */
function warner(options: FileSinkOptions): (warning: SinkError) => void {
  const emit = (warning: SinkError): void => {
    process.emitWarning(warning.message, { type: 'AuditWarning', code: warning.code });
  };
  return (warning) => {
    try {
      if (options.onWarning === undefined) emit(warning);
      else options.onWarning(warning);
    } catch {
      emit(warning);
    }
  };
}

function invalid(problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `fileSink: ${problem}.`);
}
