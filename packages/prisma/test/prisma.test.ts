import { testOrm } from '@whodunit/test-support/orm';
import { ormOf } from './support/orm';

describe('Prisma 7', () => {
  testOrm(ormOf(7));
});

describe('Prisma 6', () => {
  testOrm(ormOf(6));
});
