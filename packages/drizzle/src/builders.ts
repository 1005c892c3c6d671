import { isRead, type Unit, type Writes } from '@whodunit/core/writes';
import { deleteOf, updateOf } from './change.js';
import type { Builder, Column, Database, Values } from './drizzle.js';
import { hasWrite } from './filter.js';
import { leaveGap } from './gaps.js';
import { insertOf, upsertOf } from './insert.js';
import type { Place } from './place.js';
import { statementOf } from './statement.js';
import type { PlanTable } from './table.js';
import type { Target } from './target.js';
import { inTransaction } from './transaction.js';
import type { HasOld } from './version.js';

export type Verb = 'insert' | 'update' | 'delete';

/** What builders are audited with: of a database, or of a transaction of it. */
export interface Audit {
  readonly writes: Writes;
  readonly planOf: PlanTable;
  readonly db: Database;
  readonly unit: Unit | undefined;
  readonly hasOld: HasOld;
}

/**
 * Audits one builder. It stays the object that Drizzle made, with all that can be chained; how it runs is replaced, which is
 * where `await`, `then`, `execute()` and prepared statements all come through.
 */
export function auditBuilder<B>(given: B, verb: Verb, audit: Audit): B {
  const builder = given as Builder;
  const plan = audit.planOf(builder.config.table, builder.dialect);
  if (plan === undefined) return given;
  const targets = rememberTargets(builder);

  const run = async (target: Target): Promise<unknown> => {
    if (hasWrite(builder.config.withList, (sql) => isRead(builder.dialect.sqlToQuery(sql).sql))) {
      const why = 'It contains another write in `with`. Send the two one after the other.';
      audit.writes.gap({ verb: `with ... ${verb}`, model: plan.model.name, why });
      return (await target.statement.send(builder.session, target.values)).result;
    }
    const write = writeOf(verb, target, targets(), audit)(placeOf(builder, audit));
    return (await audit.writes.capture(write)).result;
  };

  builder.execute = async (values) => {
    const statement = statementOf(builder, plan);
    return run({ builder, plan, statement, values });
  };
  builder.prepare = (name) => {
    const statement = statementOf(builder, plan, name);
    const prepared = statement.bare;
    prepared.execute = (values?: Values) => run({ builder, plan, statement, values });
    return prepared;
  };
  return given;
}

/** Tells that a write runs that nobody sees: all of it is left as it is. */
export function leaveGapOf<B>(given: B, verb: Verb, { planOf, writes }: Audit): B {
  const { config, dialect } = given as Builder;
  const plan = planOf(config.table, dialect);
  const why = 'Only Postgres is audited so far. Record such writes yourself, with scope.change() or auditor.record().';
  return plan === undefined ? given : leaveGap(given, () => writes.gap({ verb, model: plan.model.name, why }));
}

function writeOf(verb: Verb, target: Target, targets: readonly Column[] | undefined, { hasOld }: Audit) {
  if (verb === 'update') return updateOf(target, hasOld);
  if (verb === 'delete') return deleteOf(target);
  return targets === undefined ? insertOf(target) : upsertOf(target, targets);
}

/** Drizzle makes text of the columns of a conflict target at once. */
function rememberTargets(builder: Builder): () => readonly Column[] | undefined {
  let targets: readonly Column[] | undefined;
  const original = builder.onConflictDoUpdate;
  if (original !== undefined)
    builder.onConflictDoUpdate = function (this: Builder, config) {
      const made = original.call(this, config);
      targets = [config.target].flat() as Column[];
      return made;
    };
  return () => targets;
}

function placeOf({ session }: Builder, { db, unit }: Audit): Place {
  return {
    session,
    unit,
    open: (work) =>
      inTransaction(db, unit, (tx, inner) => {
        const place: Place = { session: tx.session, unit: inner, open: (more) => more(place) };
        return work(place);
      }),
  };
}
