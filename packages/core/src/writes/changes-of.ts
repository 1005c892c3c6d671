import type { Diff } from '../model/event.js';
import type { Row, RowChange } from '../pure/row.js';
import { idOf, textOf } from './key.js';
import type { Model } from './model.js';
import type { ToldRow, Write } from './write.js';

const EXACT: Diff = Object.freeze({ fidelity: 'exact' });
const UNLOCKED: Diff = Object.freeze({ fidelity: 'exact', why: 'read just before the write, not locked' });
const UNKNOWN: Diff = Object.freeze({ fidelity: 'none', why: 'the state before or after could not be read' });

/** What changes of rows have in common. */
export type Common = Pick<RowChange, 'by' | 'fields' | 'nameMember' | 'time' | 'type' | 'verb' | 'why'>;

/** What is known of the rows of a write when it has run; `undefined` where nobody could tell. */
export interface States {
  readonly before: readonly Row[] | undefined;
  readonly after: readonly Row[] | undefined;
}

/** One change for every row of a write, by comparing which rows were there before and after. */
export function changesOfWrite<R>(write: Write<R>, { before, after }: States, common: Common): RowChange[] {
  const { model, operation } = write;
  const unlocked: Diff = write.why === undefined ? UNLOCKED : { fidelity: 'exact', why: write.why };
  const diff = before === undefined || before.length === 0 || write.locks === true ? EXACT : unlocked;
  // The one row that was there is the one that is there now, whatever became of its key.
  if (operation === 'update' && before?.length === 1 && after?.length === 1)
    return [rowChange(model, 'update', before[0], after[0], diff, common)];
  const there = byId(model, after ?? []);
  const changes: RowChange[] = [];
  for (const [id, was] of byId(model, before ?? [])) {
    const is = there.get(id);
    there.delete(id);
    if (operation === 'delete') {
      if (is === undefined) changes.push(rowChange(model, 'delete', was, undefined, diff, common));
    } else changes.push(rowChange(model, 'update', was, is, is === undefined ? UNKNOWN : diff, common));
  }
  // What was not there before was made, unless nobody looked.
  if (operation === 'delete') return changes;
  for (const is of there.values()) {
    const isNew = operation === 'create' || (operation === 'upsert' && before !== undefined);
    changes.push(
      isNew
        ? rowChange(model, 'create', undefined, is, EXACT, common)
        : rowChange(model, 'update', undefined, is, UNKNOWN, common),
    );
  }
  return changes;
}

/** The change of a row that an ORM told by itself. */
export function changeOfTold(
  { action, after, before, joined, model, operation, why }: ToldRow,
  common: Common,
): RowChange {
  const diff: Diff = why === undefined ? EXACT : { fidelity: 'exact', why };
  const isBlind = operation === 'update' && joined === undefined && (before === undefined || after === undefined);
  const change = rowChange(model, operation, before, after, isBlind ? UNKNOWN : diff, { ...common, verb: action });
  if (joined === undefined) return change;
  const sets = Object.entries(joined).map(
    ([name, { added, removed }]) => [name, { added: new Set(added), removed: new Set(removed) }] as const,
  );
  return { ...change, joined: new Map(sets) };
}

function rowChange(
  model: Model,
  operation: RowChange['operation'],
  before: Row | undefined,
  after: Row | undefined,
  diff: Diff,
  common: Common,
): RowChange {
  const row = before ?? after ?? {};
  if (model.join !== undefined && operation !== 'update') return joinChange(model, operation, row, common);
  return { ...common, id: idOf(model, row), operation, before, after, diff, names: {} };
}

/** A row that only joins two others is told of the one that has the list. */
function joinChange({ join }: Model, operation: 'create' | 'delete', row: Row, common: Common): RowChange {
  const { as = '', member = '', of = '', owner = '' } = join ?? {};
  const id = new Set([textOf(row[member]) ?? '']);
  const none: ReadonlySet<string> = new Set();
  const joined = operation === 'create' ? { added: id, removed: none } : { added: none, removed: id };
  return {
    ...common,
    type: of,
    id: textOf(row[owner]),
    operation: 'update',
    before: undefined,
    after: undefined,
    joined: new Map([[as, joined]]),
    diff: EXACT,
    fields: undefined,
    names: {},
  };
}

/** Rows by their id; without a key, each is by itself. */
function byId(model: Model, rows: readonly Row[]): Map<string | number, Row> {
  return new Map(rows.map((row, i) => [idOf(model, row) ?? i, row]));
}
