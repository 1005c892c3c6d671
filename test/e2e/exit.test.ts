import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The built packages, in a process of their own: what is left when it ends, however it ends. */
const run = promisify(execFile);
const HERE = join(__dirname, '..');

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whodunit-exit-'));
  file = join(folder, 'audit.ndjson');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = (body: string): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, ['--input-type=module', '-e', `${PREAMBLE}${body}`, file], { cwd: HERE, timeout: 30_000 });

const PREAMBLE = `
import { createAuditor } from '@whodunit/core';
import { fileSink } from '@whodunit/sink-file';
const file = process.argv[1];
`;

const actions = (): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { action: string }).action);

test('a script that records and ends loses nothing, with no word about closing', async () => {
  await script(`
    const auditor = createAuditor({ sinks: [fileSink(file)] });
    for (let i = 0; i < 1000; i++) auditor.record({ action: 'script.step' });
  `);
  expect(actions()).toHaveLength(1_000);
});

test('an auditor that records nothing keeps no process alive', async () => {
  const started = performance.now();
  await script('createAuditor({ sinks: [fileSink(file)] });');
  expect(performance.now() - started).toBeLessThan(8_000);
});

test('a process whose sink is down ends all the same, at the deadline, and says what is not stored', async () => {
  const { stderr } = await script(`
    const sink = { name: 'down', idempotent: true, write: () => Promise.reject(new Error('down')) };
    createAuditor({ sinks: [sink], dispatch: { closeTimeoutMs: 300 } }).record({ action: 'a.b' });
  `);
  expect(stderr).toContain('AUDIT_NOT_STORED');
  expect(stderr).toContain('down: 1');
});

test('the CommonJS and the ES module build share scopes, errors and lines in one process', async () => {
  const { stdout } = await script(`
    import { createRequire } from 'node:module';
    import * as esm from '@whodunit/core';
    const cjs = createRequire(process.cwd() + '/x.js')('@whodunit/core');
    const events = [];
    const sink = { name: 'memory', idempotent: false, write: async (batch) => { events.push(...batch); } };
    const auditor = esm.createAuditor({ sinks: [sink] });
    await auditor.run({ job: 'j' }, () => cjs.currentScope().note('by', 'cjs'));
    await auditor.close();
    let error;
    try { cjs.createAuditor({ nope: 1 }); } catch (e) { error = e; }
    console.log(JSON.stringify([
      cjs === esm, events[0].metadata.by, error instanceof esm.AuditError, cjs.eventLine(events[0]) === esm.eventLine(events[0]),
    ]));
  `);
  expect(JSON.parse(stdout)).toEqual([false, 'cjs', true, true]);
});
