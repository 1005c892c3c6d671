import { eq } from 'drizzle-orm';
import { compare, median, share, wall } from './lib/measure.mjs';
import { people, withPeople } from './lib/people.mjs';

const ROWS = 1_000;

export default {
  title: `One update of ${ROWS} rows with Drizzle`,
  unit: 'µs',
  rows: { 'rows-update': { max: 3 }, 'rows-summary': { max: 1.1 } },
  processes: 3,

  measure: ({ quick }) =>
    withPeople(['bare', 'again', 'peer', 'own', 'summary'], ROWS, async (ways) => {
      let age = 100;
      const variants = Object.fromEntries(
        Object.entries(ways).map(([name, { db, flush }]) => [
          name,
          async function updates() {
            age += 1;
            await db.update(people).set({ age }).where(eq(people.state, 'new'));
            return flush;
          },
        ]),
      );
      await compare(variants, { rounds: 4, block: [1, 1], clock: wall });
      const costs = await compare(variants, { rounds: quick ? 15 : 40, block: [1, 1], clock: wall });
      const line = (name, label) => ({ label, figure: median(costs[name]), ratio: share(costs[name], costs.bare) });
      return [
        line('bare', 'bare'),
        line('again', 'bare again (A/A)'),
        line('peer', '@usebetterdev/audit 0.8'),
        { name: 'rows-update', ...line('own', 'whodunit, every row before and after') },
        { name: 'rows-summary', ...line('summary', 'whodunit, one summary') },
      ];
    }),
};
