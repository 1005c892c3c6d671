import type { Audited } from './audited.js';
import type { Entity } from './entity.js';
import { gapOfBuilder } from './gaps.js';
import { running, Statement } from './statement.js';
import type { Builder, Runner } from './typeorm.js';
import { unitOf } from './units.js';
import { type Call, writeOf } from './write.js';

const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'soft-delete', 'restore']);

/** Runs a builder, and records what it changed. `run` is what TypeORM does. */
export async function execute(audited: Audited, builder: Builder, run: () => Promise<unknown>): Promise<unknown> {
  const { mainAlias, queryType } = builder.expressionMap;
  if (!WRITES.has(queryType) || writesNothing(builder)) return run();
  if (mainAlias?.hasMetadata !== true) return runUnseen(audited, builder, run);
  const entity = audited.entityOf(mainAlias.metadata);
  const given = builder.queryRunner;
  if (entity === undefined || given?.isReleased === true) return run();
  // What is read, and what is written, goes over one connection.
  const runner = given ?? audited.source.createQueryRunner('master');
  builder.queryRunner = runner;
  try {
    const call = callOf(audited, builder, entity, runner, run);
    if (!builder.expressionMap.useTransaction || runner.isTransactionActive)
      return await audited.writes.capture({
        ...writeOf(call),
        isolated: (inner) => inTransaction(runner, () => inner(again(call))),
      });
    return await inTransaction(runner, () => audited.writes.capture(again(call)));
  } finally {
    builder.queryRunner = given;
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

function callOf(audited: Audited, builder: Builder, entity: Entity, runner: Runner, run: () => Promise<unknown>): Call {
  const { source } = audited;
  const statement = new Statement(source, entity);
  return {
    source,
    builder,
    entity,
    runner,
    statement,
    unit: unitOf(runner),
    async run() {
      running.set(builder, statement);
      try {
        return await run();
      } finally {
        running.delete(builder);
      }
    },
  };
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
