import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './run.mjs';

/**
 * Remembers what a step was made from, so that the second run is quick. A step is fresh when the content of its inputs
 * and the size and age of its outputs are what they were when it last ended well.
 */
export function freshness(stamp, { inputs, outputs, salt = '' }) {
  const file = join(root, stamp);
  const now = () => `${salt}\n${digest(inputs(), contentOf)}\n${digest(outputs(), statOf)}\n`;
  return {
    isFresh: () => existsSync(file) && readFileSync(file, 'utf8') === now(),
    remember: () => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, now());
    },
  };
}

function digest(files, describe) {
  const hash = createHash('sha256');
  for (const name of files)
    hash
      .update(`${name}\0`)
      .update(describe(join(root, name)))
      .update('\0');
  return hash.digest('hex');
}

const contentOf = (file) => (existsSync(file) ? readFileSync(file) : 'absent');

function statOf(file) {
  if (!existsSync(file)) return 'absent';
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}
