import type { Row, RowChange } from '../pure/row.js';
import type { Common } from './changes-of.js';
import { idOf } from './key.js';
import type { Write } from './write.js';

/** Ids of a summary: enough to begin looking. */
const MAX_IDS = 20;

/** What is known of many rows that are told as one. */
export interface Many {
  /** `undefined` when the ORM does not say. */
  readonly count: number | undefined;
  readonly some: readonly Row[];
  readonly why: string;
}

/** One change for all rows of a write: how many, by which filter, what was set, the first ids. */
export function summaryOf<R>(write: Write<R>, { count, some, why }: Many, common: Common): RowChange {
  const { model, operation, verb } = write;
  const { filter, set } = write.summary?.() ?? {};
  const ids = some.slice(0, MAX_IDS).flatMap((row) => idOf(model, row) ?? []);
  return {
    ...common,
    id: undefined,
    operation: operation === 'upsert' ? 'update' : operation,
    before: undefined,
    after: undefined,
    diff: { fidelity: 'none', why },
    names: {},
    bulk: {
      verb,
      ...(count === undefined ? {} : { count }),
      ...(filter === undefined ? {} : { filter }),
      ...(set === undefined ? {} : { set }),
      ...(ids.length === 0 ? {} : { ids }),
    },
  };
}
