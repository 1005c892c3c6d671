import { dirname, join } from 'node:path';
import { type Archive, GZIP, type Surroundings } from './archives.js';
import { codeOf, type Environment } from './disk.js';
import { notice } from './failures.js';
import { compress } from './gzip.js';
import type { RotateSettings, Settings } from './options.js';

const DAY_MS = 86_400_000;

/**
 * Deletes and compresses files that were put aside, one at a time, beside the writing. What fails is told as a warning and
 * tried again at the next rotation: the events are safe in the uncompressed file until then.
 */
export class Caretaker {
  #next: Surroundings | undefined;
  #work: Promise<void> | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly environment: Environment,
  ) {}

  /** Begins with these files, or does so when the present work is done; only the latest list counts. */
  tend(surroundings: Surroundings): void {
    this.#next = surroundings;
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined;
    });
  }

  /** Resolves when nothing is left to do. Never rejects. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #run(): Promise<void> {
    const { rotate } = this.settings;
    while (this.#next !== undefined && rotate !== undefined) {
      const { archives, leftovers } = this.#next;
      this.#next = undefined;
      const expired = findExpired(archives, rotate, this.environment.now());
      for (const name of leftovers) await this.#attempt('delete', name, () => this.#remove(name));
      for (const { name } of expired) {
        await this.#attempt('delete', name, async () => {
          await this.#remove(name);
          await this.#remove(name + GZIP);
        });
      }
      if (rotate.gzip) await this.#compress(archives.filter((archive) => !expired.includes(archive)));
    }
  }

  async #compress(archives: readonly Archive[]): Promise<void> {
    const folder = dirname(this.settings.path);
    const { disk } = this.environment;
    for (const { name } of archives) await this.#attempt('compress', name, () => compress(disk, join(folder, name)));
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.environment.disk.unlink(join(dirname(this.settings.path), name));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  async #attempt(verb: string, name: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (cause) {
      const fact = `could not ${verb} ${name} (${codeOf(cause) ?? 'no error code'}); no event is lost`;
      this.settings.warn(notice(this.settings, `${fact}, and it is tried again at the next rotation`, cause));
    }
  }
}

function findExpired(archives: readonly Archive[], rotate: RotateSettings, now: number): readonly Archive[] {
  const surplus = archives.length - rotate.maxFiles;
  return archives.filter(({ stamp }, i) => i < surplus || now - stamp > rotate.maxAgeDays * DAY_MS);
}
