import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import pg from 'pg';

/** The built command, in a process of its own. */
const CLI = join(__dirname, '..', 'dist', 'cjs', 'cli.js');

let folder: string;
let registry: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whodunit-pg-'));
  registry = join(folder, 'audit.registry.js');
  writeFileSync(registry, 'module.exports = { tables: { people: {} } };');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly complaint: string;
}

const run = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { cwd: folder, env: {} }, (error, out, complaint) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, complaint });
    });
  });

test('the command prints a migration, which the check then finds in the database', async () => {
  const url = await createTestDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE people (id int PRIMARY KEY)');
  expect(await run('check', registry, '--url', url)).toMatchObject({ code: 1, out: 'people: missing\n' });
  const { code, out } = await run('triggers', registry);
  expect(code).toBe(0);
  await client.query(out);
  expect(await run('check', registry, '--url', url)).toMatchObject({
    code: 0,
    out: 'Every table is audited as the registry says.\n',
  });
  await client.end();
});

test.each([
  [[], 'whodunit-pg triggers REGISTRY'],
  [['triggers'], 'whodunit-pg triggers REGISTRY'],
  [['triggers', '/nowhere.js'], 'nowhere.js'],
])('the command says what is wrong with %j', async (args, complaint) => {
  expect(await run(...args)).toMatchObject({ code: 2, complaint: expect.stringContaining(complaint) });
});

test('the check says that it has no database', async () => {
  expect(await run('check', registry)).toMatchObject({ code: 2, complaint: expect.stringContaining('DATABASE_URL') });
});
