import { type AuditError, type AuditEvent, type AuditorOptions, createAuditor } from '@whodunit/core';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { memorySink } from '@whodunit/testing';
import { type AuditTypeormOptions, auditTypeorm } from '@whodunit/typeorm';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { TypeOrm } from './versions';

/** A data source with tables made from its entities, and what is recorded of it. */
export interface Session {
  readonly source: DataSource;
  readonly errors: AuditError[];
  /** Everything that was recorded since it was asked last. */
  told(): Promise<AuditEvent[]>;
  /** The same, short: action, id, and the paths that changed. */
  short(): Promise<string[]>;
  /** Statements that were sent while this ran. */
  statementsOf(work: () => Promise<unknown>): Promise<string[]>;
}

const nothing = (): void => undefined;
const SILENT = {
  logQuery: nothing,
  logQueryError: nothing,
  logQuerySlow: nothing,
  logSchemaBuild: nothing,
  logMigration: nothing,
  log: nothing,
};

const closers: (() => Promise<unknown>)[] = [];

export async function closeSessions(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

export interface SessionOptions {
  readonly entities: readonly unknown[];
  readonly audit?: AuditTypeormOptions | 'not audited';
  readonly auditor?: Partial<AuditorOptions>;
  readonly source?: Partial<DataSourceOptions>;
}

export async function sessionOf(orm: TypeOrm, options: SessionOptions): Promise<Session> {
  const { audit = {}, entities } = options;
  const sink = memorySink();
  const errors: AuditError[] = [];
  const auditor = createAuditor({ sinks: [sink], onError: (error) => errors.push(error), ...options.auditor });
  const statements: string[] = [];
  const source = new orm.DataSource({
    type: 'postgres',
    url: await createTestDatabase(),
    entities: entities as never,
    synchronize: true,
    logging: true,
    logger: { ...SILENT, logQuery: (sql) => statements.push(sql) },
    ...(options.source as object),
  });
  if (audit !== 'not audited') auditTypeorm(source, { auditor, ...audit });
  await source.initialize();
  closers.push(
    () => auditor.close(),
    () => (source.isInitialized ? source.destroy() : Promise.resolve()),
  );
  const told = async (): Promise<AuditEvent[]> => {
    await auditor.flush();
    const events = [...sink.events];
    sink.clear();
    return events;
  };
  return {
    source,
    errors,
    told,
    short: async () => (await told()).map(shortOf),
    async statementsOf(work) {
      statements.length = 0;
      await work();
      return [...statements];
    },
  };
}

export function shortOf({ action, changes = [], resource }: AuditEvent): string {
  return [action, resource?.id, ...changes.map(({ path }) => path)].filter((part) => part !== undefined).join(' ');
}
