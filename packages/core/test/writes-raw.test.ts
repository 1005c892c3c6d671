import { isRead, isRowWrite } from '@whodunit/core/writes';

describe('raw SQL', () => {
  test.each([
    'SELECT * FROM people',
    '  (select 1)',
    "-- update\nselect 'insert into people' as text",
    'select "update" from t where note = $$ delete from x $$',
    'with found as (select 1) select * from found for update',
    "with found as (select 'x' as insert) select * from found where id in (1) for update",
    'values (1)',
    'show server_version',
    'explain delete from people',
    'begin; set local x = 1; commit;',
    '',
  ])('only reads: %s', (sql) => {
    expect(isRead(sql)).toBe(true);
  });

  test.each([
    'UPDATE people SET a = 1',
    'insert into people values (1)',
    'delete from people',
    'merge into people using x on true when matched then delete',
    'truncate people',
    'copy people from stdin',
    'call archive()',
    'do $$ begin end $$',
    'with gone as (delete from people returning *) select * from gone',
    'with found as (select 1) update people set a = 1',
    'explain analyze delete from people',
    'select 1; delete from people',
    '/* select */ drop table people',
  ])('may write: %s', (sql) => {
    expect(isRead(sql)).toBe(false);
  });
});

describe('rows', () => {
  test.each([
    "UPDATE people SET age = 1 WHERE name = 'x'",
    '  -- why\n delete from people',
    'WITH gone AS (DELETE FROM people RETURNING *) SELECT * FROM gone',
    'WITH a AS (SELECT 1) UPDATE people SET age = 1',
    'SELECT 1; TRUNCATE people',
    'CALL pay(1)',
    'EXPLAIN ANALYZE UPDATE people SET age = 1',
  ])('are written by %s', (sql) => {
    expect(isRowWrite(sql)).toBe(true);
  });

  test.each([
    'SELECT * FROM people',
    "SELECT 'x; delete from people' AS t",
    'SELECT * FROM people WHERE (age IN (1)) FOR UPDATE',
    "SELECT \"update\", replace(name, 'a', 'b') FROM people -- ; delete from people",
    'CREATE TABLE others (id int)',
    'COMMIT',
  ])('are not written by %s', (sql) => {
    expect(isRowWrite(sql)).toBe(false);
  });
});
