import { SinkError, type SinkErrorKind } from '@whodunit/core';
import { codeOf } from './disk.js';
import type { Settings } from './options.js';

/** What an operating system's error code means here: kind of failure, what is wrong, what to do. */
const MEANINGS: Readonly<Record<string, readonly [SinkErrorKind, string, string]>> = {
  ENOSPC: ['retryable', 'no space is left on the device', 'Free space, or keep less with `rotate.maxFiles`'],
  EDQUOT: ['retryable', 'the disk quota is used up', 'Raise the quota, or keep less with `rotate.maxFiles`'],
  EIO: ['retryable', 'the device reports an input/output error', 'Check the disk and the kernel log'],
  EMFILE: ['retryable', 'this process has too many open files', 'Raise its limit (ulimit -n), or look for a leak'],
  ENFILE: ['retryable', 'the system has too many open files', 'Raise its limit, or look for a leak'],
  EFBIG: ['endpoint', 'the file is as large as it may be', 'Raise the limit (ulimit -f), or set `rotate.maxBytes`'],
  EROFS: ['endpoint', 'the file system is read-only', 'Mount it for writing, or name another path'],
  EACCES: ['endpoint', 'permission is denied', 'Let the user of this process write to the file and its folder'],
  EPERM: ['endpoint', 'the operation is not permitted', 'Let the user of this process own the file and its folder'],
  ENOENT: ['endpoint', 'the folder is gone', 'Restore it, or name another path'],
  ENOTDIR: ['endpoint', 'a part of the path is not a folder', 'Remove what is in the way, or name another path'],
  EEXIST: ['endpoint', 'a part of the path is not a folder', 'Remove what is in the way, or name another path'],
  EISDIR: ['endpoint', 'the path is a folder', 'Name a file'],
  ELOOP: ['endpoint', 'the path is a symbolic link', 'Name the file itself'],
  ENXIO: ['endpoint', 'the path is not a regular file', 'Name a regular file'],
  ENAMETOOLONG: ['endpoint', 'the path is too long', 'Name a shorter one'],
};

/** A failed file function as the sink's error. Holds the path and the error code, never the content of an event. */
export function diskFailure(
  settings: Settings,
  attempt: string,
  cause: unknown,
  failedIds?: readonly string[],
): SinkError {
  const code = codeOf(cause);
  const [kind, problem, advice] = MEANINGS[code ?? ''] ?? ['retryable', 'it failed', 'Check the disk'];
  return new SinkError(
    `sink \`${settings.name}\` could not ${attempt} ${settings.path}: ${problem} (${code ?? 'no error code'}). ${advice}.`,
    { kind, cause, ...(failedIds === undefined ? {} : { failedIds }) },
  );
}

/** A path that this sink does not write to, whoever asks. */
export function refusal(settings: Settings, problem: string, advice: string): SinkError {
  return new SinkError(`sink \`${settings.name}\` refuses ${settings.path}: ${problem}. ${advice}.`, {
    kind: 'endpoint',
    code: 'AUDIT_OPTION_INVALID',
  });
}

/** The caller gave up before the batch was stored. */
export function aborted(settings: Settings, failedIds?: readonly string[]): SinkError {
  return new SinkError(`sink \`${settings.name}\` stopped: the write was aborted. The batch can be tried again.`, {
    kind: 'retryable',
    code: 'AUDIT_SINK_TIMEOUT',
    ...(failedIds === undefined ? {} : { failedIds }),
  });
}

/** A write after `close`. */
export function closed(settings: Settings): SinkError {
  return new SinkError(`sink \`${settings.name}\` is closed. Close the auditor after the last event.`, {
    kind: 'gone',
    code: 'AUDIT_CLOSED',
  });
}

/** Something that an operator should know, although no write failed. */
export function notice(settings: Settings, fact: string, cause?: unknown): SinkError {
  return new SinkError(`sink \`${settings.name}\`: ${fact}.`, {
    kind: 'retryable',
    ...(cause === undefined ? {} : { cause }),
  });
}
