import { type SealedLine, SinkError } from '@whodunit/core';
import { append, type Batch, bytesFor } from './append.js';
import { listArchives, putAside, type Surroundings } from './archives.js';
import { codeOf, type Environment } from './disk.js';
import { Encoder } from './encoder.js';
import { aborted, diskFailure, notice } from './failures.js';
import { findChange, type LiveFile, openLiveFile, resumeAtEnd } from './live-file.js';
import type { Settings } from './options.js';
import { isRotationDue } from './rotation.js';

/** How often one batch follows a file that is moved or truncated while it is being written. */
const MAX_ROUNDS = 3;

/** How long rotation rests after it failed; meanwhile events go on into the present file. */
const ROTATION_REST_MS = 60_000;

/**
 * Keeps the live file open and in place. Holds no queue: the caller lets one call finish before the next.
 *
 * - no file: the next batch opens it
 * - file: every batch looks, before and after its bytes, whether it still is what the path names
 * - after any failure the handle is dropped, so back to "no file": once its fdatasync failed, a handle reports success the
 *   next time although the bytes are gone (PostgreSQL's fsync surprise, 2018)
 */
export class Writer {
  readonly #encoder = new Encoder();
  #file: LiveFile | undefined;
  /** The file may end in a part of a batch that could not be cut off: begin the next batch on a new line. */
  #isDoubtful = false;
  #rotateAfter = 0;

  constructor(
    private readonly settings: Settings,
    private readonly environment: Environment,
    private readonly tend: (surroundings: Surroundings) => void,
  ) {}

  /** Opens the file, or says why it cannot be. */
  async open(): Promise<void> {
    await this.#open();
    if (this.settings.rotate === undefined) return;
    const surroundings = await listArchives(this.settings, this.environment.disk).catch((cause: unknown) => {
      throw diskFailure(this.settings, 'list the folder of', cause);
    });
    this.tend(surroundings);
  }

  /** Resolves when every line is in the file that the path names, synced when the policy is `batch`. */
  async append(lines: readonly SealedLine[], signal: AbortSignal): Promise<void> {
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      // The disk looks the path up while this thread encodes.
      const [found, bytes] = await Promise.all([this.#find(), this.#encode(lines)]);
      const batch = { lines, bytes, signal };
      const file = await this.#rotateIfDue(found, batch);
      if (signal.aborted) throw aborted(this.settings);
      if (await this.#append(file, batch)) return;
    }
    const cause = new Error(`it changed ${MAX_ROUNDS} times during one write`);
    throw diskFailure(this.settings, 'keep up with what others do to', cause);
  }

  /** Makes durable what was acknowledged before. */
  async sync(): Promise<void> {
    const file = this.#file;
    if (file === undefined || !file.unsynced) return;
    try {
      await file.handle.datasync();
      file.unsynced = false;
    } catch (cause) {
      file.unsynced = false;
      this.#isDoubtful = true;
      await this.#drop(file);
      throw diskFailure(this.settings, 'sync events that it acknowledged to', cause);
    }
  }

  /** Syncs as the policy asks, and closes the file. */
  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      if (this.#file !== undefined) await this.#drop(this.#file);
    }
  }

  async #encode(lines: readonly SealedLine[]): Promise<Buffer> {
    return this.#encoder.encode(lines);
  }

  async #open(): Promise<LiveFile> {
    try {
      const file = await openLiveFile(this.settings, this.environment);
      file.torn ||= this.#isDoubtful && file.size > 0;
      this.#file = file;
      return file;
    } catch (cause) {
      throw cause instanceof SinkError ? cause : diskFailure(this.settings, 'open', cause);
    }
  }

  async #find(): Promise<LiveFile> {
    const file = this.#file;
    if (file === undefined) return this.#open();
    const change = await findChange(this.settings, this.environment.disk, file).catch((cause: unknown) => {
      throw diskFailure(this.settings, 'look up', cause);
    });
    if (change === undefined) return file;
    if (change === 'moved' || change === 'deleted') {
      const loss = change === 'deleted' ? '; the events in it are gone' : '';
      this.#warn(`somebody ${change} ${this.settings.path}${loss}; going on in a new file`);
      await this.#drop(file);
      return this.#open();
    }
    if (change === 'truncated') this.#warn(`somebody truncated ${this.settings.path}; the events cut off are gone`);
    try {
      await resumeAtEnd(file);
    } catch (cause) {
      throw diskFailure(this.settings, 'read the end of', cause);
    }
    return file;
  }

  async #rotateIfDue(file: LiveFile, batch: Batch): Promise<LiveFile> {
    const now = this.environment.now();
    const { rotate } = this.settings;
    if (rotate === undefined || now < this.#rotateAfter) return file;
    if (!isRotationDue(file, bytesFor(file, batch).length, now, rotate)) return file;
    let surroundings: Surroundings;
    try {
      if (file.torn) await file.handle.write('\n'); // or `cat` of two files would join two lines
      surroundings = await putAside(this.settings, this.environment);
    } catch (cause) {
      // To store events matters more than the size of a file.
      this.#rotateAfter = now + ROTATION_REST_MS;
      this.#warn(`could not put ${this.settings.path} aside (${codeOf(cause)}); going on in the same file`, cause);
      return file;
    }
    await this.#drop(file);
    const next = await this.#open();
    this.tend(surroundings);
    return next;
  }

  async #append(file: LiveFile, batch: Batch): Promise<boolean> {
    try {
      const isInPlace = await append(this.settings, this.environment.disk, file, batch);
      file.writtenAt = this.environment.now();
      this.#isDoubtful = false;
      return isInPlace;
    } catch (error) {
      this.#isDoubtful = file.torn;
      await this.#drop(file);
      throw error;
    }
  }

  async #drop(file: LiveFile): Promise<void> {
    this.#file = undefined;
    try {
      if (file.unsynced) await file.handle.datasync();
    } catch (cause) {
      this.#warn('could not sync events that it acknowledged; a power cut may lose them', cause);
    }
    try {
      await file.handle.close();
    } catch (cause) {
      this.#warn(`could not close ${this.settings.path} (${codeOf(cause)})`, cause);
    }
  }

  #warn(fact: string, cause?: unknown): void {
    this.settings.warn(notice(this.settings, fact, cause));
  }
}
