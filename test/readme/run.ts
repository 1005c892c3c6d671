import { spawn } from 'node:child_process';

/** A server in a README never ends; when it is still healthy after this long, it works. */
const HEALTHY_MS = 8_000;

export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; `healthy` when it was still running and we ended it. */
  readonly end: number | 'healthy';
}

/** Runs a program until it ends, or for as long as it takes to believe in it. */
export function run(folder: string, file: string, env: Readonly<Record<string, string>>): Promise<Run> {
  return new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _ours, ...inherited } = process.env;
    const child = spawn(process.execPath, [file], {
      cwd: folder,
      env: { ...inherited, ...env, NODE_ENV: 'development' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed.stderr += text;
    });
    let healthy = false;
    const timer = setTimeout(() => {
      healthy = true;
      child.kill('SIGKILL');
    }, HEALTHY_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ...printed, end: healthy ? 'healthy' : (code ?? 1) });
    });
  });
}

/** The JSON objects that a program printed: one per line, or one over several lines. */
export function printedObjects(text: string): Record<string, unknown>[] {
  const lines = text.split('\n');
  const found: Record<string, unknown>[] = [];
  for (const [i, line] of lines.entries()) {
    if (!line.startsWith('{')) continue;
    const end = line === '{' ? lines.indexOf('}', i) : i;
    const value = parse(lines.slice(i, end + 1).join('\n'));
    if (typeof value === 'object' && value !== null) found.push({ ...value });
  }
  return found;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
