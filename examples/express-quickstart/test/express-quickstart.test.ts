import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXAMPLE = join(__dirname, '..');

test('the compiled application writes the event of a request, and loses nothing when it is told to end', async () => {
  execFileSync(process.execPath, [join(EXAMPLE, '../../test/tools/build.mjs')]);
  const folder = mkdtempSync(join(tmpdir(), 'express-quickstart-'));
  const { NODE_OPTIONS: _ours, ...env } = process.env;
  const shop = spawn(process.execPath, [join(EXAMPLE, 'dist/main.js')], {
    cwd: folder,
    env: { ...env, PORT: '0', NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(shop, 'exit');
  const [line] = (await once(shop.stdout, 'data')) as [Buffer];
  const url = /http:\S+/.exec(line.toString())?.[0];
  const answer = await fetch(`${url}/projects/42`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ name: 'Moon base', password: 'hunter2' }),
  });
  expect(await answer.json()).toEqual({ id: '42', name: 'Moon base', password: 'hunter2' });
  shop.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);

  const lines = readFileSync(join(folder, 'audit.ndjson'), 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('hunter2');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    action: 'project.update',
    outcome: 'success',
    actor: { type: 'user', id: '7', email: 'owner@acme.example' },
    tenant: { id: 'acme' },
    resource: { type: 'project', id: '42', name: 'Moon base' },
    request: { method: 'PATCH', route: '/projects/:id', status: 200 },
    changes: [
      { path: '/name', op: 'replace', new: 'Moon base' },
      { path: '/password', op: 'replace', new: { $redacted: true } },
    ],
    diff: { fidelity: 'partial' },
  });
  rmSync(folder, { recursive: true });
}, 120_000);
