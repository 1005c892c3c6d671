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
  /** Columns by which extensions compute members of results, by the model: they must be there. Absent: nothing is computed. */
  readonly needs: Map<string, Set<string>>;
  modelOf(table: Table): ReturnType<Writes['model']>;
}
