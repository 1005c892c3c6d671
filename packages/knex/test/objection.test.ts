import { testOrm } from '@whodunit/test-support/orm';
import { objectionOrm } from './support/objection-orm';

describe('the models of Objection', () => testOrm(objectionOrm));
