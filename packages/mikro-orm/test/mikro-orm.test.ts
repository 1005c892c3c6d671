import { type Orm, testOrm } from '@whodunit/test-support/orm';
import { connect } from './support/database';

const orm: Orm = {
  by: 'mikro-orm',
  lacks: {
    softRemove: 'MikroORM deletes softly by a property of the application: an update, which the suite has.',
    restore: 'As above.',
  },
  extraQueries: { update: 0, insert: 0, remove: 0 },
  connect,
};

describe('auditMikroOrm', () => testOrm(orm));
