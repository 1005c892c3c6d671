import { type OwnRow, takeOwnRow, withRow } from '../engine/held-rows.js';
import { tenantFrom } from '../engine/scope.js';
import type { Actor, Tenant } from '../model/event.js';
import { claimedIdentity } from '../pure/actor/index.js';
import { type Deed, deedOf } from '../pure/deed.js';
import type { Draft } from '../pure/draft.js';
import type { Recognition } from '../pure/recognise/index.js';
import type { Verdict } from '../pure/rules.js';
import { severityOf } from '../pure/words.js';
import { maySayNo, parseAnswer } from './answer.js';
import { captureFor } from './capture-for.js';
import { metadataOf } from './metadata-of.js';
import { isLogin, type Result } from './outcome.js';
import type { Plan } from './plan.js';
import type { RequestScope } from './request-scope.js';
import { resourceOf } from './resource-of.js';
import { resultFor } from './result-for.js';
import { updateMeant } from './soft-delete.js';
import { traceOf } from './trace.js';
import { isLoaded, whatChanged } from './what-changed.js';
import { hasGrant, joinedTenant, signedInNow, tenantInRoute, whoOf, withClaim } from './who.js';

/** What the application was asked for, when it had an answer. */
export interface Known {
  readonly actor?: Actor;
  readonly tenant?: Tenant | undefined;
  /** States that a loader read; both are there or none. */
  readonly states?: { readonly before: unknown; readonly after: unknown };
  /** The answer was 404, and the resource in the path was there before and after. */
  readonly hidden?: boolean;
}

/**
 * The event of one request, from everything that is known when its response has ended. `undefined` when the rules turn
 * it down. `decide` gives the rules' answer.
 */
export function draftOf(scope: RequestScope, plan: Plan, known: Known, decide: Decide): Draft | undefined {
  const { recognition } = plan;
  const { called } = scope;
  const body = called === undefined ? scope.body() : called.body;
  const deed = meantBy(scope, recognition, body);
  const ending = scope.ending();
  const answer = called === undefined ? answerOf(scope, deed) : resultAsAnswer(called.answer, deed);
  const params = scope.params();
  let { actor, tenant, by } = whoOf(scope, known.actor);
  const asksForToken = deed.action === 'token.create' && hasGrant(body);
  const signsIn = asksForToken || isLogin(deed);
  const claims = signsIn || deed.category === 'auth' || deed.category === 'account';
  const claimed = claims ? claimedIdentity(body) : undefined;
  const isHidden = known.hidden === true && scope.isRouted && isLoaded(scope, recognition, recognition.resource);
  const result: Result =
    scope.outcome === undefined
      ? resultFor(scope, { deed, ending, answer, actor, claimed, isHidden, signsIn })
      : { outcome: scope.outcome };
  if (result.outcome === 'success' && (asksForToken || beginsSession(deed)))
    ({ actor, tenant, by } = signedInNow({ actor, tenant, by }, answer, deed.category));
  if (result.outcome === 'success' && deed.action === 'member.invite_accept') tenant ??= joinedTenant(answer);
  actor = withClaim(actor, claimed, signsIn && result.outcome !== 'success');
  const resource = resourceOf(scope, recognition, params, { deed, answer, body, actor, outcome: result.outcome });
  const verdict = decide(scope, plan, deed, result.outcome, resource?.type);
  const level = scope.level ?? (verdict.level === 'none' && scope.hasChildren ? 'metadata' : verdict.level);
  if (level === 'none') return undefined;
  const row = result.outcome === 'success' ? takeOwnRow(scope, resource, deed.operation) : undefined;
  if (row !== undefined && row.told === undefined && saysNothingElse(scope, deed)) return undefined;
  const states = isLoaded(scope, recognition, resource?.type) ? known.states : undefined;
  const told =
    level === 'metadata' ? undefined : whatChanged(scope, { deed, recognition, resource, result, row, states, body });
  const named = row === undefined ? resource : withRow(resource, row);
  const name = named?.name ?? told?.name;
  return {
    id: scope.id,
    time: scope.time,
    action: deed.action,
    category: deed.category,
    operation: deed.operation,
    outcome: result.outcome,
    severity: severityOf(deed.action, result.outcome),
    reason: scope.reason ?? result.reason,
    actor,
    tenant:
      (scope.tenant === undefined ? known.tenant : tenantFrom(scope.tenant)) ??
      tenant ??
      tenantInRoute(recognition, params),
    source: scope.source(),
    resource: named === undefined || name === undefined ? named : { ...named, name },
    changes: told?.changes,
    diff: told?.diff,
    unordered: told?.unordered,
    request: {
      id: scope.requestId(),
      method: scope.method,
      route: scope.route(),
      status: ending.sent ? ending.status : undefined,
      durationMs: Math.round(((scope.ended ?? scope.started) - scope.started) * 10) / 10,
    },
    trace: traceOf(scope.headers()['traceparent']),
    capture: captureFor(
      scope,
      plan,
      deed,
      row === undefined ? by : `${by}; changes: ${row.row.by}`,
      level,
      verdict.rule,
    ),
    metadata: withTold(metadataOf(scope, { deed, recognition, resource, body, answer, level }), row),
  };
}

/** An update that left its row as it was, of which nobody says more, is nothing to tell. */
function saysNothingElse(scope: RequestScope, deed: Deed): boolean {
  const { action, changes, hasChildren, level, metadata, reason } = scope;
  const isPlain = deed.operation === 'update' && deed.action.endsWith('.update');
  const said = action ?? changes ?? level ?? metadata ?? reason;
  return isPlain && said === undefined && !hasChildren;
}

function withTold(metadata: Draft['metadata'], row: OwnRow | undefined): Draft['metadata'] {
  return row?.told?.metadata === undefined ? metadata : { ...row.told.metadata, ...metadata };
}

/** The rules' answer for a deed; the caller keeps answers that depend on nothing but the route. */
export type Decide = (
  scope: RequestScope,
  plan: Plan,
  deed: Deed,
  outcome: Draft['outcome'],
  resource: string | undefined,
) => Verdict;

/** What was done; an update may delete by what its body says. */
function meantBy(scope: RequestScope, recognition: Recognition, body: unknown): Deed {
  return scope.action === undefined && recognition.operation === 'update'
    ? updateMeant(recognition, body)
    : deedOf(scope.action, recognition);
}

/** Does this action usually leave somebody signed in who was not before? */
function beginsSession({ action, category, operation }: Deed): boolean {
  return (
    action === 'auth.login' ||
    action === 'member.invite_accept' ||
    (operation === 'create' && (category === 'account' || category === 'auth'))
  );
}

/** The answer of a request, where it tells more than the status does. */
function answerOf({ answer }: RequestScope, deed: Deed): unknown {
  return needsAnswer(deed) || maySayNo(answer) ? parseAnswer(answer) : undefined;
}

/** What a call gave back: a login by a call may give no more than the token. */
function resultAsAnswer(result: unknown, deed: Deed): unknown {
  return typeof result === 'string' && beginsSession(deed) ? { token: result } : result;
}

function needsAnswer({ category, operation }: Deed): boolean {
  return category === 'auth' || category === 'account' || operation === 'create' || operation === 'execute';
}
