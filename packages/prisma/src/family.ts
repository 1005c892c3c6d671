import type { Writes } from '@whodunit/core/writes';
import type { Client } from './client.js';
import type { Locks } from './lock.js';
import type { Table, Tables } from './tables.js';
import type { Units } from './units.js';

/** A client that is audited, and all that come of it by further extensions. */
export interface Family {
  readonly writes: Writes;
  readonly bare: Client;
  readonly tables: Tables;
  readonly units: Units;
  readonly locks: Locks;
  readonly maxRows: number;
  readonly summarises: boolean;
  /** Extensions that were added later take part in queries: what becomes of a call is not known until it has run. */
  isWrapped: boolean;
  /** Extensions add members to results, made of others, which must be there. */
  computes: boolean;
  modelOf(table: Table): ReturnType<Writes['model']>;
}
