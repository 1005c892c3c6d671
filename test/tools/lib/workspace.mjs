import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './run.mjs';

/** Folders of the published packages, relative to the checkout: `packages/core`, ... */
export const packageFolders = () => foldersWith('packages', 'package.json');

/** Folders of the examples that have something to compile. */
export const exampleFolders = () => foldersWith('examples', 'tsconfig.json');

/** Every package.json that pnpm reads, relative to the checkout. */
export function manifests() {
  const folders = ['packages', 'examples', 'test/compat'].flatMap((parent) => foldersWith(parent, 'package.json'));
  return ['package.json', 'test/package.json', ...folders.map((folder) => `${folder}/package.json`)];
}

/** All files below a folder, relative to the checkout, sorted; none when the folder is absent. */
export function filesBelow(folder) {
  const top = join(root, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => relative(root, join(item.parentPath, item.name)).replaceAll('\\', '/'))
    .sort();
}

function foldersWith(parent, file) {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent))
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(join(root, folder, file)))
    .sort();
}
