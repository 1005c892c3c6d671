import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '@whodunit/core';

/** An application of `test/e2e/apps` in a process of its own: libraries that are ES modules only do not load in Jest. */
export interface RunningApp {
  /** What it said of itself: its addresses. */
  readonly said: Readonly<Record<string, string>>;
  /** Ends it, and gives every event that it stored. */
  events(): Promise<readonly AuditEvent[]>;
}

const running = new Set<{ readonly child: ChildProcess; readonly folder: string }>();

export async function startApp(name: string, ...options: readonly string[]): Promise<RunningApp> {
  const folder = mkdtempSync(join(tmpdir(), 'whodunit-app-'));
  const file = join(folder, 'audit.ndjson');
  const script = join(__dirname, '..', 'apps', `${name}.mjs`);
  const child = spawn(process.execPath, [script, file, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
  running.add({ child, folder });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const ended = once(child, 'exit');
  const first = await Promise.race([once(child.stdout, 'data'), ended]);
  const [line] = first as [Buffer | number | null];
  if (!(line instanceof Uint8Array)) throw new Error(`${name} ended before it listened: ${complaints}`);
  return {
    said: JSON.parse(line.toString()) as Record<string, string>,
    async events() {
      child.stdin.end();
      await ended;
      if (child.exitCode !== 0) throw new Error(`${name} failed: ${complaints}`);
      const text = readFileSync(file, 'utf8');
      return text
        .split('\n')
        .filter((each) => each !== '')
        .map((each) => JSON.parse(each) as AuditEvent);
    },
  };
}

/** For `afterEach`: no process and no file outlives its test. */
export function stopApps(): void {
  for (const { child, folder } of running) {
    if (child.exitCode === null) child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
  running.clear();
}
