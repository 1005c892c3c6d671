import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { sealedLine } from '@whodunit/core';
import { fileSink } from '@whodunit/sink-file';
import { withFolder } from './lib/folder.mjs';
import { compare, median, wall } from './lib/measure.mjs';
import { delivery, finishedBatches, INPUT } from './lib/sample.mjs';

export default {
  title: 'A batch of 500 events into a file, with fdatasync',
  unit: 'batches/s',
  rows: { 'file-fdatasync': { min: 0.8 } },
  processes: 3,

  measure: ({ quick }) =>
    withFolder(async (folder) => {
      const events = await finishedBatches(4, 500, { ...INPUT, source: undefined, tenant: undefined });
      // As dispatch hands them over: lines, and few enough that they stay in the processor's cache, as what was just sealed.
      const batches = events.map((batch) => batch.map(sealedLine));
      const texts = batches.map((lines) => `${lines.map(({ line }) => line).join('\n')}\n`);
      const files = await Promise.all(['bare', 'again'].map((name) => open(join(folder, name), 'a')));
      const sink = fileSink(join(folder, 'own'));
      await sink.open();
      let turn = 0;
      const bare = (file) => async () => {
        await file.write(texts[turn++ % texts.length]);
        await file.datasync();
      };
      const variants = {
        bare: bare(files[0]),
        again: bare(files[1]),
        own: () => sink.writeLines(batches[turn++ % batches.length], delivery()),
      };
      await compare(variants, { rounds: 40, block: [1, 1], clock: wall });
      // Batch by batch: a disk has better and worse moments.
      const costs = await compare(variants, { rounds: quick ? 150 : 500, block: [1, 1], clock: wall });
      await Promise.all([sink.close(), ...files.map((file) => file.close())]);
      const line = (name, label) => ({
        label,
        figure: 1e6 / median(costs[name]),
        ratio: median(costs.bare) / median(costs[name]),
      });
      return [
        line('bare', `write + fdatasync, ${Math.round(texts[0].length / 500)} bytes an event`),
        line('again', 'write + fdatasync again (A/A)'),
        { name: 'file-fdatasync', ...line('own', 'fileSink') },
      ];
    }),
};
