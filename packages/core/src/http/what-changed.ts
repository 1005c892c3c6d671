import { changesIn, type OwnRow } from '../engine/held-rows.js';
import { ownChanges } from '../engine/run.js';
import type { Resource } from '../model/event.js';
import { type Deed, idParamOf } from '../pure/deed.js';
import { isAbout } from '../pure/loadable.js';
import type { Recognition } from '../pure/recognise/index.js';
import type { Result } from './outcome.js';
import type { RequestScope } from './request-scope.js';
import { CALL, type Told, toldByLoader, toldByRoute } from './told.js';

/** What a difference is told of. */
export interface Difference {
  readonly deed: Deed;
  readonly recognition: Recognition;
  readonly resource: Resource | undefined;
  readonly result: Result;
  readonly states: { readonly before: unknown; readonly after: unknown } | undefined;
  readonly body: unknown;
  /** The row that it is about, when an ORM package told it. */
  readonly row: OwnRow | undefined;
}

/** Was it the event's own resource that was read before? A path names others too: the org of a member. */
export function isLoaded(scope: RequestScope, recognition: Recognition, resource: string | undefined): boolean {
  if (scope.loading === undefined || resource === undefined) return false;
  const idParam = scope.idParam ?? idParamOf(recognition, scope.resource?.type);
  return isAbout(scope.loading, { idParam, resource, route: scope.route() });
}

/** The row was written as it was. */
const UNCHANGED: Told = Object.freeze({ changes: Object.freeze([]), diff: Object.freeze({ fidelity: 'exact' }) });

/** The strongest that is there: what the application or an ORM told, a loader, what the route tells. */
export function whatChanged(scope: RequestScope, facts: Difference): Told | undefined {
  const { body, deed, recognition, resource, result, row, states } = facts;
  const own = ownChanges(scope.changes);
  if (own !== undefined) return { ...own, name: scope.changes?.find((change) => change.name !== undefined)?.name };
  if (row !== undefined) return changesIn(row) ?? UNCHANGED;
  if (deed.category === 'auth' || deed.operation === 'read') return undefined;
  if (states !== undefined) return toldByLoader(scope.engine, resource?.type, states);
  if (result.outcome !== 'success') return undefined;
  const { action, category } = deed;
  const isCall = scope.called !== undefined;
  // A change of password that hides in an update of the account changes the rest of it, too.
  const hides = !isCall && action === 'account.password_change' && !/pass/i.test(scope.route());
  // An update that deletes still says what it sets.
  const operation = deed.because === undefined ? deed.operation : recognition.operation;
  const stated = { action: hides ? 'account.update' : action, category, operation };
  return toldByRoute(scope.engine, stated, resource?.type, body, isCall ? CALL : scope.headers()['content-type']);
}
