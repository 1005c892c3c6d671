import { ownChanges } from '../engine/run.js';
import { nameOf, tenantFrom } from '../engine/scope.js';
import type { Actor, Level, Resource, Tenant } from '../model/event.js';
import { claimedIdentity } from '../pure/actor/index.js';
import { captureOf } from '../pure/build.js';
import { type Deed, deedOf, idParamOf, isParent } from '../pure/deed.js';
import type { Draft } from '../pure/draft.js';
import { isAbout } from '../pure/loadable.js';
import type { Recognition } from '../pure/recognise/index.js';
import type { Verdict } from '../pure/rules.js';
import { severityOf } from '../pure/words.js';
import { createdId, parseAnswer } from './answer.js';
import { idInBody, mayNameIds, stateIn, touchedOf } from './body-ids.js';
import { isLogin, loginEndingOf, loginResultOf, type Result, resultOf } from './outcome.js';
import type { Plan } from './plan.js';
import type { RequestScope } from './request-scope.js';
import { updateMeant } from './soft-delete.js';
import { keeper, secretIn, storedId } from './stored-id.js';
import { type Told, toldByLoader, toldByRoute } from './told.js';
import { traceOf } from './trace.js';
import { hasGrant, signedInNow, tenantInRoute, whoOf, withClaim } from './who.js';
import { wholeOf } from './whole.js';

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
  const body = scope.body();
  const deed = meantBy(scope, recognition, body);
  const ending = scope.ending();
  const answer = needsAnswer(deed) ? parseAnswer(scope.answer) : undefined;
  const params = scope.params();
  let { actor, tenant, by } = whoOf(scope, known.actor);
  const asksForToken = deed.action === 'token.create' && hasGrant(body);
  const signsIn = asksForToken || isLogin(deed);
  const claims = signsIn || deed.category === 'auth' || deed.category === 'account';
  const claimed = claims ? claimedIdentity(body) : undefined;
  const plain = signsIn
    ? loginResultOf(loginEndingOf(ending, scope.answerHeaders, scope.url, scope.answer), answer, actor, claimed)
    : known.hidden === true && scope.isRouted && isLoaded(scope, recognition, recognition.resource)
      ? HIDDEN
      : resultOf(ending);
  const result: Result = scope.outcome === undefined ? plain : { outcome: scope.outcome };
  if (result.outcome === 'success' && (asksForToken || beginsSession(deed)))
    ({ actor, tenant, by } = signedInNow({ actor, tenant, by }, answer, deed.category));
  actor = withClaim(actor, claimed, signsIn && result.outcome !== 'success');
  const resource = resourceOf(scope, recognition, params, { deed, answer, body, actor, outcome: result.outcome });
  const verdict = decide(scope, plan, deed, result.outcome, resource?.type);
  const level = scope.level ?? (verdict.level === 'none' && scope.hasChildren ? 'metadata' : verdict.level);
  if (level === 'none') return undefined;
  const states = isLoaded(scope, recognition, resource?.type) ? known.states : undefined;
  const told =
    level === 'metadata' ? undefined : whatChanged(scope, { deed, recognition, resource, result, states, body });
  const name = resource?.name ?? told?.name;
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
    resource: resource === undefined || name === undefined ? resource : { ...resource, name },
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
    capture: captureFor(scope, plan, deed, by, level, verdict.rule),
    metadata: metadataOf(scope, { deed, recognition, resource, body, answer, level }),
  };
}

/** How this request was captured; for what the route alone says it is kept with the plan. */
function captureFor(
  scope: RequestScope,
  plan: Plan,
  { because }: Deed,
  by: string,
  level: Level,
  rule: string | undefined,
): Draft['capture'] {
  const binding = scope.binding.by;
  if (because !== undefined)
    return captureOf(binding, `${whyOf(scope, plan)}, and ${because}; actor: ${by}`, level, rule);
  if (scope.level !== undefined) return captureOf(binding, `${whyOf(scope, plan)}; actor: ${by}`, level, undefined);
  if (scope.action !== undefined) return captureOf(binding, `${whyOf(scope, plan)}; actor: ${by}`, level, rule);
  for (const kept of plan.captures) {
    if (kept.by === by && kept.capture.level === level && kept.capture.rule === rule) return kept.capture;
  }
  const capture = captureOf(binding, `${whyOf(scope, plan)}; actor: ${by}`, level, rule);
  if (plan.captures.length < 8) plan.captures.push({ by, capture });
  return capture;
}

function whyOf(scope: RequestScope, { recognition }: Plan): string {
  return scope.action === undefined ? recognition.why : 'named by the application';
}

/** The rules' answer for a deed; the caller keeps answers that depend on nothing but the route. */
export type Decide = (
  scope: RequestScope,
  plan: Plan,
  deed: Deed,
  outcome: Draft['outcome'],
  resource: string | undefined,
) => Verdict;

/** A 404 for what is there: the application does not say no, it says that there is nothing. */
const HIDDEN: Result = Object.freeze({ outcome: 'denied', reason: Object.freeze({ code: 'hidden_by_404' }) });

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

function needsAnswer({ category, operation }: Deed): boolean {
  return category === 'auth' || category === 'account' || operation === 'create' || operation === 'execute';
}

interface Facts {
  readonly deed: Deed;
  readonly answer: unknown;
  readonly body: unknown;
  readonly actor: Actor;
  readonly outcome: Draft['outcome'];
}

function resourceOf(
  scope: RequestScope,
  recognition: Recognition,
  params: Readonly<Record<string, unknown>>,
  facts: Facts,
): Resource | undefined {
  const { id: ownId, name: ownName, parent: ownParent, type: ownType } = scope.resource ?? {};
  const type = ownType ?? recognition.resource;
  if (type === undefined) return undefined;
  const above = parentOf(scope, recognition, params);
  const isAbove = above !== undefined && isParent(recognition, ownType);
  const parent = ownParent ?? (isAbove ? undefined : above);
  // What accepts an invitation is about that very invitation.
  const isSame = parent !== undefined && parent.type === type && parent === above;
  const id =
    ownId ?? (isAbove ? above.id : (idOf(scope, recognition, params, facts, type) ?? (isSame ? parent.id : undefined)));
  // An invitation is known by whom it invites.
  const member = scope.engine.resource(type)?.name ?? (type === 'invitation' ? 'email' : undefined);
  const name = ownName ?? (facts.outcome === 'success' ? nameOf(stateIn(facts.body, type), member) : undefined);
  return {
    type,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined || facts.deed.category === 'auth' ? {} : { name }),
    ...(parent === undefined || (isSame && parent.id === id) ? {} : { parent }),
  };
}

function idOf(
  scope: RequestScope,
  recognition: Recognition,
  params: Readonly<Record<string, unknown>>,
  { deed, answer, body, actor, outcome }: Facts,
  type: string,
): string | undefined {
  const param = scope.idParam ?? recognition.idParam;
  const named = param === undefined ? undefined : params[param];
  const { kind } = recognition;
  const { isSecret } = scope.engine.settings.redactor;
  if (param !== undefined && (typeof named === 'string' || typeof named === 'number'))
    return storedId(String(named), param, type, kind, isSecret);
  if (type === 'invitation' && deed.operation !== 'create') return secretIn(params, kind, isSecret);
  const id = mayNameIds(deed) ? idInBody(body, type, keeper(type, kind, isSecret)) : undefined;
  if (id !== undefined) return id;
  if (outcome !== 'success') return undefined;
  if (deed.category === 'auth') return type === 'user' && deed.action !== 'auth.impersonate' ? actor.id : undefined;
  if (deed.operation === 'create') return createdId(answer, type, scope.answerHeaders.getHeader('location'));
  // `/me` and `/account`: the resource is who does it.
  return deed.category === 'account' && type === 'user' && actor.type === 'user' ? actor.id : undefined;
}

function parentOf(
  scope: RequestScope,
  { kind, parent }: Recognition,
  params: Readonly<Record<string, unknown>>,
): Resource['parent'] {
  if (parent === undefined) return undefined;
  const { param, type } = parent;
  const named = params[param];
  if (typeof named !== 'string' && typeof named !== 'number') return undefined;
  const id = storedId(String(named), param, type, kind, scope.engine.settings.redactor.isSecret);
  return id === undefined ? undefined : { type, id };
}

function metadataOf(
  scope: RequestScope,
  facts: Pick<Difference, 'body' | 'deed' | 'recognition' | 'resource'> & {
    readonly answer: unknown;
    readonly level: Level;
  },
): Draft['metadata'] {
  const { answer, body, deed, level, recognition, resource } = facts;
  const own = level === 'full' ? wholeOf(scope, deed.category, body) : scope.metadata;
  if (resource === undefined || resource.id !== undefined) return own;
  const { type } = resource;
  const keep = keeper(type, recognition.kind, scope.engine.settings.redactor.isSecret);
  const touched = touchedOf(deed, type, { body, answer, keep });
  return touched === undefined ? own : { resources: touched, ...own };
}

interface Difference {
  readonly deed: Deed;
  readonly recognition: Recognition;
  readonly resource: Resource | undefined;
  readonly result: Result;
  readonly states: Known['states'];
  readonly body: unknown;
}

/** Was it the event's own resource that was read before? A path names others too: the org of a member. */
function isLoaded(scope: RequestScope, recognition: Recognition, resource: string | undefined): boolean {
  if (scope.loading === undefined || resource === undefined) return false;
  const idParam = scope.idParam ?? idParamOf(recognition, scope.resource?.type);
  return isAbout(scope.loading, { idParam, resource, route: scope.route() });
}

/** The strongest that is there: what the application or an ORM told, a loader, what the route tells. */
function whatChanged(scope: RequestScope, facts: Difference): Told | undefined {
  const { body, deed, recognition, resource, result, states } = facts;
  const own = ownChanges(scope.changes);
  if (own !== undefined) return { ...own, name: scope.changes?.find((change) => change.name !== undefined)?.name };
  if (deed.category === 'auth' || deed.operation === 'read') return undefined;
  if (states !== undefined) return toldByLoader(scope.engine, resource?.type, states);
  if (result.outcome !== 'success') return undefined;
  const { action, category } = deed;
  // A change of password that hides in an update of the account changes the rest of it, too.
  const hides = action === 'account.password_change' && !/pass/i.test(scope.route());
  // An update that deletes still says what it sets.
  const operation = deed.because === undefined ? deed.operation : recognition.operation;
  const stated = { action: hides ? 'account.update' : action, category, operation };
  return toldByRoute(scope.engine, stated, resource?.type, body, scope.headers()['content-type']);
}
