import { type Auditor, engineOf } from '../engine/auditor.js';
import type { Engine } from '../engine/engine.js';
import { draftOfRow } from '../engine/row-draft.js';
import { nameRow } from '../engine/row-names.js';
import { AuditError } from '../model/errors.js';
import type { Query, UnsealedLine } from '../model/outbox.js';
import { mergeRows, type RowChange } from '../pure/row.js';
import { changeOfTold } from './changes-of.js';
import { factsFrom } from './context.js';
import { fieldsOfModel } from './model.js';
import type { ToldRow } from './write.js';

/** A row, or many rows, that a database told by itself. */
export interface DatabaseRow extends Omit<ToldRow, 'unit'> {
  /** What `contextText` gave when it changed. */
  readonly context: string | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Its transaction: changes of one row in one transaction are one. */
  readonly transaction: string;
  /** Of many rows that are told as one. */
  readonly bulk?: Readonly<Record<string, unknown>> | undefined;
}

/** What moves rows that a database told into an outbox. */
export interface DatabaseRows {
  /**
   * Puts the events of rows into the outbox, with the statements of a transaction that takes the rows away: either both
   * happen or none. Gives the number of events.
   *
   * @throws AuditError `AUDIT_OPTION_INVALID` when no sink of the auditor is transactional
   */
  store(query: Query, rows: readonly DatabaseRow[]): Promise<number>;
  /** The transaction was committed: what is in the outbox need not wait. */
  stored(): void;
  /** Tells the operator of a failure. */
  failed(error: AuditError): void;
}

/** For packages whose database tells rows by itself. @param by the package's short name, as it stands in `capture.by` */
export function databaseRows(by: string, auditor: Auditor): DatabaseRows {
  const engine = engineOf(auditor);
  return {
    async store(query, rows) {
      if (engine.outbox === undefined) throw withoutOutbox();
      const lines: UnsealedLine[] = [];
      for (const { context, row } of merged(engine, by, rows)) {
        await nameRow(engine, row);
        const draft = draftOfRow(engine, row, factsFrom(context));
        if (draft !== undefined) lines.push(engine.unsealed(draft));
      }
      if (lines.length > 0) await engine.outbox.store(query, lines);
      return lines.length;
    },
    stored: () => engine.wakeRelay(),
    failed: (error) => engine.report(error, by),
  };
}

interface Change {
  readonly context: string | undefined;
  readonly row: RowChange;
}

function merged(engine: Engine, by: string, rows: readonly DatabaseRow[]): Iterable<Change> {
  const changes = new Map<string, Change>();
  for (const [i, told] of rows.entries()) {
    const row = changeOf(engine, by, told);
    const key = row.id === undefined ? `${i}` : `${told.transaction} ${row.type} ${row.id}`;
    const before = changes.get(key);
    const whole = before === undefined ? row : mergeRows(before.row, row);
    if (whole === undefined) changes.delete(key);
    else changes.set(key, { context: told.context, row: whole });
  }
  return changes.values();
}

function changeOf(engine: Engine, by: string, told: DatabaseRow): RowChange {
  const { model, time, verb } = told;
  const common = {
    by,
    fields: fieldsOfModel(engine, model),
    nameMember: model.nameMember ?? engine.resource(model.type)?.name,
    time,
    type: model.type,
    verb: told.action,
    why: `${verb} of ${model.name}`,
  };
  const change = changeOfTold(told, common);
  if (told.bulk === undefined) return change;
  return { ...change, bulk: told.bulk, diff: { fidelity: 'none', why: 'many rows, told as one' } };
}

function withoutOutbox(): AuditError {
  const message =
    'No sink of the auditor is transactional. Use postgresSink({ transactional: true }) on the same database.';
  return new AuditError('AUDIT_OPTION_INVALID', message);
}
