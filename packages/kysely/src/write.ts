import { idOf, type Row, type Write } from '@whodunit/core/writes';
import { isByKey, toldFilter, toldSet } from './filter.js';
import {
  type CompiledQuery,
  type Connection,
  type Executor,
  type RawRow,
  rawQuery,
  type WhereNode,
  type WriteNode,
} from './kysely.js';
import { conflictOf, type Lock, selectBefore } from './read.js';
import { sessionOf } from './session.js';
import { canTellRows, send, sendForRows, type Told } from './statement.js';
import type { Naming, TablePlan, TableUse } from './table.js';

/** A write that is about to run, on the connection that it has. */
export interface Target {
  readonly executor: Executor;
  readonly connection: Connection;
  readonly query: CompiledQuery;
  readonly use: TableUse;
  readonly plan: TablePlan;
  readonly naming: Naming;
}

/** What a write of Kysely gives: what the application gets, and what is told. */
export type KyselyWrite = Write<Told>;

/** What becomes known of a write while it runs. */
interface State {
  /** Few enough rows that the write may return them all. */
  isFew: boolean;
  /** Why nothing could be read; Postgres refuses all that follows in the same transaction. */
  failure?: unknown;
}

export function writeOf(target: Target): KyselyWrite {
  const node = target.query.query as WriteNode;
  if (node.kind === 'UpdateQueryNode') return updateOf(target, node);
  if (node.kind === 'DeleteQueryNode') return deleteOf(target, node);
  return node.onConflict?.updates === undefined ? insertOf(target, node) : upsertOf(target, node);
}

/** So many rows a write may return of which nothing can be read before. */
const MAX_BLIND = 1_000;

/** Reads what is there, and lets the write return what it made of it; above the limit, it is sent as it is. */
function updateOf(target: Target, node: WriteNode): KyselyWrite {
  const { model, key } = target.plan;
  const state: State = { isFew: false };
  return {
    ...common(target, node),
    verb: 'updateTable',
    operation: 'update',
    isOne: isByKey(node.where, key, target.use),
    locks: unitOf(target) !== undefined,
    before: (limit) => look(target, state, limit, 'ForNoKeyUpdate'),
    run: () => run(target, state),
    // Rows without a key cannot be found again among several.
    after: (told, before) => (model.key.length === 0 && before.length > 1 ? [] : rowsOf(target, told)),
  };
}

/** What a delete returns is what was there; only when it may be too much, it is looked at first. */
function deleteOf(target: Target, node: WriteNode): KyselyWrite {
  const state: State = { isFew: false };
  const isOne = isByKey(node.where, target.plan.key, target.use);
  const isTold = canTellRows(node);
  let before: Row[] = [];
  return {
    ...common(target, node),
    verb: 'deleteFrom',
    operation: 'delete',
    isOne,
    locks: isTold || unitOf(target) !== undefined,
    async before(limit) {
      if (isOne && isTold) state.isFew = true;
      else before = [...(await look(target, state, limit, 'ForUpdate'))];
      return before;
    },
    async run() {
      const told = await run(target, state);
      if (state.isFew && isTold) before.splice(0, before.length, ...(await rowsOf(target, told)));
      return told;
    },
    after: () => [],
  };
}

/** A new row is what the insert returns. */
function insertOf(target: Target, node: WriteNode): KyselyWrite {
  const state: State = { isFew: false };
  let size = sizeOf(node);
  return {
    ...common(target, node),
    verb: 'insertInto',
    operation: 'create',
    isOne: size === 1,
    // Of an insert from a query it is known when it has run.
    get size() {
      return size;
    },
    before(limit) {
      state.isFew = (size ?? 0) < limit;
      return [];
    },
    async run() {
      const told = await run(target, state);
      size ??= told.count;
      return told;
    },
    after: (told) => rowsOf(target, told),
  };
}

/** Which rows an insert will meet is read by the values of its conflict target. */
function upsertOf(target: Target, node: WriteNode): KyselyWrite {
  const { model } = target.plan;
  const where = conflictOf(node);
  const size = sizeOf(node);
  const state: State = { isFew: where === 'unknown' && size !== undefined && size <= MAX_BLIND };
  return {
    ...common(target, node),
    verb: 'insertInto ... onConflict',
    operation: 'upsert',
    isOne: size === 1,
    ...(size === undefined ? {} : { size }),
    locks: unitOf(target) !== undefined,
    ...(where !== 'unknown' && {
      async before(limit: number) {
        state.isFew = (size ?? 0) < limit;
        return where === 'none' || !state.isFew ? [] : look(target, state, limit, 'ForNoKeyUpdate', where);
      },
    }),
    run: () => run(target, state),
    async after(told, before) {
      if (where === 'unknown' && !state.isFew) throw new Error('Nobody knows how many rows there are.');
      const written = await rowsOf(target, told);
      const ids = new Set(written.map((row) => idOf(model, row)));
      // What the filter of the update left alone is as it was.
      return [...written, ...before.filter((row) => !ids.has(idOf(model, row)))];
    },
  };
}

function common(target: Target, node: WriteNode) {
  const { connection, plan, use } = target;
  const unit = unitOf(target);
  return {
    model: plan.model,
    unit,
    affected: ({ count }: Told) => count,
    summary: () => ({
      ...(node.where && { filter: toldFilter(node.where, use) }),
      ...(node.updates && { set: toldSet(node.updates, use) }),
    }),
    async isolated(work: (write: KyselyWrite) => Promise<Told>): Promise<Told> {
      await connection.executeQuery(rawQuery('begin'));
      try {
        const told = await work(writeOf(target));
        await connection.executeQuery(rawQuery('commit'));
        return told;
      } catch (error) {
        await connection.executeQuery(rawQuery('rollback'));
        throw error;
      }
    },
  };
}

async function rowsOf({ naming }: Target, { rows }: Told): Promise<readonly Row[]> {
  if (rows === undefined)
    throw new Error('What is returned has no name, so it cannot be told from the columns. Use .as().');
  return naming.rows(rows);
}

function unitOf({ connection }: Target) {
  return sessionOf(connection).unit;
}

/** How many rows an insert states; `undefined` of one from a query. */
function sizeOf({ values }: WriteNode): number | undefined {
  if (values === undefined) return 1;
  return values.kind === 'ValuesNode'
    ? (values as WriteNode['values'] & { values: readonly unknown[] }).values.length
    : undefined;
}

async function look(
  target: Target,
  state: State,
  limit: number,
  lock: Lock,
  where?: WhereNode,
): Promise<readonly Row[]> {
  const { connection, executor, naming, query, use } = target;
  const isLocked = unitOf(target) !== undefined;
  try {
    const select = selectBefore(executor, query, use, { limit, lock: isLocked ? lock : undefined, where });
    const { rows } = await connection.executeQuery(select);
    state.isFew = rows.length < limit;
    return await naming.rows(rows as RawRow[]);
  } catch (error) {
    if (isLocked && error instanceof Error && 'severity' in error) state.failure = error;
    throw error;
  }
}

async function run({ connection, executor, query, use }: Target, { failure, isFew }: State): Promise<Told> {
  // Better the error that the write would have met as well than the one that the transaction is aborted.
  if (failure !== undefined) throw failure;
  return isFew ? sendForRows(executor, connection, query, use) : send(connection, query);
}
