import type { Change, Diff, JsonValue } from '../model/event.js';
import { changesBetween } from './changes.js';
import type { Fields } from './fields.js';
import type { Walk } from './snapshot.js';

/** What a database holds of one resource. Its members are columns or properties, in the application's own names. */
export type Row = Readonly<Record<string, unknown>>;

/** Others that were joined to a resource and taken from it: the tags of a post, by their ids. */
export interface Joined {
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

/** One resource that a write changed, as it was and as it is; compared when its event is made. */
export interface RowChange {
  readonly type: string;
  readonly id: string | undefined;
  readonly operation: 'create' | 'update' | 'delete';
  /** What the action says instead of the operation: `restore`. */
  readonly verb?: string | undefined;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  readonly joined?: ReadonlyMap<string, Joined> | undefined;
  readonly diff: Diff;
  readonly fields: Fields | undefined;
  /** Which member holds its name. */
  readonly nameMember: string | undefined;
  /** Package and verb that told it. */
  readonly by: string;
  readonly why: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Of many rows that are told as one: how many, by which filter, what was set. */
  readonly bulk?: Readonly<Record<string, unknown>> | undefined;
  /** The names behind ids that changed; filled in when they are known. */
  readonly names: Record<string, { old?: string; new?: string }>;
}

/** What two writes to one row come to; `undefined` when nothing is left of them: it was made and taken away again. */
export function mergeRows(first: RowChange, second: RowChange): RowChange | undefined {
  const joined = mergeJoined(first.joined, second.joined);
  const diff = worse(first.diff, second.diff);
  if (first.operation === 'create' && second.operation === 'delete') return undefined;
  // What was deleted and made again was changed.
  const operation = operationOf(first.operation, second.operation);
  return {
    ...second,
    id: first.id ?? second.id,
    operation,
    verb: operation === second.operation ? second.verb : undefined,
    before:
      first.operation === 'create' ? undefined : (first.before ?? (isOnlyJoined(first) ? second.before : undefined)),
    after: operation === 'delete' ? undefined : (second.after ?? first.after),
    joined,
    diff,
  };
}

function operationOf(first: RowChange['operation'], second: RowChange['operation']): RowChange['operation'] {
  if (first === 'create') return 'create';
  if (first === 'delete') return second === 'create' ? 'update' : 'delete';
  return second === 'create' ? 'update' : second;
}

/** Nothing of the row itself was changed, only what is joined to it. */
function isOnlyJoined({ before, after, joined }: RowChange): boolean {
  return joined !== undefined && before === undefined && after === undefined;
}

function mergeJoined(first: RowChange['joined'], second: RowChange['joined']): RowChange['joined'] {
  if (first === undefined || second === undefined) return first ?? second;
  const merged = new Map(first);
  for (const [field, later] of second) {
    const earlier = merged.get(field);
    merged.set(field, earlier === undefined ? later : joinedAfter(earlier, later));
  }
  return merged;
}

/** What was added and then removed was never there, and the other way round. */
function joinedAfter(earlier: Joined, later: Joined): Joined {
  const without = (ids: ReadonlySet<string>, gone: ReadonlySet<string>) => [...ids].filter((id) => !gone.has(id));
  return {
    added: new Set([...without(earlier.added, later.removed), ...without(later.added, earlier.removed)]),
    removed: new Set([...without(earlier.removed, later.added), ...without(later.removed, earlier.added)]),
  };
}

const FIDELITY = ['exact', 'partial', 'none'] as const;

function worse(a: Diff, b: Diff): Diff {
  return FIDELITY.indexOf(b.fidelity) > FIDELITY.indexOf(a.fidelity) ||
    (a.why === undefined && a.fidelity === b.fidelity)
    ? b
    : a;
}

/** What changed of a row: its fields, then what was joined to it. Redacted as it is found. */
export function changesOfRow({ before, after, fields, joined }: RowChange, walk: Walk): Change[] {
  const changes = changesBetween(before, after, walk, fields);
  for (const [field, { added, removed }] of joined ?? []) {
    const at = `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const path = (id: string) => `${at}/${id.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    for (const id of removed) changes.push({ old: id as JsonValue, op: 'remove', path: path(id) });
    for (const id of added) changes.push({ new: id as JsonValue, op: 'add', path: path(id) });
  }
  return changes;
}
