/**
 * `npm run test:matrix`: the whole Jest suite under every Node major that we support. The majors come from npm;
 * `npm run test:matrix -- 22` runs one of them.
 */
import { delimiter, dirname } from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { jest } from './lib/jest.mjs';
import { capture, insist } from './lib/run.mjs';
import { pack } from './pack.mjs';

const MAJORS = ['20', '22', '24'];

insist('Install', await install());
insist('Build', await build());
insist('Pack', await pack());
const asked = process.argv.slice(2);
const rows = [];
for (const major of asked.length > 0 ? asked : MAJORS) {
  const row = await run(major);
  rows.push(row);
  if (!row.ok) process.stdout.write(`${row.output}\n`);
}
console.log('\nNode        passed  failed  seconds');
for (const { version, passed, failed, ms } of rows) {
  const cells = [passed, failed, Math.round(ms / 1000)].map((cell, i) => String(cell).padStart([6, 8, 9][i]));
  console.log(version.padEnd(12) + cells.join(''));
}
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;
const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
console.log(`\nTests: ${sum('passed')} passed, ${sum('failed')} failed`);

async function run(major) {
  const execPath = await findNode(major);
  const version = execPath === undefined ? '' : (await capture({ command: execPath, args: ['-v'] })).output.trim();
  if (!version.startsWith(`v${major}.`)) {
    return {
      version: major,
      ok: false,
      passed: 0,
      failed: 1,
      ms: 0,
      output: `Node ${major} could not be had from npm.`,
    };
  }
  // Children that tests start by name must be this Node too.
  const env = { ...process.env, PATH: `${dirname(execPath)}${delimiter}${process.env.PATH}` };
  return { version, ...(await jest({ execPath, env })) };
}

/** The Node that runs us when it is that major, else the one in npm's `node` package. */
async function findNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const args = ['--yes', '-p', `node@${major}`, '-c', 'node -p process.execPath'];
  const { ok, output } = await capture({ command: 'npx', args });
  return ok ? output.trim().split('\n').at(-1) : undefined;
}
