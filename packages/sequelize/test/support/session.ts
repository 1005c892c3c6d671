import type { AuditEvent } from '@whodunit/core';
import type { SequelizeAuditOptions } from '@whodunit/sequelize';
import { type World, worldOf } from '@whodunit/test-support/orm';
import type { Sequelize } from 'sequelize';
import { connect } from './database';
import type { Models, Person } from './models';

/** An audited Sequelize with the models of the suite. */
export interface Session extends World {
  readonly sequelize: Sequelize;
  readonly models: Models;
  readonly person: typeof Person;
  /** Action and id. */
  short(event: AuditEvent | undefined): string;
}

export async function open(options: SequelizeAuditOptions | 'not audited' = {}): Promise<Session> {
  let opened: Awaited<ReturnType<typeof connect>> | undefined;
  const world = await worldOf(
    {
      by: 'sequelize',
      extraQueries: { insert: 0, remove: 0, update: 0 },
      async connect(url, given) {
        opened = await connect(url, given);
        return opened;
      },
    },
    options,
  );
  if (opened === undefined) throw new Error('The world has not connected.');
  const { models, sequelize } = opened;
  const short = (event: AuditEvent | undefined): string => `${event?.action} ${event?.resource?.id}`;
  return { ...world, models, sequelize, person: models.person, short };
}
