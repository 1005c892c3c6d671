import type { Engine } from '../engine/engine.js';
import { type Scope, scopes } from '../engine/scope.js';
import { AuditError } from '../model/errors.js';
import type { Fields } from '../pure/fields.js';
import type { Row, RowChange } from '../pure/row.js';
import { type Common, changeOfTold, changesOfWrite } from './changes-of.js';
import { engineFor } from './engine-for.js';
import { type Gap, recordGap } from './gap.js';
import { fieldsOfModel, type Model, type ModelShape, modelOf } from './model.js';
import { resolveWriteOptions, type WriteOptions } from './options.js';
import { summaryOf } from './summary.js';
import { type Changed, publish, Unit } from './unit.js';
import type { ToldRow, Write } from './write.js';

/** What an ORM package captures writes with. */
export interface Writes {
  /** The model as it is audited; `undefined` when it is not. Keep what it gives: it is the same for every write. */
  model(shape: ModelShape): Model | undefined;
  /**
   * Runs a write, and records what it changed when that has come true: at once, or with its transaction. Resolves and rejects
   * with what the write does; in mode `strict` it rejects with an `AuditError` when the write cannot be audited.
   */
  capture<R>(write: Write<R>): Promise<R>;
  /** Is a write outside of any transaction to be given one? For packages that must know before they make a `Write`. */
  needsTransaction(operation: Write<unknown>['operation']): boolean;
  /** Records a row that the ORM tells by itself. Never throws, unless `strict`. */
  tell(row: ToldRow): void;
  /** Records that something is written that nobody sees. @throws AuditError `AUDIT_WRITE_UNSEEN` with `onGap: 'throw'` */
  gap(gap: Gap): void;
}

/**
 * What one ORM package captures with.
 *
 * @param by the package's short name, as it stands in `capture.by`
 * @param where what its options are called in errors: `auditPrisma`
 * @throws AuditError `AUDIT_OPTION_INVALID`
 */
export function captureWrites(by: string, where: string, options: WriteOptions): Writes {
  const settings = resolveWriteOptions(where, options);
  const { isolate, isStrict, maxRows, summarises, throwsOnGap } = settings;
  const fieldsKnown = new WeakMap<Engine, WeakMap<Model, { readonly fields: Fields | undefined }>>();

  const fieldsFor = (engine: Engine, model: Model): Fields | undefined => {
    const models = fieldsKnown.get(engine) ?? new WeakMap();
    fieldsKnown.set(engine, models);
    const known = models.get(model) ?? { fields: fieldsOfModel(engine, model) };
    models.set(model, known);
    return known.fields;
  };

  const commonOf = (engine: Engine, write: Pick<Write<unknown>, 'action' | 'model' | 'verb'>): Common => ({
    by,
    fields: fieldsFor(engine, write.model),
    nameMember: write.model.nameMember ?? engine.resource(write.model.type)?.name,
    time: engine.clock.now(),
    type: write.model.type,
    verb: write.action,
    why: `${write.verb} of ${write.model.name}`,
  });

  /** What came of a failure of ours: the write is refused, or goes on without. */
  const failed = (engine: Engine, what: string, cause: unknown): undefined => {
    const error = new AuditError('AUDIT_CAPTURE_FAILED', `${what} See \`cause\`.`, { cause });
    if (isStrict) throw error;
    engine.report(error, what);
    return undefined;
  };

  /** To lock what is there before; or to write the events with it. What makes new rows has nothing to lock. */
  const needsTransaction = (engine: Engine, operation: Write<unknown>['operation']): boolean =>
    engine.outbox !== undefined || (isolate && operation !== 'create');

  const refuseIfFull = (engine: Engine): void => {
    const refusal = isStrict ? engine.refusal('data') : undefined;
    if (refusal !== undefined) throw refusal;
  };

  const readBefore = async <R>(engine: Engine, write: Write<R>): Promise<readonly Row[] | undefined> => {
    try {
      return await write.before?.(maxRows + 1);
    } catch (cause) {
      return failed(engine, `${write.verb} of ${write.model.name}: the state before could not be read.`, cause);
    }
  };

  const readAfter = async <R>(engine: Engine, write: Write<R>, result: R, before: readonly Row[] = []) => {
    try {
      return await write.after?.(result, before);
    } catch (cause) {
      return failed(engine, `${write.verb} of ${write.model.name}: the state after could not be read.`, cause);
    }
  };

  const captureNow = async <R>(engine: Engine, scope: Scope | undefined, write: Write<R>): Promise<R> => {
    refuseIfFull(engine);
    const isSummed = summarises && write.isOne !== true;
    const before = isSummed ? undefined : await readBefore(engine, write);
    const result = await write.run();
    try {
      const rows = await rowsOf(engine, write, isSummed, before, result);
      const changes = rows.map((row) => ({ engine, scope, row }));
      publishWrite(write, changes);
    } catch (cause) {
      failed(engine, `${write.verb} of ${write.model.name}: what it changed could not be told.`, cause);
    }
    return result;
  };

  const rowsOf = async <R>(
    engine: Engine,
    write: Write<R>,
    isSummed: boolean,
    before: readonly Row[] | undefined,
    result: R,
  ): Promise<RowChange[]> => {
    const common = commonOf(engine, write);
    const count = write.affected?.(result);
    const size = Math.max(before?.length ?? 0, write.size ?? 0);
    if (count === 0 && write.operation !== 'upsert') return [];
    if (isSummed || size > maxRows) {
      const why = isSummed ? 'told as a summary' : `more than ${maxRows} rows`;
      return [summaryOf(write, { count: count ?? write.size, some: before ?? [], why }, common)];
    }
    const isGone = write.operation === 'delete' && (count === undefined || count >= (before?.length ?? 0));
    const after = isGone ? [] : await readAfter(engine, write, result, before);
    const changes = changesOfWrite(write, { before, after }, common);
    if (changes.length === 0 && (isUnread(write.before, before) || isUnread(write.after, after))) {
      const why = 'the state before or after could not be read';
      return [summaryOf(write, { count: count ?? write.size, some: [], why }, common)];
    }
    const unseen =
      count === undefined || before === undefined ? 0 : count - Math.max(before.length, after?.length ?? 0);
    if (unseen <= 0) return changes;
    const why = 'changed between reading and writing';
    return [...changes, summaryOf(write, { count: unseen, some: [], why }, common)];
  };

  return {
    model: (shape) => modelOf(shape, settings),
    async capture(write) {
      const scope = scopes.getStore();
      const engine = engineFor(settings, scope);
      if (engine === undefined) return write.run();
      if (write.unit === undefined && write.isolated !== undefined && needsTransaction(engine, write.operation))
        return write.isolated((inner) => captureNow(engine, scope, inner));
      return captureNow(engine, scope, write);
    },
    needsTransaction(operation) {
      const engine = engineFor(settings, scopes.getStore());
      return engine !== undefined && needsTransaction(engine, operation);
    },
    tell(told) {
      const scope = scopes.getStore();
      const engine = engineFor(settings, scope);
      if (engine === undefined) return;
      refuseIfFull(engine);
      try {
        const change = { engine, scope, row: changeOfTold(told, commonOf(engine, told)) };
        if (told.unit === undefined) publish([change]);
        else told.unit.add([change]);
      } catch (cause) {
        failed(engine, `${told.verb} of ${told.model.name}: what it changed could not be told.`, cause);
      }
    },
    gap(gap) {
      if (throwsOnGap) {
        const what = gap.model === undefined ? gap.verb : `${gap.verb} of ${gap.model}`;
        throw new AuditError('AUDIT_WRITE_UNSEEN', `${what} writes what nobody sees. ${gap.why}`);
      }
      const engine = engineFor(settings, scopes.getStore());
      if (engine !== undefined) recordGap(engine, by, gap);
    },
  };
}

/** What one statement joins to one owner, and takes from it, is one change of that owner. */
function publishWrite({ model, unit }: Pick<Write<unknown>, 'model' | 'unit'>, changes: readonly Changed[]): void {
  if (unit !== undefined) unit.add(changes);
  else if (model.join === undefined) publish(changes);
  else {
    const statement = new Unit();
    statement.add(changes);
    statement.committed();
  }
}

/** There was something to read, and it could not be. */
function isUnread(read: unknown, rows: readonly Row[] | undefined): boolean {
  return read !== undefined && rows === undefined;
}
