import type { Change, JsonValue } from '../model/event.js';

/** What an update of little else means, by the member that it sets. */
export const MARKS: ReadonlySet<string> = new Set(
  'deleted isDeleted is_deleted softDeleted deletedAt deleted_at deletedOn deleted_on trashed trashedAt trashed_at'.split(
    ' ',
  ),
);

/** An update of a row that deletes it, or brings it back, by the mark that it sets or takes away. */
export function softDeleteIn(changes: readonly Change[]): 'delete' | 'restore' | undefined {
  for (const { path, old, new: now } of changes) {
    if (!MARKS.has(path.slice(1))) continue;
    const [was, is] = [isSet(old), isSet(now)];
    if (was !== is) return is ? 'delete' : 'restore';
  }
  return undefined;
}

function isSet(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0;
}
