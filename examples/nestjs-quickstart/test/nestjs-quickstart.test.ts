import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

let folder: string;
let app: INestApplication;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nestjs-quickstart-'));
  process.env['AUDIT_FILE'] = join(folder, 'audit.ndjson');
  const { AppModule } = await import('../src/app.module.js');
  app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
});

afterAll(async () => {
  delete process.env['AUDIT_FILE'];
  await rm(folder, { recursive: true, force: true });
});

test('every change is a line in the file, with who did it', async () => {
  const url = `${await app.getUrl()}/projects`;
  const send = (method: string, path: string, user: string | undefined, body?: object) =>
    fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', ...(user === undefined ? {} : { 'x-user': user }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  await send('POST', '', 'jane', { name: 'Bridge' });
  await send('PUT', '/p-1', 'joe', { name: 'Tunnel' });
  await send('GET', '/p-1', 'joe');
  await send('POST', '/p-1/steps', 'jane', { reason: 'out of budget' });
  await send('DELETE', '/p-1', undefined);
  await app.close();

  const lines = (await readFile(join(folder, 'audit.ndjson'), 'utf8')).trim().split('\n');
  const events = lines.map((line) => JSON.parse(line));
  expect(events.map(({ action, actor, outcome, resource }) => [action, actor.id, outcome, resource.id])).toEqual([
    ['project.create', 'jane', 'success', 'p-1'],
    ['project.update', 'joe', 'success', 'p-1'],
    ['project.close', 'jane', 'success', 'p-1'],
    ['project.delete', undefined, 'denied', 'p-1'],
  ]);
  expect(events[1].changes).toEqual([{ new: 'Tunnel', op: 'replace', path: '/name' }]);
  expect(events[2].reason).toEqual({ code: 'given', text: 'out of budget' });
});
