import { triggersSql } from '@whodunit/pg-triggers';
import { migrate } from '@whodunit/sink-postgres';
import { compare, median, share, wall } from './lib/measure.mjs';
import { withPeople } from './lib/people.mjs';

const ROWS = 100_000;

export default {
  title: `One update of ${ROWS} rows in SQL, on a table with triggers`,
  unit: 'ms',
  rows: { 'triggers-rows': { max: 5 }, 'triggers-summary': { max: 1.5 } },
  processes: 1,

  measure: ({ quick }) =>
    withPeople(['bare', 'bare again', 'bare rows', 'bare summary'], ROWS, async (ways) => {
      await migrate({ pool: ways['bare rows'].pool });
      await ways['bare rows'].pool.query(triggersSql({ tables: { people: {} }, maxRows: 1_000_000 }));
      await ways['bare summary'].pool.query(triggersSql({ tables: { people: {} } }));
      let age = 100;
      const variants = Object.fromEntries(
        Object.entries(ways).map(([name, { pool }]) => [
          name,
          async function update() {
            age += 1;
            await pool.query('UPDATE people SET age = $1', [age]);
            return async () => {
              await pool.query('TRUNCATE whodunit.row_changes').catch(() => undefined);
              await pool.query('VACUUM people');
            };
          },
        ]),
      );
      await compare(variants, { rounds: 1, block: [1, 1], clock: wall });
      const costs = await compare(variants, { rounds: quick ? 3 : 7, block: [1, 1], clock: wall });
      const line = (name, label) => ({
        label,
        figure: median(costs[name]) / 1000,
        ratio: share(costs[name], costs.bare),
      });
      return [
        line('bare', 'no trigger'),
        line('bare again', 'no trigger again (A/A)'),
        { name: 'triggers-rows', ...line('bare rows', 'every row before and after') },
        { name: 'triggers-summary', ...line('bare summary', 'above maxRows: one summary') },
      ];
    }),
};
