import type { SequelizeParts } from '../src/sequelize';
import { followTransactions } from '../src/transactions';
import { open } from './support/session';

test('SQL that is run with a transaction sees what it did, by numbered values', async () => {
  const { close, sequelize } = await open('not audited');
  const parts = sequelize as unknown as SequelizeParts;
  const { unit } = followTransactions(parts, parts.query.bind(parts), () => parts.getQueryInterface());
  await sequelize.transaction(async (transaction) => {
    await sequelize.query("INSERT INTO tags (name) VALUES ('new')", { transaction });
    await sequelize.transaction({ transaction }, async (inner) => {
      const { query } = unit(inner as never);
      const text = 'SELECT $2::text AS b, $1::text AS a, count(*)::int AS n FROM tags';
      expect(await query?.(text, ['one', "two's"])).toMatchObject([[{ a: 'one', b: "two's", n: 4 }], {}]);
      expect(await query?.('SELECT 1 AS one', [])).toMatchObject([[{ one: 1 }], {}]);
    });
  });
  await close();
});
