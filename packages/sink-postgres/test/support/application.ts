import { type AuditError, type Auditor, createAuditor, type Sink } from '@whodunit/core';
import { captureWrites, Unit } from '@whodunit/core/writes';
import { type MemorySink, memorySink } from '@whodunit/testing';
import type pg from 'pg';
import { postgresSink } from '../../src/index.js';

/** A process of an application that writes accounts in transactions, with an outbox. */
export interface Application {
  readonly auditor: Auditor;
  /** Where else events go. */
  readonly other: MemorySink;
  readonly errors: AuditError[];
  /** Writes accounts in one transaction, and commits, or rolls back when `fate` says so. */
  write(ids: readonly number[], fate?: 'commit' | 'roll back', pause?: () => Promise<unknown>): Promise<void>;
}

export function application(pool: pg.Pool, sinks: readonly Sink[] = []): Application {
  const other = memorySink({ name: 'other', idempotent: false });
  const errors: AuditError[] = [];
  const auditor = createAuditor({
    sinks: [postgresSink({ pool, transactional: true }), other, ...sinks],
    dispatch: { maxWaitMs: 10 },
    onError: (error) => errors.push(error),
  });
  const writes = captureWrites('orm', 'auditOrm', { auditor });
  const model = writes.model({ name: 'accounts', key: ['id'] });
  if (model === undefined) throw new Error('accounts are audited');
  return {
    auditor,
    other,
    errors,
    async write(ids, fate = 'commit', pause = async () => undefined) {
      const client = await pool.connect();
      const unit = new Unit(undefined, (sql, values) => client.query(sql, [...values]));
      try {
        await client.query('BEGIN');
        for (const id of ids) {
          await writes.capture({
            model,
            verb: 'insert',
            operation: 'create',
            unit,
            run: () => client.query('INSERT INTO accounts (id) VALUES ($1)', [id]),
            after: () => [{ id }],
          });
        }
        await unit.prepare();
        await pause();
        await client.query(fate === 'commit' ? 'COMMIT' : 'ROLLBACK');
        if (fate === 'commit') unit.committed();
        else unit.rolledBack();
      } catch (error) {
        await client.query('ROLLBACK');
        unit.rolledBack();
        throw error;
      } finally {
        client.release();
      }
    },
  };
}
