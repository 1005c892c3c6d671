import { type Orm, testOrm } from '@whodunit/test-support/orm';
import { connect } from './support/database';

const orm: Orm = {
  by: 'sequelize',
  lacks: { batch: 'Sequelize has no batches: a transaction sends several writes.' },
  extraQueries: { update: 0, insert: 0, remove: 0 },
  connect,
};

describe('auditSequelize', () => testOrm(orm));
