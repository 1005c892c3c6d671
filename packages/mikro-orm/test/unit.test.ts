import { followTransactions } from '../src/transactions';
import { open } from './support/session';

test('SQL that is run with a transaction sees what it did, by numbered values', async () => {
  const { close, orm, sql } = await open('not audited');
  const connection = orm.em.getConnection() as unknown as Parameters<typeof followTransactions>[0];
  const { unit } = followTransactions(connection, connection.execute.bind(connection));
  await orm.em.fork().transactional(async (em) => {
    await em.execute("INSERT INTO tags (name) VALUES ('new')");
    await em.transactional(async (inner) => {
      const query = unit(inner.getTransactionContext() as never)?.query;
      const text = `SELECT $2::text AS b, $1::text AS a, count(*)::int AS n, '{"x": 1}'::jsonb ? 'x' AS has FROM tags`;
      expect(await query?.(text, ['one?', "two's"])).toEqual([{ a: 'one?', b: "two's", n: 4, has: true }]);
      expect(await query?.('SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
    });
  });
  expect(await sql('SELECT count(*)::int AS n FROM tags')).toEqual([{ n: 4 }]);
  await close();
});
