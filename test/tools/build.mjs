/**
 * Builds every package twice with plain tsc, `dist/cjs` and `dist/esm`, each with the package.json that tells Node which
 * of the two it is; then the examples. Does nothing when nothing changed.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install } from './install.mjs';
import { freshness } from './lib/fresh.mjs';
import { capture, insist, root, tool } from './lib/run.mjs';
import { exampleFolders, filesBelow, packageFolders } from './lib/workspace.mjs';

const FORMATS = { cjs: 'commonjs', esm: 'module' };

export async function build() {
  const folders = [...packageFolders(), ...exampleFolders()];
  const stamp = freshness('.cache/build', {
    inputs: () => ['tsconfig.base.json', 'pnpm-lock.yaml', ...folders.flatMap(sourcesOf)],
    outputs: () => folders.flatMap((folder) => filesBelow(`${folder}/dist`)),
  });
  if (stamp.isFresh()) return { ok: true, output: '', note: 'up to date' };
  for (const folder of packageFolders()) removeOrphans(folder);
  const results = await Promise.all(Object.keys(FORMATS).map(compile));
  for (const folder of packageFolders()) nameFormats(folder);
  if (results.every((result) => result.ok)) {
    for (const folder of exampleFolders()) results.push(await capture(tool('typescript', '-p', folder)));
  }
  const ok = results.every((result) => result.ok);
  if (ok) stamp.remember();
  return { ok, output: results.map((result) => result.output).join('') };
}

function sourcesOf(folder) {
  const configs = ['package.json', 'tsconfig.json', 'tsconfig.cjs.json', 'tsconfig.esm.json'];
  // An example may compile a part of its tests too, for another runner.
  const folders = folder.includes('examples') ? ['src', 'test'] : ['src'];
  return [...configs.map((name) => `${folder}/${name}`), ...folders.flatMap((name) => filesBelow(`${folder}/${name}`))];
}

function compile(format) {
  return capture(tool('typescript', '-b', ...packageFolders().map((folder) => `${folder}/tsconfig.${format}.json`)));
}

/** Removes what was built from a source file that is gone: tsc never does, and it would be published. */
function removeOrphans(folder) {
  for (const format of Object.keys(FORMATS)) {
    const dist = `${folder}/dist/${format}`;
    for (const file of filesBelow(dist)) {
      const source = file.slice(dist.length + 1).replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
      if (source !== 'package.json' && !existsSync(join(root, folder, 'src', source))) rmSync(join(root, file));
    }
  }
}

function nameFormats(folder) {
  for (const [format, type] of Object.entries(FORMATS)) {
    const dist = join(root, folder, 'dist', format);
    mkdirSync(dist, { recursive: true });
    writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ type })}\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  insist('Install', await install());
  insist('Build', await build());
}
