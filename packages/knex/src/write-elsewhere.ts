import type { Row, Write } from '@whodunit/core/writes';
import { readBy, readOf, rowsOf } from './reads.js';
import { commonOf, conflictOf, type Draft, namedIn, unread, valuesOf, withAll } from './write-draft.js';

/** A write to a database whose statements do not give back their rows: they are read before and after. */
export function otherWrite(draft: Draft): Write<unknown> {
  const { model, name, operation, run, runner, sent, unit } = draft;
  const { builder } = runner;
  const common = commonOf(draft);
  const locks = unit !== undefined;
  const values = valuesOf(builder._single);
  const by = async (columns: readonly string[], rows: readonly Row[], lock: boolean): Promise<readonly Row[]> =>
    rows.length === 0 ? [] : namedIn(draft, await rowsOf(runner, readBy(builder, name, columns, rows, lock)));

  // One that leaves rows as they are does not say which it left.
  const finds = operation === 'upsert' || builder._single.ignore === true;
  if (finds) {
    const columns = sent.method === 'upsert' ? model.key : conflictOf(builder._single, model.key);
    const rows = columns === undefined || values === undefined ? undefined : withAll(values, columns);
    if (columns === undefined || rows === undefined || rows.length !== values?.length)
      return { ...common, run, before: unread, after: unread };
    const find = (lock: boolean) => by(columns, rows, lock);
    return { ...common, operation: 'upsert', run, locks, before: () => find(locks), after: () => find(false) };
  }
  if (operation === 'create') {
    const after = async (result: unknown): Promise<readonly Row[]> => {
      const keys = keysOfInserted(draft, values, result);
      const rows = keys === undefined ? [] : await by(model.key, keys, false);
      return rows.length === 0 ? unread() : rows;
    };
    return { ...common, run, after };
  }
  return {
    ...common,
    run,
    locks,
    affected: (result) => (typeof result === 'number' ? result : undefined),
    before: async (limit) => namedIn(draft, await rowsOf(runner, readOf(builder, name, { columns: [], limit, locks }))),
    after: (_, before) => by(model.key, before, false),
  };
}

/** Keys of rows that were inserted: those that they came with, or the one that the database made for one row. */
function keysOfInserted(
  { model: { key } }: Draft,
  values: readonly Row[] | undefined,
  result: unknown,
): readonly Row[] | undefined {
  if (values === undefined) return undefined;
  if (withAll(values, key).length === values.length) return values;
  const [id, ...more] = Array.isArray(result) ? (result as readonly unknown[]) : [];
  const [name, ...others] = key;
  if (id === undefined || more.length > 0 || values.length !== 1 || name === undefined || others.length > 0)
    return undefined;
  return [typeof id === 'object' && id !== null ? (id as Row) : { [name]: id }];
}
