import { type AuditEvent, type Delivery, type SealedLine, type Sink, SinkError, sealedLine } from '@whodunit/core';
import { Caretaker } from './caretaker.js';
import { claimPath } from './claims.js';
import { type Environment, REAL } from './disk.js';
import { aborted, closed, diskFailure } from './failures.js';
import { makeFolder } from './live-file.js';
import { type FileSinkOptions, resolveOptions, type Settings } from './options.js';
import { Writer } from './writer.js';

export type { FileSinkOptions } from './options.js';

/**
 * Stores events in a file as NDJSON: one line of canonical JSON per event, in the order of the events, one write per batch.
 *
 * A resolved `write` means that every line is in the file that the path names and, with the default `fsync: 'batch'`, that
 * it survives a power cut. A batch that failed is cut off again; a line torn by a crash always stands alone. `idempotent`
 * is false: a batch that is delivered again is stored again.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID` for a wrong option
 */
export function fileSink(options: string | FileSinkOptions): Sink {
  return createFileSink(options, REAL);
}

/** `fileSink` with a disk and a clock of the caller's choice. */
export function createFileSink(options: string | FileSinkOptions, environment: Environment): Sink {
  return new FileSink(resolveOptions(options), environment);
}

/** Opens, takes turns and closes; what happens to the file is the writer's business. */
class FileSink implements Sink {
  readonly name: string;
  readonly idempotent = false;
  readonly #caretaker: Caretaker;
  readonly #writer: Writer;
  #turn: Promise<unknown> = Promise.resolve();
  #freePath: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** An fsync between two batches failed: the next write says so. */
  #fault: SinkError | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly environment: Environment,
  ) {
    this.name = settings.name;
    this.#caretaker = new Caretaker(settings, environment);
    this.#writer = new Writer(settings, environment, (surroundings) => this.#caretaker.tend(surroundings));
  }

  async open(): Promise<void> {
    if (this.#closing !== undefined) throw closed(this.settings);
    await this.#inTurn(() => this.#open());
  }

  write(events: readonly AuditEvent[], delivery: Delivery): Promise<void> {
    return this.writeLines(events.map(sealedLine), delivery);
  }

  async writeLines(lines: readonly SealedLine[], { signal }: Delivery): Promise<void> {
    if (this.#closing !== undefined) throw closed(this.settings);
    if (signal.aborted) throw aborted(this.settings);
    const storing = this.#inTurn(async () => {
      if (signal.aborted) throw aborted(this.settings);
      if (lines.length === 0) return;
      await this.#open();
      this.#throwFault();
      await this.#writer.append(lines, signal);
      if (this.settings.fsync === 'interval') this.#startTimer();
    });
    await this.#untilAborted(storing, signal);
  }

  close(): Promise<void> {
    this.#closing ??= this.#inTurn(() => this.#close());
    return this.#closing;
  }

  /** A device that hangs does not hold the caller; what it still does then, it does before the next turn. */
  async #untilAborted(storing: Promise<void>, signal: AbortSignal): Promise<void> {
    let stop = (): void => undefined;
    const stopped = new Promise<never>((_resolve, reject) => {
      stop = () => reject(aborted(this.settings));
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      await Promise.race([storing, stopped]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** A batch whose caller lost patience may still be at work when the next one comes: they must not mix. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #open(): Promise<void> {
    if (this.#freePath !== undefined) return;
    const free = await this.#claim();
    try {
      await this.#writer.open();
      this.#freePath = free;
    } catch (error) {
      free();
      throw error;
    }
  }

  async #claim(): Promise<() => void> {
    try {
      await makeFolder(this.settings, this.environment.disk);
      return await claimPath(this.settings, this.environment.disk);
    } catch (cause) {
      throw cause instanceof SinkError ? cause : diskFailure(this.settings, 'make the folder of', cause);
    }
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.#writer.close();
      this.#throwFault();
    } finally {
      await this.#caretaker.settled();
      this.#freePath?.();
    }
  }

  #startTimer(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#inTurn(() => this.#writer.sync()).catch((error: SinkError) => {
        this.#fault = error;
      });
    }, this.settings.fsyncIntervalMs).unref();
  }

  #throwFault(): void {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw fault;
  }
}
