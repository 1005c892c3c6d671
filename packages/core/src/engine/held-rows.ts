import type { Operation, Resource } from '../model/event.js';
import { rowNamed } from '../pure/fold.js';
import { mergeRows, type RowChange } from '../pure/row.js';
import type { Engine } from './engine.js';
import { type RowFacts, type ToldRow, tellRow } from './row-draft.js';
import { rowQueueOf } from './row-queue.js';
import type { HeldRows } from './rows.js';
import type { Scope } from './scope.js';

/** A scope keeps so many rows until it ends, and no longer than this: a job may run for hours. */
const MAX_HELD = 1_000;
const MAX_HELD_MS = 5_000;

/**
 * Takes rows whose change has come true. Those of an open scope wait for its end, as one of them may be what its own event
 * is about; the others become events at once. Their states are the caller's no more.
 */
export function publishRows(engine: Engine, scope: Scope | undefined, rows: readonly RowChange[]): void {
  if (rows.length === 0 || scope?.skipped === true) return;
  if (scope === undefined || scope.engine !== engine || scope.fate !== 'open') {
    releaseRows(engine, rows, factsOf(scope));
    return;
  }
  scope.rows ??= hold(engine, scope);
  scope.rows.list.push(...rows);
  if (scope.rows.list.length >= MAX_HELD) letGo(engine, scope);
}

/** Makes the events of rows, some at a time. */
function releaseRows(engine: Engine, rows: readonly RowChange[], facts: RowFacts): void {
  const queue = rowQueueOf(engine);
  for (const row of rows) queue.add(row, facts);
}

/** What the own event of a scope says of the row that it is about. */
export interface OwnRow {
  readonly row: RowChange;
  /** `undefined`: nothing changed in it. */
  readonly told: ToldRow | undefined;
}

/**
 * Takes the row that the own event of a scope is about out of those that wait. Changed by several transactions, it is one
 * story, unless it came and went.
 */
export function takeOwnRow(scope: Scope, resource: Resource | undefined, operation: Operation): OwnRow | undefined {
  const { engine, rows } = scope;
  if (rows === undefined || resource === undefined) return undefined;
  const named = rowNamed(rows.list, resource, operation);
  if (named === undefined) return undefined;
  const own = rows.list.filter((row) => row === named || (row.id === named.id && row.type === named.type));
  const [first, ...later] = own;
  const row = later.reduce<RowChange | undefined>((sofar, each) => sofar && mergeRows(sofar, each), first);
  if (row === undefined) return undefined;
  rows.list.splice(0, rows.list.length, ...rows.list.filter((each) => !own.includes(each)));
  return { row, told: tellRow(engine, row) };
}

/** The resource of an event, by the key and the name that its row has. */
export function withRow(resource: Resource | undefined, { row, told }: OwnRow): Resource {
  const id = told?.id ?? resource?.id;
  const name = told?.name ?? resource?.name;
  return {
    type: resource?.type ?? row.type,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(resource?.parent === undefined ? {} : { parent: resource.parent }),
  };
}

/** What a row says of the changes. */
export function changesIn(row: OwnRow | undefined): Pick<ToldRow, 'changes' | 'diff' | 'unordered'> | undefined {
  if (row?.told === undefined) return undefined;
  const { changes, diff, unordered } = row.told;
  return { changes, diff, unordered };
}

/** The scope has its event, or never will: rows that wait become events of their own, as those will that still come. */
export function endRows(scope: Scope, fate: 'recorded' | 'unrecorded', facts?: RowFacts): void {
  const { engine, rows } = scope;
  scope.fate = fate;
  scope.rows = undefined;
  if (rows === undefined) return;
  rows.end();
  if (!scope.skipped) releaseRows(engine, rows.list, facts ?? factsOf(scope));
}

/** What is known of who and where in the scope in which a row changed. */
export function factsOf(scope: Scope | undefined): RowFacts {
  if (scope === undefined) return { actor: { type: 'system' } };
  return {
    actor: scope.knownActor() ?? { type: 'system' },
    tenant: scope.knownTenant(),
    source: scope.source(),
    request: scope.request(),
    parent: scope.fate === 'unrecorded' ? undefined : scope.id,
  };
}

function hold(engine: Engine, scope: Scope): HeldRows {
  const cancel = engine.clock.after(MAX_HELD_MS, () => letGo(engine, scope));
  const last = (): void => {
    letGo(engine, scope);
    rowQueueOf(engine).settle();
  };
  engine.beforeStop.add(last);
  const end = (): void => {
    cancel();
    engine.beforeStop.delete(last);
  };
  return { list: [], end };
}

/** Whatever the scope still becomes, it will be the parent of these. */
function letGo(engine: Engine, scope: Scope): void {
  const { rows } = scope;
  if (rows === undefined || scope.fate !== 'open') return;
  rows.end();
  scope.rows = undefined;
  if (rows.list.length === 0) return;
  scope.hasChildren = true;
  releaseRows(engine, rows.list, factsOf(scope));
}
