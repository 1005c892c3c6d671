export type { Orm, Person, Verbs } from './contract';
export { SCHEMA } from './schema';
export { testOrm } from './suite';
export { type World, worldOf } from './world';
