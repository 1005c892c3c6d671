import type { Change, Diff } from '../model/event.js';
import { captureOf } from '../pure/build.js';
import type { Draft } from '../pure/draft.js';
import { type Fields, hidden } from '../pure/fields.js';
import { changesOfRow, type RowChange } from '../pure/row.js';
import { newWalk } from '../pure/snapshot.js';
import { softDeleteIn } from '../pure/soft-delete.js';
import { storedId } from '../pure/stored-id.js';
import { categoryOf, normaliseAction, severityOf } from '../pure/words.js';
import type { Engine } from './engine.js';
import { nameOf } from './scope.js';

/** What the events of rows have from the request or job in which they changed. */
export type RowFacts = Pick<Draft, 'actor' | 'tenant' | 'source' | 'request' | 'trace' | 'parent'>;

/** What changed of a row, and what an event may say of it. */
export interface ToldRow extends Pick<Draft, 'metadata' | 'unordered'> {
  readonly changes: readonly Change[] | undefined;
  readonly diff: Diff;
  readonly id: string | undefined;
  readonly name: string | undefined;
}

/** The difference that a write made. `undefined` when it made none: what was stored is what was there. */
export function tellRow(engine: Engine, row: RowChange): ToldRow | undefined {
  const walk = newWalk(engine.settings.redactor);
  const changes = changesOfRow(row, walk);
  const { bulk, diff, operation, before, after } = row;
  const isKnown = diff.fidelity !== 'none' && bulk === undefined;
  if (isKnown && operation === 'update' && changes.length === 0) return undefined;
  return {
    changes: isKnown ? changes : changes.length === 0 ? undefined : changes,
    diff: walk.cut ? { fidelity: 'partial', why: 'too large to compare whole' } : diff,
    unordered: walk.unordered,
    id: row.id === undefined ? undefined : storedId(row.id, 'id', row.type, 'crud', engine.settings.redactor.isSecret),
    name: nameOf(after, row.nameMember) ?? nameOf(before, row.nameMember),
    metadata: metadataOf(engine, row, changes),
  };
}

/** The event of a row by itself. `undefined` when nothing changed, or when a rule turns it down. */
export function draftOfRow(engine: Engine, row: RowChange, facts: RowFacts): Draft | undefined {
  const told = tellRow(engine, row);
  if (told === undefined) return undefined;
  const meant = row.operation === 'update' ? softDeleteIn(told.changes ?? []) : undefined;
  const action = normaliseAction(`${row.type}.${meant ?? row.verb ?? row.operation}`);
  const operation = meant === 'delete' ? 'delete' : row.operation;
  const category = categoryOf(action);
  const { method, route } = facts.request ?? {};
  const outcome = 'success';
  const resource = row.type;
  const verdict = engine.decideByHand({ action, category, operation, outcome, resource, method, route });
  if (verdict.level === 'none') {
    engine.counts.ruledOut += 1;
    return undefined;
  }
  const { id, name, changes, diff, metadata, unordered } = told;
  return {
    ...facts,
    id: engine.newId(),
    time: row.time,
    action,
    category,
    operation,
    outcome,
    severity: severityOf(action, outcome),
    resource: { type: row.type, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) },
    ...(verdict.level === 'metadata' ? {} : { changes, diff, unordered }),
    capture: captureOf(row.by, row.why, verdict.level, verdict.rule),
    metadata,
  };
}

/** Of many rows what they have in common; labels and names of what changed. */
function metadataOf(
  { settings }: Engine,
  { bulk: given, fields, names }: RowChange,
  changes: readonly Change[],
): Draft['metadata'] {
  const bulk = given === undefined || fields === undefined ? given : withoutFields(given, fields, settings.redactor);
  const labels = labelsOf(fields, changes);
  const hasNames = Object.keys(names).length > 0;
  if (bulk === undefined && labels === undefined && !hasNames) return undefined;
  return {
    ...(bulk === undefined ? {} : { bulk }),
    ...(labels === undefined ? {} : { labels }),
    ...(hasNames ? { names } : {}),
  };
}

/** What a summary says of the filter and of what was set obeys the policy of fields too. */
function withoutFields(
  bulk: NonNullable<RowChange['bulk']>,
  fields: Fields,
  redactor: Engine['settings']['redactor'],
): NonNullable<RowChange['bulk']> {
  const { filter, set, ...rest } = bulk;
  return {
    ...rest,
    ...(filter === undefined ? {} : { filter: hidden(filter, fields, redactor) }),
    ...(set === undefined ? {} : { set: hidden(set, fields, redactor) }),
  };
}

function labelsOf(
  fields: RowChange['fields'],
  changes: readonly Change[],
): Readonly<Record<string, string>> | undefined {
  if (fields === undefined || fields.labels.size === 0) return undefined;
  const told = changes.flatMap(({ path }) => {
    const label = fields.labels.get(path.slice(1));
    return label === undefined ? [] : [[path, label] as const];
  });
  return told.length === 0 ? undefined : Object.fromEntries(told);
}
