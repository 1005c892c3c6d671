import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AuditEvent } from '@whodunit/core';

/** A temporary folder of one test, and what lies in it. */
export class Folder {
  readonly #root = mkdtempSync(join(tmpdir(), 'whodunit-file-'));
  /** The folder, or a folder in it that is not there yet. */
  readonly path: string;
  /** Where sinks of the test write. */
  readonly file: string;

  constructor(inside = '') {
    this.path = join(this.#root, inside);
    this.file = join(this.path, 'audit.ndjson');
  }

  read(path: string = this.file): string {
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  }

  /** Whole lines; what follows the last line feed is not one. */
  lines(path: string = this.file): string[] {
    return existsSync(path) ? this.read(path).split('\n').slice(0, -1) : [];
  }

  ids(path: string = this.file): string[] {
    return this.lines(path).map((line) => (JSON.parse(line) as AuditEvent).id);
  }

  /** Names of files that were put aside, oldest first; one whose gzip file is complete is on its way out. */
  archives(): string[] {
    const names = readdirSync(this.path).filter((name) => /^audit-\d{8}T\d{9}Z-\d{3,}\.ndjson(\.gz)?$/.test(name));
    return names.filter((name) => !names.includes(`${name}.gz`)).sort();
  }

  /** Ids in everything that was put aside and then in the live file. */
  allIds(): string[] {
    return [...this.archives().map((name) => join(this.path, name)), this.file].flatMap((path) => this.ids(path));
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
