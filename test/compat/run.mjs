/**
 * Runs the shared suite in the folder that it is started from, against the packages as they would be published: their
 * tarballs are unpacked beside the Nest of that folder, so that they find it and no other.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const PACKAGES = ['core', 'nestjs', 'testing'];
const here = process.cwd();
const root = resolve(import.meta.dirname, '../..');

for (const name of PACKAGES) {
  const { version } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  const folder = join(here, 'node_modules/@whodunit', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const tarball = join(root, `.cache/tarballs/whodunit-${name}-${version}.tgz`);
  run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], `Run node test/tools/pack.mjs first.`);
}

const { type } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const jest = join(here, 'node_modules/jest/bin/jest.js');
// Jest runs ES modules in a context of its own, which Node hides behind a flag.
const flags = type === 'module' ? ['--experimental-vm-modules', '--no-warnings'] : [];
run(process.execPath, [
  ...flags,
  jest,
  '-c',
  '../jest.config.mjs',
  '--rootDir',
  here,
  '--ci',
  ...process.argv.slice(2),
]);

function run(command, args, hint = '') {
  const env = { ...process.env, NEST_MAJOR: basename(here).replace('nest', '') };
  const { status, error } = spawnSync(command, args, { cwd: here, env, stdio: 'inherit' });
  if (status === 0) return;
  if (error !== undefined || hint !== '') console.error(error?.message ?? hint);
  process.exit(status ?? 1);
}
