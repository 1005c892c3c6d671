import { testOrm } from '@whodunit/test-support/orm';
import { ormOf } from './support/verbs';
import { VERSIONS } from './support/versions';

describe.each(VERSIONS)('TypeORM %s', (_name, orm) => {
  describe('by criteria', () => testOrm(ormOf(orm, 'criteria')));
  describe('by entities', () => testOrm(ormOf(orm, 'entities')));
});
