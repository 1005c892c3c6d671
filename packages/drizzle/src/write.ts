import { idOf, type Row, type Write } from '@whodunit/core/writes';
import type { Builder, Column, Values } from './drizzle.js';
import { isByKey, toldFilter, toldSet } from './filter.js';
import type { Place } from './place.js';
import { conflictReaderOf, type ReadRows, readerOf } from './read.js';
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
interface State {
  /** Few enough rows that the write may return them all. */
  isFew: boolean;
  /** Why nothing could be read; Postgres refuses all that follows in the same transaction. */
  failure?: unknown;
}

/** So many rows a write may return of which nothing can be read before. */
const MAX_BLIND = 1_000;

/** Reads what is there, and lets the write return what it made of it; above the limit, it is sent as it is. */
export function updateOf(target: Target): (place: Place) => DrizzleWrite {
  const { builder, plan } = target;
  const read = readerOf(builder, plan, 'no key update');
  const isOne = isByKey(builder.config.where, plan);
  return function on(place): DrizzleWrite {
    const state: State = { isFew: false };
    return {
      ...common(target, place, on),
      verb: 'update',
      operation: 'update',
      isOne,
      locks: place.unit !== undefined,
      before: (limit) => look(target, place, state, read, limit),
      run: () => send(target, place, state),
      // Rows without a key cannot be found again among several.
      after: ({ rows }, before) => (plan.model.key.length === 0 && before.length > 1 ? [] : rows()),
    };
  };
}

/** What a delete returns is what was there; only when it may be too much, it is looked at first. */
export function deleteOf(target: Target): (place: Place) => DrizzleWrite {
  const { builder, plan } = target;
  const isOne = isByKey(builder.config.where, plan);
  const read: ReadRows = isOne ? async () => [] : readerOf(builder, plan, 'update');
  return function on(place): DrizzleWrite {
    const state: State = { isFew: false };
    let before: Row[] = [];
    return {
      ...common(target, place, on),
      verb: 'delete',
      operation: 'delete',
      isOne,
      locks: true,
      async before(limit) {
        before = await look(target, place, state, read, limit);
        return before;
      },
      async run() {
        const told = await send(target, place, state);
        if (state.isFew) before.splice(0, before.length, ...told.rows());
        return told;
      },
      after: () => [],
    };
  };
}

/** A new row is what the insert returns. */
export function insertOf(target: Target): (place: Place) => DrizzleWrite {
  const size = sizeOf(target);
  return function on(place): DrizzleWrite {
    const state: State = { isFew: false };
    let count = size;
    return {
      ...common(target, place, on),
      verb: 'insert',
      operation: 'create',
      isOne: size === 1,
      // Of an insert from a query it is known when it has run.
      get size() {
        return count;
      },
      before(limit) {
        state.isFew = (size ?? 0) < limit;
        return [];
      },
      async run() {
        const told = await send(target, place, state);
        count ??= told.count;
        return told;
      },
      after: ({ rows }) => rows(),
    };
  };
}

/** Which rows an insert will meet is read by the values of its conflict target. */
export function upsertOf(target: Target, targets: readonly Column[]): (place: Place) => DrizzleWrite {
  const { builder, plan } = target;
  const read = conflictReaderOf(builder, plan, targets);
  const size = sizeOf(target);
  return function on(place): DrizzleWrite {
    const state: State = { isFew: read === undefined && size !== undefined && size <= MAX_BLIND };
    return {
      ...common(target, place, on),
      verb: 'insert ... on conflict do update',
      operation: 'upsert',
      isOne: size === 1,
      ...(size === undefined ? {} : { size }),
      locks: place.unit !== undefined,
      ...(read !== undefined && {
        before: async (limit: number) => ((size ?? 0) < limit ? look(target, place, state, read, limit) : []),
      }),
      run: () => send(target, place, state),
      after({ rows }, before) {
        if (read === undefined && !state.isFew) throw new Error('Nobody knows how many rows there are.');
        const written = rows();
        const ids = new Set(written.map((row) => idOf(plan.model, row)));
        // What `setWhere` left alone is as it was.
        return [...written, ...before.filter((row) => !ids.has(idOf(plan.model, row)))];
      },
    };
  };
}

function common(target: Target, place: Place, on: (place: Place) => DrizzleWrite) {
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

/** How many rows an insert states; `undefined` of one from a query. */
function sizeOf({ builder }: Target): number | undefined {
  const { values } = builder.config;
  return Array.isArray(values) ? values.length : undefined;
}

async function look(target: Target, place: Place, state: State, read: ReadRows, limit: number): Promise<Row[]> {
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

async function send({ statement, values }: Target, { session }: Place, { failure, isFew }: State): Promise<Told> {
  // Better the error that the write would have met as well than the one that the transaction is aborted.
  if (failure !== undefined) throw failure;
  return isFew ? statement.sendForRows(session, values) : statement.send(session, values);
}
