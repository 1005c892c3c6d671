import { testOrm } from '@whodunit/test-support/orm';
import { ORM } from './support/tables';

testOrm(ORM);
