import type { AuditEvent } from '../../model/event.js';
import { pointerOf } from './pointer.js';
import { isSame } from './same.js';
import { absenceIn, isMembers, memberAt, plainName, type Stored } from './stored.js';

/** Do two events tell the same deed? Of one request, or one is part of the other, or undoes what it was told to. */
export function isSameDeed(event: AuditEvent, before: AuditEvent | undefined): boolean {
  if (before === undefined) return false;
  if (event.metadata?.['revertOf'] !== undefined || before.metadata?.['revertOf'] !== undefined) return true;
  const request = event.request?.id;
  return (
    (request !== undefined && request === before.request?.id) ||
    event.parent === before.id ||
    before.parent === event.id ||
    (event.parent !== undefined && event.parent === before.parent)
  );
}

/** Members that are known in both states and are not the same. */
export function differing(a: Stored | undefined, b: Stored | undefined, isQuiet: (name: string) => boolean): string[] {
  if (!isMembers(a) || !isMembers(b)) return [];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].map(plainName);
  return names
    .filter((name) => !isQuiet(name))
    .filter((name) => {
      const [one, other] = [memberAt(a, name), memberAt(b, name)];
      if (one === undefined || other === undefined) return one !== other;
      if (absenceIn(one) !== undefined || absenceIn(other) !== undefined) return false;
      return !isSame(one, other);
    })
    .map((name) => pointerOf([name]));
}
