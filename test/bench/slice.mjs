import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createAuditor } from '@whodunit/core';
import { fileSink } from '@whodunit/sink-file';
import { httpSink } from '@whodunit/sink-http';
import { memorySink } from '@whodunit/testing';
import { withFolder } from './lib/folder.mjs';
import { cpu, median, wall } from './lib/measure.mjs';
import { startReceiver } from './lib/processes.mjs';
import { INPUT, SERVICE } from './lib/sample.mjs';

setFlagsFromString('--expose-gc');
/** The garbage of the rounds before, and of recording, is no part of dispatch. */
const collectGarbage = runInNewContext('gc');

const QUEUED = 5000;
const LIMIT_MS = 5;

export default {
  title: `Longest turn of the event loop with ${QUEUED} events queued; the ratio is of ${LIMIT_MS} ms`,
  unit: 'ms',
  rows: { slice: { max: 1 } },
  processes: 3,

  measure: ({ quick }) =>
    withFolder(async (folder) => {
      const receiver = await startReceiver();
      const url = `http://127.0.0.1:${receiver.port}/events`;
      const longest = { idle: [], own: [] };
      for (let round = 0; round < (quick ? 10 : 25); round++) {
        const sinks = [
          fileSink(join(folder, `${round}.ndjson`)),
          memorySink(),
          httpSink({ url, allowPlainHttp: true, allowPrivateAddresses: true }),
        ];
        const auditor = createAuditor({ service: SERVICE, sinks });
        await auditor.open();
        const left = () => auditor.stats().journal.events > 0;
        collectGarbage();
        const until = wall() + 50_000;
        longest.idle.push(await longestTurn(() => wall() < until));
        for (let i = 0; i < QUEUED; i++) auditor.record(INPUT);
        collectGarbage();
        const stored = auditor.flush();
        longest.own.push(await longestTurn(left));
        await stored;
        await auditor.close();
        await sleep(20);
      }
      receiver.stop();
      // The first rounds are warm-up.
      const [idle, own] = [longest.idle, longest.own].map((values) => median(values.slice(3)));
      return [
        { label: 'nothing queued (A/A)', figure: idle, ratio: idle / LIMIT_MS },
        { name: 'slice', label: 'dispatch to file, memory and HTTP', figure: own, ratio: own / LIMIT_MS },
      ];
    }),
};

/**
 * Milliseconds of the longest turn of the event loop while something goes on. A turn took no longer than it lasted, and no
 * longer than the CPU that the process used in it: the rest was other processes.
 */
async function longestTurn(goesOn) {
  let longest = 0;
  for (let before = now(); goesOn(); ) {
    await nextTurn();
    const after = now();
    longest = Math.max(longest, Math.min(after.wall - before.wall, after.cpu - before.cpu));
    before = after;
  }
  return longest / 1000;
}

const now = () => ({ wall: wall(), cpu: cpu() });
