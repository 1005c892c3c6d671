import { testOrm } from '@whodunit/test-support/orm';
import { ORM, ORM_BEFORE_18 } from './support/tables';

describe('on PostgreSQL 18', () => testOrm(ORM));
describe('on PostgreSQL before 18', () => testOrm(ORM_BEFORE_18));
