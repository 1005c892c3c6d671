import type { Row, Write } from '@whodunit/core/writes';
import type { Builder, Values } from './drizzle.js';
import { toldFilter, toldSet } from './filter.js';
import type { Place } from './place.js';
import type { ReadRows } from './read.js';
import type { Statement, Told } from './statement.js';
import type { TablePlan } from './table.js';

/** A write that is about to run. */
export interface Target {
  readonly plan: TablePlan;
  readonly builder: Builder;
  readonly statement: Statement;
  /** Of placeholders. */
  readonly values: Values | undefined;
}

/** What a write of Drizzle gives: what the application gets, and what is told. */
export type DrizzleWrite = Write<Told>;

/** What becomes known of a write while it runs. */
export interface State {
  /** Few enough rows that the write may return them all. */
  isFew: boolean;
  /** It returns what was there before, too. */
  withOld?: boolean;
  /** Why nothing could be read; Postgres refuses all that follows in the same transaction. */
  failure?: unknown;
}

/** What all writes have in common. `on` makes the same write for another place. */
export function common(target: Target, place: Place, on: (place: Place) => DrizzleWrite) {
  const { builder, plan } = target;
  const { set, where } = builder.config;
  return {
    model: plan.model,
    unit: place.unit,
    affected: ({ count }: Told) => count,
    summary: () => ({
      ...(where && { filter: toldFilter(builder.dialect.sqlToQuery(where).sql, where, plan) }),
      ...(set && { set: toldSet(set) }),
    }),
    isolated: (run: (write: DrizzleWrite) => Promise<Told>) => place.open((inner) => run(on(inner))),
  };
}

/** Reads what is there, as many rows as there may be and one more. */
export async function look(target: Target, place: Place, state: State, read: ReadRows, limit: number): Promise<Row[]> {
  try {
    const rows = await read(place, target.values, limit);
    state.isFew = rows.length < limit;
    return rows;
  } catch (error) {
    const isOfDatabase = error instanceof Error && ('query' in error || 'code' in error);
    if (isOfDatabase && place.unit !== undefined) state.failure = target.statement.asOwn(error);
    throw error;
  }
}

export async function send(
  { statement, values }: Target,
  { session }: Place,
  { failure, isFew, withOld }: State,
): Promise<Told> {
  // Better the error that the write would have met as well than the one that the transaction is aborted.
  if (failure !== undefined) throw failure;
  return isFew ? statement.sendForRows(session, values, withOld) : statement.send(session, values);
}
