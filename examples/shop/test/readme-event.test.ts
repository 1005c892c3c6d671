import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = join(__dirname, '../../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'whodunit-readme-event-'));

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'test/tools/build.mjs')]);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the first program of the README and its curl line leave the event that the README shows', async () => {
  symlinkSync(join(__dirname, '../node_modules'), join(folder, 'node_modules'), 'junction');
  // There is nothing in it that JavaScript does not know.
  writeFileSync(join(folder, 'app.mjs'), block('ts'));
  const port = await freePort();
  const app = spawn(process.execPath, ['app.mjs'], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: '', PORT: String(port) },
  });
  try {
    await patch(port, /-d '(.*)'/.exec(readme)?.[1] ?? '');
    const file = join(folder, 'audit.ndjson');
    while (!existsSync(file) || readFileSync(file, 'utf8') === '') await pause(20);
    const event = JSON.parse(readFileSync(file, 'utf8')) as object;
    expect(steady(event)).toEqual(steady(JSON.parse(block('json')) as object));
  } finally {
    app.kill('SIGKILL');
    await once(app, 'close');
  }
}, 30_000);

/** The first block of a language. */
function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)?.[1];
  if (found === undefined) throw new Error(`The README has no block of ${language}.`);
  return found;
}

/** Without what is different each time: ids of ours, times, and the machine it ran on. */
function steady(event: object): unknown {
  const different = ['durationMs', 'instance', 'recordedAt', 'stream', 'time', 'userAgent'];
  const isOurs = (name: string, value: unknown) => name === 'id' && String(value).length === 36;
  return JSON.parse(
    JSON.stringify(event, (name, value: unknown) =>
      different.includes(name) || isOurs(name, value) ? typeof value : value,
    ),
  );
}

async function patch(port: number, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  for (;;) {
    try {
      await fetch(`http://127.0.0.1:${port}/projects/42`, { method: 'PATCH', headers, body });
      return;
    } catch {
      await pause(20);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
