import type { Row, Unit, Write } from '@whodunit/core/writes';
import { toldFilter, toldSet } from './filter.js';
import {
  type CompiledQuery,
  type Connection,
  type Executor,
  type RawRow,
  rawQuery,
  type WhereNode,
  type WriteNode,
} from './kysely.js';
import { type Lock, selectBefore } from './read.js';
import { sessionOf } from './session.js';
import { send, sendForRows, type Told } from './statement.js';
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
export interface State {
  /** Few enough rows that the write may return them all. */
  isFew: boolean;
  /** Why nothing could be read; Postgres refuses all that follows in the same transaction. */
  failure?: unknown;
}

/** Makes the write of a statement; in a transaction it is another than outside. */
export type WriteOf = (target: Target, node: WriteNode) => KyselyWrite;

/** What all writes have in common. */
export function common(target: Target, node: WriteNode, again: WriteOf) {
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
        const told = await work(again(target, node));
        await connection.executeQuery(rawQuery('commit'));
        return told;
      } catch (error) {
        await connection.executeQuery(rawQuery('rollback'));
        throw error;
      }
    },
  };
}

/** The rows that a write changed, as the application calls them. */
export async function rowsOf({ naming }: Target, { rows }: Told): Promise<readonly Row[]> {
  if (rows === undefined)
    throw new Error('What is returned has no name, so it cannot be told from the columns. Use .as().');
  return naming.rows(rows);
}

export function unitOf({ connection }: Target): Unit | undefined {
  return sessionOf(connection).unit;
}

/** Reads what is there, as many rows as there may be and one more. */
export async function look(
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

export async function run({ connection, executor, query, use }: Target, { failure, isFew }: State): Promise<Told> {
  // Better the error that the write would have met as well than the one that the transaction is aborted.
  if (failure !== undefined) throw failure;
  return isFew ? sendForRows(executor, connection, query, use) : send(connection, query);
}
