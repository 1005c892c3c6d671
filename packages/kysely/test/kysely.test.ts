import { testOrm } from '@whodunit/test-support/orm';
import { CALLBACKS, ORM } from './support/tables';

describe('with controlled transactions', () => testOrm(ORM));

describe('with transactions in callbacks', () => testOrm(CALLBACKS));
