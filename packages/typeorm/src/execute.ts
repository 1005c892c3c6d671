import type { Writes } from '@whodunit/core/writes';
import type { Entity } from './entity.js';
import { gapOfBuilder } from './gaps.js';
import { running, Statement } from './statement.js';
import type { Builder, Metadata, Runner, Source } from './typeorm.js';
import { unitOf } from './units.js';
import { type Call, writeOf } from './write.js';

/** One data source that is audited. */
export interface Audit {
  readonly source: Source;
  readonly writes: Writes;
  readonly throwsOnGap: boolean;
  entityOf(metadata: Metadata): Entity | undefined;
}

const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'soft-delete', 'restore']);

/** Runs a builder, and records what it changed. `run` is what TypeORM does. */
export async function execute(audit: Audit, builder: Builder, run: () => Promise<unknown>): Promise<unknown> {
  const { mainAlias, queryType } = builder.expressionMap;
  if (!WRITES.has(queryType) || writesNothing(builder)) return run();
  if (mainAlias?.hasMetadata !== true) return runUnseen(audit, builder, run);
  const entity = audit.entityOf(mainAlias.metadata);
  const given = builder.queryRunner;
  if (entity === undefined || given?.isReleased === true) return run();
  // What is read, and what is written, goes over one connection.
  const runner = given ?? audit.source.createQueryRunner('master');
  builder.queryRunner = runner;
  try {
    const call = callOf(audit, builder, entity, runner, run);
    if (!builder.expressionMap.useTransaction || runner.isTransactionActive)
      return await audit.writes.capture({
        ...writeOf(call),
        isolated: (inner) => inTransaction(runner, () => inner(again(call))),
      });
    return await inTransaction(runner, () => audit.writes.capture(again(call)));
  } finally {
    builder.queryRunner = given;
    if (given === undefined) await runner.release();
  }
}

async function runUnseen(audit: Audit, builder: Builder, run: () => Promise<unknown>): Promise<unknown> {
  const gap = gapOfBuilder(audit, builder);
  if (audit.throwsOnGap) gap?.();
  const result = await run();
  if (!audit.throwsOnGap) gap?.();
  return result;
}

/** TypeORM sends nothing for an empty list. */
function writesNothing({ expressionMap: { insertFromSelect, queryType, valuesSet } }: Builder): boolean {
  return queryType === 'insert' && insertFromSelect === undefined && Array.isArray(valuesSet) && valuesSet.length === 0;
}

function callOf(audit: Audit, builder: Builder, entity: Entity, runner: Runner, run: () => Promise<unknown>): Call {
  const { source } = audit;
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
