import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditor } from '@whodunit/core';
import { testSink } from '@whodunit/testing';
import { folderSink } from '../src/folder-sink.js';
import { brokenHarness, folderHarness } from './folder-harness.js';

const EXAMPLE = join(__dirname, '..');

testSink({ test, create: folderHarness, createBroken: brokenHarness });

test('the sink has under 20 lines', () => {
  expect(codeLines(readSource())).toBeLessThan(20);
});

test('the guide shows the sink as it is', () => {
  const guide = readFileSync(join(EXAMPLE, 'README.md'), 'utf8');
  expect(guide).toContain(`\`\`\`ts\n${readSource()}\`\`\``);
});

test('an auditor stores events through it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'custom-sink-'));
  const auditor = createAuditor({ service: 'example', sinks: [folderSink(folder)] });
  const id = auditor.record({ action: 'order.refund', resource: { type: 'order', id: '17' } });
  await auditor.close();
  expect(await readdir(folder)).toEqual([`${id}.json`]);
  const event = JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8'));
  expect(event).toMatchObject({ id, action: 'order.refund', resource: { type: 'order', id: '17' }, seal: { seq: 0 } });
  await rm(folder, { recursive: true });
});

test("Node's own test runner runs the same kit on the compiled sink", () => {
  execFileSync(process.execPath, [join(EXAMPLE, '../../test/tools/build.mjs')]);
  const { NODE_OPTIONS: _ours, NODE_TEST_CONTEXT: _theirs, ...env } = process.env;
  const args = ['--test', '--test-reporter=tap', 'test/custom-sink.node-test.mjs'];
  const run = spawnSync(process.execPath, args, { cwd: EXAMPLE, env, encoding: 'utf8' });
  expect(run.stdout).toContain('ok 4 - sink conformance · W4 redelivery of the same batch');
  expect(run.stdout).toMatch(/^# pass 15$/m);
  expect(run.stdout).toMatch(/^# fail 0$/m);
  expect(run.status).toBe(0);
}, 120_000);

function readSource(): string {
  return readFileSync(join(EXAMPLE, 'src/folder-sink.ts'), 'utf8');
}

/** Lines that are neither blank nor a comment. */
function codeLines(source: string): number {
  return source.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line)).length;
}
