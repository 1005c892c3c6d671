/**
 * Packs every package into .cache/tarballs exactly as it would be published; publint, attw and the packaging test look
 * at these files and not at the folders. Does nothing when nothing changed.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { freshness } from './lib/fresh.mjs';
import { capture, insist, pnpm, root } from './lib/run.mjs';
import { filesBelow, packageFolders } from './lib/workspace.mjs';

const TARBALLS = '.cache/tarballs';

export async function pack() {
  const stamp = freshness('.cache/pack', {
    inputs: () => ['LICENSE', ...packageFolders().flatMap(publishedFilesOf)],
    outputs: tarballs,
  });
  if (stamp.isFresh()) return { ok: true, output: '', note: 'up to date' };
  rmSync(join(root, TARBALLS), { recursive: true, force: true });
  mkdirSync(join(root, TARBALLS), { recursive: true });
  const selected = packageFolders().flatMap((folder) => ['--filter', `./${folder}`]);
  const result = await capture(pnpm('--recursive', ...selected, 'pack', '--pack-destination', join(root, TARBALLS)));
  if (result.ok) stamp.remember();
  return result;
}

/** The packed packages, relative to the checkout. */
export const tarballs = () => filesBelow(TARBALLS).filter((file) => file.endsWith('.tgz'));

function publishedFilesOf(folder) {
  return [`${folder}/package.json`, `${folder}/README.md`, ...filesBelow(`${folder}/dist`)];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  insist('Install', await install());
  insist('Build', await build());
  insist('Pack', await pack());
}
