import { types } from 'node:util';
import type { Deed } from '../pure/deed.js';
import { readMember } from '../pure/members.js';
import type { Recognition } from '../pure/recognise/index.js';
import { MARKS } from '../pure/soft-delete.js';

const STATES: ReadonlySet<string> = new Set(['status', 'state']);
const GONE = /^(?:soft[-_ ]?)?(?:deleted|trashed)$/i;

/** A body of more members is a form that is sent whole, whatever was changed in it. */
const MAX_MEMBERS = 2;

/** The update itself, or the soft delete that it is. */
export function updateMeant(recognition: Recognition, body: unknown): Deed {
  const { action, category, kind } = recognition;
  const meant = kind === 'crud' && action.endsWith('.update') ? softDelete(body) : undefined;
  if (meant === undefined) return recognition;
  const operation = meant === 'delete' ? 'delete' : 'update';
  return { action: action.replace(/update$/, meant), category, operation, because: `its body says to ${meant}` };
}

/**
 * An update that deletes, or brings back: `PATCH /projects/:id` with `{ "deletedAt": "..." }`. Only the mark itself is
 * read of the body.
 */
function softDelete(body: unknown): 'delete' | 'restore' | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || types.isProxy(body)) return undefined;
  let members = 0;
  let mark: string | undefined;
  for (const name in body) {
    if (++members > MAX_MEMBERS) return undefined;
    if (MARKS.has(name) || STATES.has(name)) mark ??= name;
  }
  if (mark === undefined) return undefined;
  const value = readMember(body, mark);
  if (STATES.has(mark)) return typeof value === 'string' && GONE.test(value) ? 'delete' : undefined;
  if (value === true || value === 1 || value === 'true' || (typeof value === 'string' && /^\d{4}-\d/.test(value)))
    return 'delete';
  return value === false || value === null || value === 0 || value === 'false' ? 'restore' : undefined;
}
