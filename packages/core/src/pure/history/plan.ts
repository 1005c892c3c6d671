import { AuditError } from '../../model/errors.js';
import type { AuditEvent } from '../../model/event.js';
import type { RevertChoice } from '../../model/revert.js';
import type { Folded } from './folded.js';
import { planBack } from './plan-back.js';
import { planUndo } from './plan-undo.js';
import { planDelete, planRecreate } from './plan-whole.js';
import { type Plan, refusalOf, refusedPlan } from './planned.js';
import { indexAt } from './state.js';

/** Plans to undo one event, or to go back to a version. @throws AuditError `AUDIT_QUERY_INVALID`: there is none such */
export function planOf(
  folded: Folded,
  events: readonly AuditEvent[],
  target: RevertChoice,
  isQuiet: (name: string) => boolean,
): Plan {
  if (folded.versions.length === 0) {
    throw new AuditError('AUDIT_QUERY_INVALID', 'There is nothing to revert: the history has no versions.');
  }
  if ('version' in target) return planBack(folded, indexAt(folded, target.version), target.fields, isQuiet);
  const { versions } = folded;
  const index = versions.findIndex(({ event }) => event.id === target.event);
  const version = versions[index];
  if (version?.kind === 'create') return planDelete(folded, index, isQuiet);
  if (version?.kind === 'delete') return planRecreate(folded, index - 1, version.event);
  if (version?.kind === 'update') return planUndo(folded, index, target.fields, isQuiet);
  const event = version?.event ?? events.find((one) => one?.id === target.event);
  if (event !== undefined) return refusedPlan(event, refusalOf('nothing_to_undo'));
  throw new AuditError('AUDIT_QUERY_INVALID', 'The event is not in this history. Pass the id of one of its versions.');
}
