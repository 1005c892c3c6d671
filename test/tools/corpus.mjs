/**
 * `npm run --silent corpus -- FILE`: reads a corpus, one operation a line, and prints what the built core recognises in each,
 * one line of JSON each: `{ i, action, resource, id }`. Diagnostics go to standard error.
 */
import { createReadStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { predict } from './lib/corpus.mjs';
import { insist, root } from './lib/run.mjs';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Name the corpus to read: npm run --silent corpus -- routes.jsonl > predictions.jsonl');
  process.exit(2);
}

insist('Install', await install());
insist('Build', await build());
const { recognise } = await import(pathToFileURL(join(root, 'packages/core/dist/esm/http/index.js')).href);

const input = createReadStream(resolve(process.env.INIT_CWD ?? process.cwd(), file));
input.on('error', (error) => {
  console.error(`The corpus cannot be read: ${error.message}`);
  process.exit(2);
});
for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
  if (line.trim() !== '') process.stdout.write(`${JSON.stringify(predict(JSON.parse(line), recognise))}\n`);
}
