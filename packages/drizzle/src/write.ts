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

/** Reads what is there, and lets the write return what it made of it; above the limit, it is sent as it is. */
export function updateOf(target: Target): (place: Place) => DrizzleWrite {
  const { builder, plan } = target;
  const read = readerOf(builder, plan, 'no key update');
  const isOne = isByKey(builder.config.where, plan);
  return function on(place): DrizzleWrite {
    let isFew = false;
    return {
      ...common(target, place, on),
      verb: 'update',
      operation: 'update',
      isOne,
      locks: place.unit !== undefined,
      async before(limit) {
        const found = await read(place, target.values, limit);
        isFew = found.length < limit;
        return found;
      },
      run: () => send(target, place, isFew),
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
    let isFew = false;
    let before: Row[] = [];
    return {
      ...common(target, place, on),
      verb: 'delete',
      operation: 'delete',
      isOne,
      locks: true,
      async before(limit) {
        before = await read(place, target.values, limit);
        isFew = before.length < limit;
        return before;
      },
      async run() {
        const told = await send(target, place, isFew);
        if (isFew) before.splice(0, before.length, ...told.rows());
        return told;
      },
      after: () => [],
    };
  };
}

/** A new row is what the insert returns. */
export function insertOf(target: Target): (place: Place) => DrizzleWrite {
  const { config } = target.builder;
  const size = Array.isArray(config.values) ? config.values.length : undefined;
  return function on(place): DrizzleWrite {
    let isFew = false;
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
        isFew = (size ?? 0) < limit;
        return [];
      },
      async run() {
        const told = await send(target, place, isFew);
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
  const size = Array.isArray(builder.config.values) ? builder.config.values.length : undefined;
  return function on(place): DrizzleWrite {
    let isFew = read === undefined && size === 1;
    return {
      ...common(target, place, on),
      verb: 'insert ... on conflict do update',
      operation: 'upsert',
      isOne: size === 1,
      ...(size === undefined ? {} : { size }),
      locks: place.unit !== undefined,
      ...(read !== undefined && {
        async before(limit: number) {
          isFew = (size ?? 0) < limit;
          return isFew ? read(place, target.values, limit) : [];
        },
      }),
      run: () => send(target, place, isFew),
      after({ rows }, before) {
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

function send({ statement, values }: Target, { session }: Place, isForRows: boolean): Promise<Told> {
  return isForRows ? statement.sendForRows(session, values) : statement.send(session, values);
}
