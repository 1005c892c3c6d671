import type { RevertOperation, RevertRefusal } from '../../model/revert.js';
import type { Folded, FoldedVersion } from './folded.js';
import type { ToldChange } from './links.js';
import { plainOf } from './plain.js';
import { operationOf, type Plan, refusalOf, refusedPlan, setSince } from './planned.js';
import { hasIndex, isWithin, overlap, pointerOf } from './pointer.js';
import { absenceIn, isList, isMembers, memberAt, type Stored } from './stored.js';

/** Undoes the changes of one event, each by itself. */
export function planUndo(
  folded: Folded,
  index: number,
  fields: readonly string[] | undefined,
  isQuiet: (name: string) => boolean,
): Plan {
  const version = folded.versions[index] as FoldedVersion;
  const { changes, event } = version;
  if (folded.versions.at(-1)?.exists === false) return refusedPlan(event, refusalOf('gone'));
  const wanted = changes.filter(({ path }) => fields === undefined || fields.some((field) => isWithin(path, field)));
  const loud = wanted.filter(({ names }) => !isQuiet(names[0] ?? ''));
  const operations = new Map<string, RevertOperation>();
  const refusals: RevertRefusal[] = [];
  // Of a change that is told in part, the fields that are asked for by name can be undone all the same.
  if (fields === undefined && event.diff?.fidelity !== 'exact') refusals.push(refusalOf('not_exact'));
  for (const change of loud.length > 0 ? loud : wanted) {
    const inverse = inverseOf(folded, index, change);
    if ('code' in inverse) refusals.push(inverse);
    else operations.set(inverse.path, inverse);
  }
  if (operations.size + refusals.length === 0) refusals.push(refusalOf('nothing_to_undo'));
  return { kind: 'update', operations: [...operations.values()], refusals, unchecked: [], revertOf: event };
}

function inverseOf(folded: Folded, index: number, change: ToldChange): RevertOperation | RevertRefusal {
  const { names, op, path } = change;
  if (names.some(isChanged)) return refusalOf('untold', path, 'the name of the field was not stored as it is');
  const before = folded.versions[index - 1]?.state ?? folded.before.state;
  const after = folded.versions[index]?.state;
  const list = listOn(names, before) ?? listOn(names, after);
  if (list !== undefined) return inverseInList(folded, index, list, before, after);
  if (hasIndex(names.slice(1)) && !isKnown(names, after)) return refusalOf('untold', path);
  const refusal =
    refusalIn(path, op === 'remove' ? null : change.new) ?? refusalIn(path, op === 'add' ? null : change.old);
  if (refusal !== undefined) return refusal;
  const [from, to] = [change.new, change.old].map((value) => plainOf(value).value);
  return operationOf(
    path,
    op === 'remove' ? undefined : from,
    op === 'add' ? undefined : to,
    setSince(folded, index, path),
  );
}

/** Items move, so a list is put back whole. */
function inverseInList(
  folded: Folded,
  index: number,
  list: readonly string[],
  before: Stored | undefined,
  after: Stored | undefined,
): RevertOperation | RevertRefusal {
  const path = pointerOf(list);
  const doubts = [...folded.doubts.about(index), ...folded.doubts.about(index - 1)];
  if (doubts.some((doubt) => doubt.path !== undefined && overlap(doubt.path, path)))
    return refusalOf('not_exact', path);
  const [from, to] = [heldAt(list, after), heldAt(list, before)];
  const [refusal] = [from, to].flatMap((value) => (value === undefined ? [] : (refusalIn(path, value) ?? [])));
  if (refusal !== undefined) return refusal;
  return operationOf(path, plainOf(from).value, plainOf(to).value, setSince(folded, index, path));
}

function refusalIn(path: string, value: Stored | undefined): RevertRefusal | undefined {
  const absence = value === undefined ? 'untold' : absenceIn(value);
  return absence === undefined ? undefined : refusalOf(absence, path);
}

/** Names that were cut or cleaned when they were stored lead nowhere. */
function isChanged(name: string): boolean {
  return name.length >= 256 || name.includes('[redacted]');
}

/** The first list that a path goes through. */
function listOn(names: readonly string[], state: Stored | undefined): readonly string[] | undefined {
  for (let length = 1; length < names.length; length++) {
    if (isList(heldAt(names.slice(0, length), state))) return names.slice(0, length);
  }
  return undefined;
}

function isKnown(names: readonly string[], state: Stored | undefined): boolean {
  return isMembers(heldAt(names.slice(0, -1), state));
}

function heldAt(names: readonly string[], state: Stored | undefined): Stored | undefined {
  let held = state;
  for (const name of names) held = isMembers(held) ? memberAt(held, name) : undefined;
  return held;
}
