/** Installs every dependency of the workspace from the lockfile; does nothing when node_modules is already that. */
import { pathToFileURL } from 'node:url';
import { freshness } from './lib/fresh.mjs';
import { capture, insist, pnpm } from './lib/run.mjs';
import { manifests } from './lib/workspace.mjs';

export async function install() {
  // The stamp is inside node_modules, so it goes when they go; pnpm writes .modules.yaml last.
  const stamp = freshness('node_modules/.whodunit-install', {
    inputs: () => ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests()],
    outputs: () => ['node_modules/.modules.yaml'],
    salt: `${process.platform} ${process.arch}`,
  });
  if (stamp.isFresh()) return { ok: true, output: '', note: 'up to date' };
  const result = await capture(pnpm('install', '--frozen-lockfile', '--prod=false'));
  if (result.ok) stamp.remember();
  return result;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) insist('Install', await install());
