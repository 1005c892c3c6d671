import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '@whodunit/test-support/postgres';
import { playJourney } from './journey.js';
import { prove } from './proof.js';
import { screen } from './screen.js';
import { openShop, type Shop } from './shop.js';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const print = (text: string) => void process.stdout.write(text);
const heading = (text: string) => print(process.stdout.isTTY ? `\n\x1b[1m${text}\x1b[0m\n` : `\n${text}\n`);

const auditFile = join(await mkdtemp(join(tmpdir(), 'whodunit-shop-')), 'audit.ndjson');
const asked = new Promise<void>((resolve) => {
  // Once: whoever asks a second time does not want to wait.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve());
});

const postgres = await startPostgres();
try {
  const display = screen(print, process.stdout.isTTY);
  const port = Number(process.env['PORT'] ?? 0);
  const shop = await openShop({ databaseUrl: postgres.url, auditFile, screen: display, port });
  try {
    await show(shop, display);
    if (!values.once) await asked;
  } finally {
    await shop.close();
  }
} finally {
  await postgres.stop();
}

async function show(shop: Shop, { shown }: ReturnType<typeof screen>): Promise<void> {
  print('A shop whose only line for whodunit is `app.use(audit(auditor))`.\n');
  heading('A day in the shop, as it is recorded:');
  const count = await playJourney(shop.url);
  await prove(shop, { auditFile, shown, count });

  const whole = shown.find(({ action }) => action === 'product.update');
  heading('One of these events, whole:');
  print(`${JSON.stringify(whole, null, 2)}\n`);

  heading(`Where these ${count} events are, compared byte for byte with what you see above:`);
  print(`file       tail -f ${auditFile}\n`);
  print(`Postgres   table whodunit.events in ${postgres.url}${values.once ? ', which ends now' : ''}\n`);
  if (values.once) return;
  heading('The shop is open. Do something, and see it appear here:');
  print(`curl ${shop.url}/login -H 'content-type: application/json' \\\n`);
  print(`  -d '{"email":"owner@acme.example","password":"a guess"}'\n\nCtrl-C ends it, and removes its Postgres.\n\n`);
}
