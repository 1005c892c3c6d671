/**
 * The benchmarks: every limit that whodunit promises, measured against something known in the same run.
 *
 *   node test/bench/main.mjs [--json] [--quick] [--only NAME...]
 *
 * Each table is measured in several processes, one after the other; what counts is the median. Exit code 1: a limit was missed.
 */
import { parseArgs } from 'node:util';
import { measured } from './lib/measured.mjs';
import { printed } from './lib/printed.mjs';
import { loadTable, TABLES } from './lib/tables.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'boolean' } },
});
const tables = await Promise.all(TABLES.map(async (file) => ({ file, ...(await loadTable(file)) })));
const known = tables.flatMap((table) => Object.keys(table.rows));
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0 || (values.only === true) !== positionals.length > 0) {
  process.stderr.write(`Say --only and one or more of: ${known.join(', ')}.\n`);
  process.exit(2);
}

const wanted = positionals.length > 0 ? positionals : known;
const results = {};
for (const table of tables) {
  if (!Object.keys(table.rows).some((name) => wanted.includes(name))) continue;
  const lines = await measured(table, values.quick === true);
  for (const { name, ratio } of lines) {
    if (name !== undefined && wanted.includes(name)) results[name] = verdict(ratio, table.rows[name]);
  }
  if (values.json !== true) process.stdout.write(`${printed(table, lines, results)}\n`);
}
if (values.json === true) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
process.exitCode = Object.values(results).every(({ ok }) => ok) ? 0 : 1;

function verdict(exact, { max, min }) {
  const ratio = Number(exact.toPrecision(3));
  const kind = max === undefined ? 'min' : 'max';
  const limit = max ?? min;
  return { ratio, limit, ok: kind === 'max' ? ratio <= limit : ratio >= limit, kind };
}
