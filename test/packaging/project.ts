import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageFolders, ROOT, readManifest } from '../house/workspace';

const TARBALLS = join(ROOT, '.cache/tarballs');

/** Packs every package as it would be published; gives the files by package name. */
export async function packAll(): Promise<Map<string, string>> {
  await run(ROOT, process.execPath, ['test/tools/pack.mjs']);
  return new Map(
    packageFolders().map((folder) => {
      const { name, version } = readManifest(folder);
      return [name, join(TARBALLS, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)];
    }),
  );
}

/**
 * A user's project in which every package is installed from its tarball by npm, next to what the fixture asks for.
 * Lives in .cache, so that the second run installs only what changed.
 */
export async function installProject(fixture: string, tarballs: ReadonlyMap<string, string>): Promise<string> {
  const folder = join(ROOT, '.cache/packaging', fixture);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name !== 'node_modules' && name !== 'installed') rmSync(join(folder, name), { recursive: true });
  }
  for (const source of [fixture, 'packaging']) cpSync(join(ROOT, 'test/fixtures', source), folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  Object.assign(manifest.dependencies, Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`])));
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));

  const wanted = digest([join(folder, 'package.json'), ...tarballs.values()]);
  const stamp = join(folder, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return folder;
  // npm believes that a tarball of the same version has not changed.
  for (const stale of ['@whodunit', '.package-lock.json']) {
    rmSync(join(folder, 'node_modules', stale), { recursive: true, force: true });
  }
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  await run(folder, 'npm', ['install', ...quick]);
  writeFileSync(stamp, wanted);
  return folder;
}

/** Runs a command as a user would in a terminal, outside of our own npm and Jest; gives what it prints. */
export async function run(cwd: string, command: string, args: readonly string[], env: Record<string, string> = {}) {
  const outside = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  const options = { cwd, env: { ...Object.fromEntries(outside), ...env }, maxBuffer: 1e8 };
  const { stdout, stderr } = await promisify(execFile)(command, [...args], options);
  return { stdout, stderr };
}

const OURS =
  /^(npm_(?!config_(cache|registry|userconfig|.*proxy|cafile)$).*|JEST_WORKER_ID|NODE_ENV|NODE_OPTIONS|INIT_CWD)$/i;

function digest(files: readonly string[]): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}
