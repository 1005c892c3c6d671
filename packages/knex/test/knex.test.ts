import { testOrm } from '@whodunit/test-support/orm';
import { knexOrm } from './support/knex-orm';

describe('on PostgreSQL 18', () => testOrm(knexOrm()));
describe('on PostgreSQL before 18', () => testOrm(knexOrm('17.5')));
