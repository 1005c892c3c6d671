import { isRead } from '@whodunit/core/writes';
import { type Audit, auditBuilder, leaveGapOf } from './builders.js';
import { type Cte, type Database, isKind, type Sql, type Steps, type Table } from './drizzle.js';
import { hasWrite } from './filter.js';
import { gapOfRaw, isWriteOfBatch, leaveGap, leaveGapOfRaw } from './gaps.js';
import { inTransaction } from './transaction.js';

/** What is replaced of a database or a transaction; the rest of it is Drizzle's own. */
export function methodsOf(
  db: Database,
  given: Audit,
  audited: (db: Database, audit: Audit) => Database,
): Record<string, unknown> {
  const audit = { ...given, db };
  const { unit, writes } = audit;
  const isPostgres = isKind(db.dialect, 'PgDialect');
  const watch = isPostgres ? auditBuilder : leaveGapOf;
  const reads = (sql: Sql) => isRead(db.dialect.sqlToQuery(sql).sql);

  const verbsOf = (from: Pick<Database, 'insert' | 'update' | 'delete'>) => ({
    insert: (table: Table) =>
      after(from.insert(table), ['values', 'select'], (builder) => watch(builder, 'insert', audit)),
    update: (table: Table) => after(from.update(table), ['set'], (builder) => watch(builder, 'update', audit)),
    delete: (table: Table) => watch(from.delete(table), 'delete', audit),
  });

  return {
    ...verbsOf(db),
    with(...ctes: Cte[]) {
      const steps = db.with(...ctes);
      const selects = hasWrite(ctes, reads) ? gapsOfSelects(steps, () => gapOfRaw(writes, 'with ... select')) : {};
      return { ...steps, ...selects, ...verbsOf(steps as never) };
    },
    execute: (query: unknown) => leaveGapOfRaw(db.execute(query), 'execute', writes),
    batch(items: readonly unknown[]) {
      if (items.some(isWriteOfBatch))
        writes.gap({ verb: 'batch', why: 'Drizzle sends a batch past everything. Use a transaction, or tell it.' });
      return db.batch?.(items);
    },
    transaction: (work: (tx: Database) => unknown, config?: unknown) =>
      isPostgres
        ? inTransaction(db, unit, (tx, inner) => work(audited(tx, { ...audit, db: tx, unit: inner })), config)
        : db.transaction((tx) => work(audited(tx, { ...audit, db: tx })), config),
    ...rawOfSqlite(db, audit),
    ...(db.$primary !== undefined && { $primary: audited(db.$primary, audit) }),
  };
}

/** Audits what these steps of an incomplete builder give. */
function after(steps: Steps, names: readonly string[], audit: (builder: unknown) => unknown): Steps {
  for (const name of names) {
    const step = steps[name];
    if (step !== undefined) steps[name] = (...args) => audit(Reflect.apply(step, steps, args));
  }
  return steps;
}

/** Selects from common table expressions that write. */
function gapsOfSelects(steps: object, tell: () => void): Steps {
  const selects: Steps = {};
  for (const name of ['select', 'selectDistinct', 'selectDistinctOn']) {
    const select: unknown = Reflect.get(steps, name);
    if (typeof select === 'function')
      selects[name] = (...args) =>
        after(Reflect.apply(select, steps, args), ['from'], (builder) => leaveGap(builder, tell));
  }
  return selects;
}

/** `db.run(sql)` and the like, which only databases of SQLite have. */
function rawOfSqlite(db: Database, { writes }: Audit): Steps {
  const methods: Steps = {};
  for (const name of ['run', 'all', 'get', 'values']) {
    const method: unknown = Reflect.get(db, name);
    if (typeof method !== 'function') continue;
    methods[name] = (query: { getSQL(): Sql } | string) => {
      const sql = typeof query === 'string' ? query : db.dialect.sqlToQuery(query.getSQL()).sql;
      if (!isRead(sql)) gapOfRaw(writes, name);
      return Reflect.apply(method, db, [query]);
    };
  }
  return methods;
}
