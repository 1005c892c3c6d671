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

  if (operation === 'create') {
    const after = (result: unknown): Promise<readonly Row[]> | readonly Row[] => {
      const keys = keysOfInserted(draft, values, result);
      return keys === undefined ? unread() : by(model.key, keys, false);
    };
    return { ...common, run, after };
  }
  if (operation === 'upsert') {
    const columns = sent.method === 'upsert' ? model.key : conflictOf(builder._single, model.key);
    const rows = columns === undefined || values === undefined ? undefined : withAll(values, columns);
    if (columns === undefined || rows?.length !== values?.length || rows === undefined)
      return { ...common, run, before: unread, after: unread };
    return { ...common, run, locks, before: () => by(columns, rows, locks), after: () => by(columns, rows, false) };
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
