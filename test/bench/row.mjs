import { eq } from 'drizzle-orm';
import { beyond, compare, cpu, median } from './lib/measure.mjs';
import { people, withPeople } from './lib/people.mjs';

const ROWS = 200;

export default {
  title: 'One update of one row with Drizzle, added to the bare one',
  unit: 'µs CPU',
  rows: { 'row-update': { max: 0.5 } },
  processes: 3,

  measure: ({ quick }) =>
    withPeople(['bare', 'again', 'peer', 'own'], ROWS, async (ways) => {
      let age = 100;
      const block = ({ db, flush }) =>
        async function updates(n) {
          for (let i = 0; i < n; i++) {
            age += 1;
            await db
              .update(people)
              .set({ age })
              .where(eq(people.id, (i % ROWS) + 1));
          }
          // What is left to do afterwards belongs to the cost.
          await flush();
        };
      const variants = Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, block(way)]));
      await compare(variants, { rounds: 3, block: [150, 200], clock: cpu });
      const costs = await compare(variants, { rounds: quick ? 8 : 25, block: [150, 250], clock: cpu });
      const added = (name) => beyond(costs[name], costs.bare);
      const line = (name, label) => ({ label, figure: added(name), ratio: added(name) / added('peer') });
      return [
        { label: 'bare', figure: median(costs.bare), ratio: 0 },
        line('again', 'bare again (A/A)'),
        line('peer', '@usebetterdev/audit 0.8'),
        { name: 'row-update', ...line('own', 'whodunit to Postgres') },
      ];
    }),
};
