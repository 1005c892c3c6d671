import type { Change, JsonValue } from '../../model/event.js';
import type { Doubt, FieldBlame, FieldTouch, HistoryDiff, HistoryState, HistoryStatus } from '../../model/history.js';
import { changesBetween } from '../changes.js';
import { newWalk } from '../snapshot.js';
import type { Folded, FoldedVersion } from './folded.js';
import { overlap, pointerOf } from './pointer.js';

/** Redaction was when the events were recorded; what they hold is no secret. */
const OPEN = { isSecret: () => false, paths: undefined };

const STRENGTH: readonly HistoryStatus[] = ['unavailable', 'approximate', 'partial', 'exact'];

/** What is different between two states, in the form that events have it. */
export function diffOf(a: HistoryState, b: HistoryState): HistoryDiff {
  const walk = newWalk(OPEN);
  const changes = changesBetween(a.value, b.value, walk);
  const cut: Doubt[] = walk.cut ? [{ code: 'truncated', why: 'the states are too large to compare whole' }] : [];
  const doubts = [...a.doubts, ...b.doubts.filter((doubt) => !a.doubts.includes(doubt)), ...cut];
  const weaker = STRENGTH[Math.min(STRENGTH.indexOf(a.status), STRENGTH.indexOf(b.status))] as HistoryStatus;
  return Object.freeze({
    changes,
    status: weaker === 'exact' && walk.cut ? 'partial' : weaker,
    doubts: Object.freeze(doubts),
  });
}

/** Who set one field, in the life of the resource that a version belongs to. `undefined`: no event did. */
export function blameOf({ versions }: Folded, index: number, path: string): FieldBlame | undefined {
  const touches: FieldTouch[] = [];
  for (const [i, version] of versions.entries()) {
    if (i > index || version.incarnation !== versions[index]?.incarnation) continue;
    const change = touchOf(version, path);
    if (change !== undefined) touches.push({ version: i + 1, event: version.event, change });
  }
  const last = touches.at(-1);
  return last === undefined ? undefined : { path, last, touches };
}

function touchOf(version: FoldedVersion, path: string): Change | undefined {
  const touching = version.changes.find((change) => overlap(change.path, path));
  return touching && (version.event.changes?.find((change) => change?.path === touching.path) as Change);
}

/** Who set each field of the resource that is there. */
export function blameOfAll(folded: Folded, index: number, value: JsonValue | undefined): FieldBlame[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.keys(value).flatMap((name) => blameOf(folded, index, pointerOf([name])) ?? []);
}
