import { AuditError } from '../../model/errors.js';
import type { Doubt, DoubtCode, HistoryPoint, HistoryState, HistoryStatus } from '../../model/history.js';
import type { Folded } from './folded.js';
import { plainOf } from './plain.js';
import type { Absence } from './stored.js';

/** Doubts with which what is known may be wrong, not only incomplete. */
const MAY_BE_WRONG: readonly DoubtCode[] = ['out_of_band', 'uncertain', 'which_item'];

const WHY: Readonly<Record<Absence, string>> = {
  masked: 'it is a secret, and was not stored',
  truncated: 'it was too large, and was not stored',
  opaque: 'JSON has no word for it',
  untold: 'no event tells it',
};

/** What a version left. -1 is before the first. */
export function stateAt({ before, doubts, versions }: Folded, index: number): HistoryState {
  const version = versions[index];
  const exists = version === undefined ? before.exists : version.exists;
  const known = version === undefined ? before.state : version.state;
  const { absent, value } = plainOf(exists === false ? undefined : known);
  const missing = absent.map(({ absence, path }): Doubt => ({ code: absence, path, why: WHY[absence] }));
  const all = [...doubts.about(index), ...missing];
  const isNothing = exists === undefined || (index < 0 && exists && value === undefined);
  return Object.freeze({
    status: isNothing ? 'unavailable' : statusOf(all),
    exists,
    value,
    doubts: Object.freeze(all.length === 0 && isNothing ? [NO_EVENTS] : all),
    version: index + 1,
  });
}

const NO_EVENTS: Doubt = { code: 'no_base', why: 'no event tells anything of it' };

function statusOf(doubts: readonly Doubt[]): HistoryStatus {
  if (doubts.length === 0) return 'exact';
  return doubts.some(({ code }) => MAY_BE_WRONG.includes(code)) ? 'approximate' : 'partial';
}

/** The index of the version that a point means; -1 is before the first. @throws AuditError `AUDIT_QUERY_INVALID` */
export function indexAt({ versions }: Folded, point: HistoryPoint): number {
  if (typeof point === 'number') {
    if (Number.isInteger(point) && point >= 0 && point <= versions.length) return point - 1;
    throw new AuditError('AUDIT_QUERY_INVALID', `There is no version ${point}. Say one from 0 to ${versions.length}.`);
  }
  const time = new Date(point).getTime();
  if (Number.isNaN(time)) {
    throw new AuditError(
      'AUDIT_QUERY_INVALID',
      'The time is none. Pass a Date, or a text such as 2026-01-05T09:00:00Z.',
    );
  }
  return versions.findLastIndex(({ since }) => since <= time);
}
