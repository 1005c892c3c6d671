import type { MikroORM } from '@mikro-orm/postgresql';
import type { AuditEvent } from '@whodunit/core';
import type { MikroOrmAuditOptions } from '@whodunit/mikro-orm';
import { type World, worldOf } from '@whodunit/test-support/orm';
import { connect } from './database';

/** An audited MikroORM with the entities of the suite. */
export interface Session extends World {
  readonly orm: MikroORM;
  /** Action and id. */
  short(event: AuditEvent | undefined): string;
}

export async function open(options: MikroOrmAuditOptions | 'not audited' = {}): Promise<Session> {
  let orm: MikroORM | undefined;
  const world = await worldOf(
    {
      by: 'mikro-orm',
      extraQueries: { insert: 0, remove: 0, update: 0 },
      async connect(url, given) {
        const opened = await connect(url, given);
        orm = opened.orm;
        return opened;
      },
    },
    options,
  );
  if (orm === undefined) throw new Error('The world has not connected.');
  return { ...world, orm, short: (event) => `${event?.action} ${event?.resource?.id}` };
}
