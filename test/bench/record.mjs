import { createAuditor, eventLine } from '@whodunit/core';
import { compare, median, share } from './lib/measure.mjs';
import { finishedEvents, INPUT, ROOM, SERVICE } from './lib/sample.mjs';

export default {
  title: 'One event, from `record` to its sealed line',
  unit: 'µs CPU',
  rows: { record: { max: 4 } },
  processes: 5,

  async measure({ quick }) {
    const [event] = await finishedEvents(1);
    const auditor = createAuditor({ service: SERVICE, journal: ROOM, sinks: [nowhere] });
    const stringify = (n) => {
      for (let i = 0; i < n; i++) kept = JSON.stringify(event);
    };
    const record = (n) => {
      for (let i = 0; i < n; i++) kept = auditor.record(INPUT);
      // Dispatch is another row's business.
      return () => auditor.flush();
    };
    const variants = { stringify, again: stringify, record };
    await compare(variants, { rounds: 10, block: [800, 1200] });
    const costs = await compare(variants, { rounds: quick ? 40 : 150, block: [300, 900] });
    await auditor.close();
    return [
      { label: `JSON.stringify, ${eventLine(event).length} bytes`, figure: median(costs.stringify), ratio: 1 },
      { label: 'JSON.stringify again (A/A)', figure: median(costs.again), ratio: share(costs.again, costs.stringify) },
      { name: 'record', label: 'record', figure: median(costs.record), ratio: share(costs.record, costs.stringify) },
    ];
  },
};

/** Keeps the compiler from leaving out what nobody looks at. */
export let kept;

const nowhere = { name: 'nowhere', idempotent: true, write: async () => undefined };
