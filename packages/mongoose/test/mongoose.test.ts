import { testOrm } from '@whodunit/test-support/orm';
import { mongooseOrm } from './support/people';
import { mongoWorldOf } from './support/world';

testOrm(mongooseOrm, mongoWorldOf);
