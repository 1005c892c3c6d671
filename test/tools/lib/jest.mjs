import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { count } from './count.mjs';
import { capture, root, tool } from './run.mjs';

const RESULTS = join(root, '.cache/jest.json');

/**
 * Runs the whole suite, under another Node when one is given, and counts from Jest's own results. With `coverage`, too
 * little of core covered is a failure too.
 */
export async function jest({ execPath = process.execPath, env = process.env, coverage = false } = {}) {
  rmSync(RESULTS, { force: true });
  const workers = Math.min(4, availableParallelism());
  const { args } = tool(
    'jest',
    '--ci',
    `--maxWorkers=${workers}`,
    ...(coverage ? ['--coverage'] : []),
    '--json',
    `--outputFile=${RESULTS}`,
  );
  const result = await capture({ command: execPath, args, env: { ...env, FORCE_COLOR: '0' }, timeoutMs: 40 * 60_000 });
  if (!existsSync(RESULTS)) return { ...result, ok: false, passed: 0, failed: 1 };
  return { ...result, ...count(JSON.parse(readFileSync(RESULTS, 'utf8')), result.ok) };
}
