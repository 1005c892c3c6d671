import { basename } from 'node:path';
import { type Disk, type DiskFile, REAL } from '../../src/disk.js';

/** Replaces functions of every file that is opened; each gets the real file first. */
export interface Faults {
  write?(file: DiskFile, buffer: Buffer, offset: number, length: number): Promise<{ bytesWritten: number }>;
  datasync?(file: DiskFile): Promise<void>;
  truncate?(file: DiskFile, length: number): Promise<void>;
  sync?(file: DiskFile): Promise<void>;
}

/** A disk that counts the files that are open. */
export type CountingDisk = Disk & { openFiles(): number };

/** The real disk, with faults in the files that it opens and, if wanted, in its own functions. */
export function faultyDisk(faults: Faults, own: Partial<Disk> = {}): CountingDisk {
  const disk = { ...REAL.disk, ...own };
  let open = 0;
  return {
    ...disk,
    openFiles: () => open,
    async open(...args) {
      const file = await disk.open(...args);
      open++;
      return withFaults(file, { ...faults, close: () => file.close().finally(() => open--) });
    },
  };
}

/** The real disk, which tells every step that decides what survives a power cut. */
export function tracingDisk(tell: (step: string) => void): Disk {
  const { disk } = REAL;
  const told =
    <A extends unknown[], R>(verb: string, call: (path: string, ...rest: A) => R) =>
    (path: unknown, ...rest: A): R => {
      tell(`${verb} ${basename(String(path))}`);
      return call(String(path), ...rest);
    };
  return {
    ...disk,
    unlink: told('unlink', disk.unlink),
    rename: told('rename', disk.rename),
    async open(path, ...rest) {
      const file = await disk.open(path, ...rest);
      return withFaults(file, {
        write: (real, ...args) => told('write', () => real.write(...args))(path),
        datasync: (real) => told('datasync', () => real.datasync())(path),
        sync: (real) => told('sync', () => real.sync())(path),
        close: () => file.close(),
      });
    },
  };
}

/** An error of the operating system. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** A disk with room for so many bytes more: it takes the part of a write that fits, then refuses. */
export class FillingDisk implements Faults {
  room = Number.POSITIVE_INFINITY;

  readonly write = async (file: DiskFile, buffer: Buffer, offset: number, length: number) => {
    if (this.room === 0) throw diskError('ENOSPC');
    const { bytesWritten } = await file.write(buffer, offset, Math.min(length, this.room));
    this.room -= bytesWritten;
    return { bytesWritten };
  };

  free(): void {
    this.room = Number.POSITIVE_INFINITY;
  }
}

function withFaults(file: DiskFile, faults: Faults & { close(): Promise<unknown> }): DiskFile {
  return new Proxy(file, {
    get(real, key) {
      const fault: unknown = Reflect.get(faults, key);
      if (typeof fault === 'function') return async (...args: unknown[]) => fault(real, ...args);
      const value: unknown = Reflect.get(real, key, real);
      return typeof value === 'function' ? value.bind(real) : value;
    },
  });
}
