import type { Write } from '@whodunit/core/writes';
import type { Audited } from './audited.js';
import type { Entity } from './entity.js';
import { gapOfBuilder } from './gaps.js';
import { adoptRunner } from './runners.js';
import { running, Statement } from './statement.js';
import type { Builder, Runner } from './typeorm.js';
import { unitOf } from './units.js';
import { type Call, writeOf } from './write.js';

const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'soft-delete', 'restore']);

/** Runs a builder, and records what it changed. `run` is what TypeORM does, of the builder that it is given. */
export async function execute(
  audited: Audited,
  builder: Builder,
  run: (builder: Builder) => Promise<unknown>,
): Promise<unknown> {
  const { mainAlias, queryType, useTransaction } = builder.expressionMap;
  if (!WRITES.has(queryType) || writesNothing(builder)) return run(builder);
  if (mainAlias?.hasMetadata !== true) return runUnseen(audited, builder, () => run(builder));
  const entity = audited.entityOf(mainAlias.metadata);
  const given = builder.queryRunner;
  if (entity === undefined || given?.isReleased === true) return run(builder);
  // What is read, and what is written, goes over one connection; one that was there before us is followed from now on.
  const runner = adoptRunner(audited, given ?? audited.source.createQueryRunner('master'));
  try {
    const call = callOf(audited, builder, entity, runner, run);
    if (useTransaction && !runner.isTransactionActive)
      return await inTransaction(runner, () => audited.writes.capture(again(call)));
    const isolated = (inner: (write: Write<unknown>) => Promise<unknown>) =>
      inTransaction(runner, () => inner(again(call)));
    return await audited.writes.capture({ ...writeOf(call), isolated });
  } finally {
    if (given === undefined) await runner.release();
  }
}

async function runUnseen(audited: Audited, builder: Builder, run: () => Promise<unknown>): Promise<unknown> {
  const gap = gapOfBuilder(audited, builder);
  if (audited.throwsOnGap) gap?.();
  const result = await run();
  if (!audited.throwsOnGap) gap?.();
  return result;
}

/** TypeORM sends nothing for an empty list. */
function writesNothing({ expressionMap: { insertFromSelect, queryType, valuesSet } }: Builder): boolean {
  return queryType === 'insert' && insertFromSelect === undefined && Array.isArray(valuesSet) && valuesSet.length === 0;
}

function callOf(
  { locksAll, source }: Audited,
  builder: Builder,
  entity: Entity,
  runner: Runner,
  run: (builder: Builder) => Promise<unknown>,
): Call {
  const statement = new Statement(source, entity);
  // The application's builder stays as it is, also when it runs twice at the same time.
  const own = Object.create(builder, { queryRunner: { value: runner } }) as Builder;
  running.set(own, statement);
  const unit = unitOf(runner);
  return { source, builder: own, entity, runner, statement, locksAll, unit, run: () => run(own) };
}

/** The same write, now that a transaction was opened for it. */
function again(call: Call) {
  return writeOf({ ...call, unit: unitOf(call.runner) });
}

async function inTransaction<T>(runner: Runner, work: () => Promise<T>): Promise<T> {
  await runner.startTransaction();
  try {
    const result = await work();
    await runner.commitTransaction();
    return result;
  } catch (error) {
    // What failed first is what the application is told.
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}
