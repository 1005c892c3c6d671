import type { Writes } from '@whodunit/core/writes';
import type { Entity } from './entity.js';
import type { Metadata, Source } from './typeorm.js';

/** One data source that is audited. */
export interface Audited {
  readonly source: Source;
  readonly writes: Writes;
  readonly throwsOnGap: boolean;
  /** The state before is read again, locked, also where TypeORM has just read it. */
  readonly locksAll: boolean;
  /** `undefined` when its writes are no events. */
  entityOf(metadata: Metadata): Entity | undefined;
}
