import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The one pnpm that this workspace is installed with. There is no `packageManager` field: it stops other versions of pnpm. */
const PNPM = 'pnpm@10.34.9';

/** How to start pnpm on a machine that has only Node and npm. */
export const pnpm = (...args) => ({ command: npx, args: ['--yes', PNPM, ...args], env: pnpmEnv() });

/** How to start the command line of an installed development dependency, with the Node that runs us. */
export function tool(name, ...args) {
  const folder = join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : (bin[name.split('/').at(-1)] ?? Object.values(bin)[0]);
  return node(join(folder, file), ...args);
}

/** How to start a script with the Node that runs us. */
export const node = (...args) => ({ command: process.execPath, args });

const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';

/**
 * Runs a command and keeps what it prints. Never rejects: a command that cannot start, or that is still running after
 * `timeoutMs`, has failed and its output says so.
 */
export function capture({ command, args, env, cwd = root, timeoutMs = 20 * 60_000 }) {
  return new Promise((resolve) => {
    const started = performance.now();
    const chunks = [];
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => {
      chunks.push(`\nStopped after ${timeoutMs} ms: still running.\n`);
      child.kill('SIGKILL');
    }, timeoutMs);
    const end = (code) => {
      clearTimeout(timer);
      resolve({ ok: code === 0, code, output: chunks.join(''), ms: performance.now() - started });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => chunks.push(text));
    }
    child.on('error', (error) => {
      chunks.push(`${command}: ${error.message}\n`);
      end(1);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** Runs a command in the foreground and resolves to its exit code. Signals reach it, and we outlive it. */
export function foreground({ command, args, env, cwd = root }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    // A terminal sends Ctrl-C to the whole group; the child already has it and we only wait.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', forward);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** Ends the process with the output of a command that failed; returns otherwise. */
export function insist(what, result) {
  if (result.ok) return;
  process.stderr.write(`${result.output}\n${what} failed.\n`);
  process.exit(1);
}

/**
 * The environment without what `npm run` adds and without what would make an install incomplete: pnpm reads
 * `npm_config_*` as its own settings, and leaves out development dependencies when NODE_ENV is production.
 */
function pnpmEnv() {
  const kept = /^npm_config_(cache|registry|proxy|https?_proxy|noproxy|cafile|ca|strict_ssl|userconfig|\/\/.*|@.*)$/i;
  const ours = Object.entries(process.env).filter(
    ([name]) => name !== 'NODE_ENV' && name !== 'INIT_CWD' && (!/^npm_/i.test(name) || kept.test(name)),
  );
  // CI: never ask a question, for example before node_modules of another pnpm is replaced.
  return { ...Object.fromEntries(ours), CI: 'true' };
}
