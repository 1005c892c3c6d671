import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './measure.mjs';

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url));

/** The lines of a table: medians over its processes, with the least and the greatest ratio among them. */
export async function measured({ file, processes }, quick) {
  const runs = [];
  for (let i = 0; i < (quick ? 1 : processes); i++) runs.push(await measuredOnce(file, quick));
  return runs[0].map((line, i) => {
    const ratios = runs.map((lines) => lines[i].ratio);
    return {
      ...line,
      figure: median(runs.map((lines) => lines[i].figure)),
      ratio: median(ratios),
      least: Math.min(...ratios),
      greatest: Math.max(...ratios),
    };
  });
}

function measuredOnce(file, quick) {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [file, quick ? 'quick' : 'full'], {
      env: { ...process.env, NODE_ENV: 'production' },
      // Standard output is for the result alone.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let lines;
    child.on('message', (message) => {
      lines = message;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (lines === undefined) reject(new Error(`The benchmark ${file} ended with ${code} and no result.`));
      else resolve(lines);
    });
  });
}
