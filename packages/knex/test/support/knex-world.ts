import { type AuditError, type AuditEvent, type Auditor, createAuditor } from '@whodunit/core';
import { auditKnex, type KnexOptions } from '@whodunit/knex';
import { SCHEMA } from '@whodunit/test-support/orm';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { memorySink } from '@whodunit/testing';
import createKnex, { type Knex } from 'knex';

/** Knex on a database of its own, audited, and the same without. */
export interface KnexWorld {
  readonly url: string;
  readonly db: Knex;
  readonly auditor: Auditor;
  readonly errors: AuditError[];
  /** Everything that was recorded since it was asked last. */
  told(): Promise<AuditEvent[]>;
  close(): Promise<void>;
}

export async function knexWorld(options: KnexOptions = {}, config: Knex.Config = {}): Promise<KnexWorld> {
  const url = await createTestDatabase();
  const bare = createKnex({ client: 'pg', connection: url, ...config });
  await bare.raw(SCHEMA);
  const sink = memorySink();
  const errors: AuditError[] = [];
  const auditor = createAuditor({ sinks: [sink], onError: (error) => errors.push(error) });
  const db = auditKnex(bare, { auditor, ...options });
  return {
    url,
    db,
    auditor,
    errors,
    async told() {
      await auditor.flush();
      const events = [...sink.events];
      sink.clear();
      return events;
    },
    async close() {
      await db.destroy();
      await auditor.close();
    },
  };
}

/** `person.update 1 /age` */
export function short({ action, changes, resource }: AuditEvent): string {
  return [action, resource?.id, ...(changes ?? []).map(({ path }) => path)]
    .filter((part) => part !== undefined)
    .join(' ');
}
