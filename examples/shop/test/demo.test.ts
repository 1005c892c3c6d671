import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';

const ROOT = join(__dirname, '../../..');
const MAIN = join(ROOT, 'examples/shop/dist/main.js');
const folders: string[] = [];
const children: ChildProcess[] = [];

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'test/tools/build.mjs')]);
}, 180_000);

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test('with --once ends by itself, and what it showed is in the file', async () => {
  const demo = start('--once');
  await demo.ended;
  expect(demo.output()).toMatch(/clerk@acme\.example role\.assign user 2 in Acme from 127\.0\.0\.1 DENIED: http_403\n/);
  const shown = demo.output().match(/^\d{4}-\d\d-\d\dT.*$/gm) ?? [];
  const stored = readFileSync(demo.file(), 'utf8').trimEnd().split('\n');
  expect(stored).toHaveLength(shown.length);
  const whole: unknown = JSON.parse(/^\{\n[\s\S]*?^\}$/m.exec(demo.output())?.[0] ?? '');
  expect(stored.map((line): unknown => JSON.parse(line))).toContainEqual(whole);
  expect(demo.child.exitCode).toBe(0);
}, 60_000);

test('serves until it is asked to end, records meanwhile, and takes its Postgres with it', async () => {
  const demo = start();
  await demo.says('Ctrl-C');
  const url = /curl (\S+)\/login/.exec(demo.output())?.[1] ?? '';
  const body = JSON.stringify({ email: 'somebody@acme.example', password: 'a guess' });
  const answer = await fetch(`${url}/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(answer.status).toBe(401);
  await demo.says('auth.login from 127.0.0.1 FAILURE: http_401\n', 2);
  const database = /postgres:\/\/\S+/.exec(demo.output())?.[0] ?? '';
  expect(await isUp(database)).toBe(true);
  demo.child.kill('SIGINT');
  await demo.ended;
  expect(demo.child.exitCode).toBe(0);
  expect(await isUp(database)).toBe(false);
}, 60_000);

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, PORT: '0' } });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const file = () => /tail -f (\S+)/.exec(output)?.[1] ?? '';
  const ended = once(child, 'close').then(() => void (file() && folders.push(dirname(file()))));
  /** Resolves when the text was printed so many times; rejects when the program ends before. */
  const says = async (text: string, times = 1) => {
    while (output.split(text).length <= times) {
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${output}`);
      await Promise.race([once(child.stdout, 'data'), ended]);
    }
  };
  return { child, ended, file, says, output: () => output };
}

async function isUp(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
