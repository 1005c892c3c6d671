#!/usr/bin/env node
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { checkTriggers } from './check.js';
import type { TriggerRegistry } from './options.js';
import { triggersSql } from './sql.js';

const USAGE = `whodunit-pg triggers REGISTRY          prints the migration that audits the tables of a registry
whodunit-pg check REGISTRY [--url URL]   compares the triggers in a database with it (exit code 1: they differ)

REGISTRY is a module whose default export is { tables: { people: {}, 'billing.invoices': { key: ['number'] } } }.
URL is a connection string; without it, DATABASE_URL is used. Checking needs the package \`pg\`.
`;

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [command, file] = positionals;
  if (values.help === true || file === undefined || (command !== 'triggers' && command !== 'check')) {
    process.stderr.write(USAGE);
    return values.help === true ? 0 : 2;
  }
  const registry = await load(file);
  if (command === 'triggers') {
    process.stdout.write(triggersSql(registry));
    return 0;
  }
  return check(registry, values.url ?? process.env['DATABASE_URL']);
}

async function load(file: string): Promise<TriggerRegistry> {
  const module = (await import(pathToFileURL(file).href)) as { readonly default: unknown };
  const { default: exported } = module;
  // A CommonJS module that was an ES module wraps its default once more.
  const inner = (exported as { readonly default?: unknown } | null)?.default;
  return (inner ?? exported) as TriggerRegistry;
}

async function check(registry: TriggerRegistry, url: string | undefined): Promise<number> {
  if (url === undefined) throw new Error('There is no database. Say --url, or set DATABASE_URL.');
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const problems = await checkTriggers(client, registry).finally(() => client.end());
  for (const { problem, table } of problems) process.stdout.write(`${table}: ${problem}\n`);
  if (problems.length === 0) process.stdout.write('Every table is audited as the registry says.\n');
  return problems.length === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
