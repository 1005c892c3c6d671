import { ownChanges } from '../engine/run.js';
import { nameOf, tenantFrom } from '../engine/scope.js';
import type { Actor, Category, Level, Operation, Resource, Tenant } from '../model/event.js';
import { captureOf } from '../pure/build.js';
import type { Draft } from '../pure/draft.js';
import type { Recognition } from '../pure/recognise/index.js';
import type { Verdict } from '../pure/rules.js';
import { categoryOf, normaliseAction, operationOf, severityOf } from '../pure/words.js';
import { createdId, parseAnswer } from './answer.js';
import { saysNo } from './call-failure.js';
import { callResultOf } from './called.js';
import { idIn } from './id-in.js';
import { type Ending, endingOf, isLogin, loginEndingOf, loginResultOf, type Result, resultOf } from './outcome.js';
import type { Plan } from './plan.js';
import { redirectedResultOf } from './redirect.js';
import { pathOf, type RequestScope } from './request-scope.js';
import { type Told, toldByLoader, toldByRoute } from './told.js';
import { traceOf } from './trace.js';
import { joinedTenant, sessionTag, tenantInRoute, toldByAnswer, whoOf, withClaim } from './who.js';
import { wholeOf } from './whole.js';

/** What the application was asked for, when it had an answer. */
export interface Known {
  readonly actor?: Actor;
  readonly tenant?: Tenant | undefined;
  /** States that a loader read; both are there or none. */
  readonly states?: { readonly before: unknown; readonly after: unknown };
}

/** What was done, after everybody who can refine it has spoken. */
interface Deed {
  readonly action: string;
  readonly category: Category;
  readonly operation: Operation;
}

/**
 * The event of one request, from everything that is known when its response has ended. `undefined` when the rules turn
 * it down. `decide` gives the rules' answer.
 */
export function draftOf(scope: RequestScope, plan: Plan, known: Known, decide: Decide): Draft | undefined {
  const { recognition } = plan;
  const deed = deedOf(scope, recognition);
  const ending = endingOf(scope.raw.res);
  const { answer, body } = givenAndTaken(scope, deed);
  const params = scope.params();
  let { actor, tenant, by } = whoOf(scope, known.actor);
  const result: Result =
    scope.outcome === undefined ? resultFor(scope, deed, ending, answer, actor) : { outcome: scope.outcome };
  const isOfPerson = deed.category === 'auth' || deed.category === 'account';
  if (result.outcome === 'success' && (beginsSession(deed) || (isOfPerson && deed.operation === 'create')))
    ({ actor, tenant, by } = toldByAnswer({ actor, tenant, by }, answer));
  if (isOfPerson) actor = withClaim(actor, body);
  if (result.outcome === 'success' && deed.action === 'member.invite_accept') tenant ??= joinedTenant(answer);
  const resource = resourceOf(scope, recognition, params, { deed, answer, body, actor, outcome: result.outcome });
  const verdict = decide(scope, plan, deed, result.outcome, resource?.type);
  const level = scope.level ?? (verdict.level === 'none' && scope.hasChildren ? 'metadata' : verdict.level);
  if (level === 'none') return undefined;
  const told = level === 'metadata' ? undefined : whatChanged(scope, deed, resource, result, known, body);
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
    trace: traceOf(scope.raw.req.headers['traceparent']),
    capture: captureFor(scope, plan, by, level, verdict.rule),
    parent: scope.outer?.id,
    metadata: level === 'full' ? wholeOf(scope, deed.category, body) : scope.metadata,
  };
}

/** Body and answer; of a call inside of a request its own. */
function givenAndTaken(scope: RequestScope, deed: Deed): { readonly body: unknown; readonly answer: unknown } {
  const { answer: text, called } = scope;
  if (called !== undefined) {
    const { answer, body } = called;
    return { body, answer: typeof answer === 'string' && beginsSession(deed) ? { token: answer } : answer };
  }
  const isRead = needsAnswer(deed) || (text !== undefined && SAYS_NO.test(text));
  return { body: scope.body(), answer: isRead ? parseAnswer(text) : undefined };
}

const SAYS_NO = /"(?:ok|success)"\s*:\s*false/;

/** By the status; by what else was answered where the status says little. */
function resultFor(scope: RequestScope, deed: Deed, ending: Ending, answer: unknown, actor: Actor): Result {
  const { res } = scope.raw;
  const told = scope.called === undefined ? undefined : callResultOf(scope.called, deed);
  if (told !== undefined && ending.complete) return told;
  const plain = isLogin(deed) ? loginResultOf(loginEndingOf(res), answer, actor) : resultOf(ending);
  if (plain.outcome === 'success' && saysNo(answer)) return { outcome: 'failure', reason: { code: 'rejected' } };
  if (plain.outcome !== 'success' || ending.status < 300) return plain;
  const location = res.getHeader('location');
  // Who is signed in after a login has not failed, whatever is left of an earlier attempt.
  if (typeof location !== 'string' || (isLogin(deed) && actor.type === 'user')) return plain;
  const { carrier: request, url } = scope;
  return redirectedResultOf({ action: deed.action, actor, path: pathOf(url), location, request }) ?? plain;
}

/** How this request was captured; for what the route alone says it is kept with the plan. */
function captureFor(
  scope: RequestScope,
  plan: Plan,
  by: string,
  level: Level,
  rule: string | undefined,
): Draft['capture'] {
  const binding = scope.binding.by;
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

function deedOf(scope: RequestScope, recognition: Recognition): Deed {
  if (scope.action === undefined) return recognition;
  const action = normaliseAction(scope.action);
  if (action === recognition.action) return recognition;
  return { action, category: categoryOf(action), operation: operationOf(action) };
}

/** Does this action usually leave somebody signed in who was not before? */
function beginsSession({ action }: Deed): boolean {
  return action === 'auth.login' || action === 'account.signup' || action === 'member.invite_accept';
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
  const above = parentOf(recognition, params, facts.deed.action);
  // `order.refund` on `/orders/:id/steps`: what the application names is what the route calls the parent.
  const isAbove = above !== undefined && ownType !== recognition.resource && ownType === above.type;
  const parent = ownParent ?? (isAbove ? undefined : above);
  const id = ownId ?? (isAbove ? above.id : idOf(scope, recognition, params, facts, type));
  // Some say whose role it is by the membership.
  const membership =
    id === undefined && type === 'user' && facts.deed.category === 'access'
      ? idIn(facts.body, 'member', false)
      : undefined;
  if (membership !== undefined) return { type: 'member', id: membership, ...(parent === undefined ? {} : { parent }) };
  // An invitation is known by whom it invites.
  const member = scope.engine.resource(type)?.name ?? (type === 'invitation' ? 'email' : undefined);
  const name = ownName ?? (facts.outcome === 'success' ? nameOf(facts.body, member) : undefined);
  return {
    type,
    ...(id === undefined ? {} : { id: type === 'session' ? sessionTag(id) : id }),
    ...(name === undefined || facts.deed.category === 'auth' ? {} : { name }),
    ...(parent === undefined ? {} : { parent }),
  };
}

function idOf(
  scope: RequestScope,
  recognition: Recognition,
  params: Readonly<Record<string, unknown>>,
  { deed, answer, actor, body, outcome }: Facts,
  type: string,
): string | undefined {
  const param = scope.idParam ?? recognition.idParam;
  const named = idAt(params, param, deed.action);
  if (named !== undefined) return named;
  const given = param === undefined && deed.operation !== 'create' ? idGiven(scope, deed, body, type) : undefined;
  if (given !== undefined) return given;
  // `/me` and `/account`: the resource is who does it.
  const isSelf =
    deed.category === 'account' && type === 'user' && actor.type === 'user' && !isOfOthers(scope, recognition);
  if (isSelf && deed.operation !== 'create') return actor.id;
  if (outcome !== 'success') return undefined;
  if (deed.category === 'auth') return type === 'user' ? actor.id : undefined;
  if (deed.operation === 'create') {
    const created = createdId(answer, type, newPlaceOf(scope));
    // Who is made a member is known before anybody answers.
    if (type === 'member') return idIn(body, 'user', false) ?? created;
    return created ?? (deed.action === 'account.signup' ? actor.id : undefined);
  }
  return scope.called === undefined ? undefined : createdId(answer, type, undefined);
}

/** The id in the body or the arguments. Whose account it is nobody says of themselves: `PATCH /me` with an `id`. */
function idGiven(scope: RequestScope, { category }: Deed, body: unknown, type: string): string | undefined {
  if (category === 'auth') return undefined;
  const isAccount = category === 'account' && type === 'user';
  const isOwn = isAccount && scope.called === undefined && !COLLECTION_OF_USERS.test(scope.route());
  return isOwn ? undefined : idIn(body, type, scope.called !== undefined || PROCEDURE.test(scope.route()));
}

/** `/api/users.remove`, `/users:remove` */
const PROCEDURE = /[^/:][.:][A-Za-z]\w*$/;

const COLLECTION_OF_USERS = /(?:^|[/.:])users[.:/\\](?!me\b)/i;

function isOfOthers(scope: RequestScope, { kind }: Recognition): boolean {
  return scope.called === undefined ? COLLECTION_OF_USERS.test(scope.route()) : kind !== 'flow';
}

/** `Location`, unless it leads back to what the request was sent below: `/books/1` after `POST /books/1/reviews`. */
function newPlaceOf(scope: RequestScope): unknown {
  const location = scope.raw.res.getHeader('location');
  if (typeof location !== 'string') return undefined;
  return `${pathOf(scope.url)}/`.startsWith(`${pathOf(location)}/`) ? undefined : location;
}

function parentOf(
  { parent }: Recognition,
  params: Readonly<Record<string, unknown>>,
  action: string,
): Resource['parent'] {
  const id = idAt(params, parent?.param, action);
  return parent === undefined || id === undefined ? undefined : { type: parent.type, id };
}

/** What opens something is no id, though it stands where one would: `/invitations/:token/accept`. */
const SECRET_PARAM = /(?:token|secret|password|signature|otp)$/i;
/** What links of mails do: what is long in their path is a secret, whatever it is called. */
const BY_MAIL = /^(?:auth\.login|account\.(?:verify|password_reset)|member\.invite_(?:accept|decline))$/;
const MIN_SECRET = 16;

function idAt(params: Readonly<Record<string, unknown>>, name: string | undefined, action: string): string | undefined {
  if (name === undefined || SECRET_PARAM.test(name)) return undefined;
  const value = params[name];
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const id = String(value);
  return id.length >= MIN_SECRET && BY_MAIL.test(action) ? undefined : id;
}

/** The strongest that is there: what the application or an ORM told, a loader, what the route tells. */
function whatChanged(
  scope: RequestScope,
  deed: Deed,
  resource: Resource | undefined,
  result: Result,
  known: Known,
  body: unknown,
): Told | undefined {
  const own = ownChanges(scope.changes);
  if (own !== undefined) return { ...own, name: scope.changes?.find((change) => change.name !== undefined)?.name };
  if (deed.category === 'auth' || deed.operation === 'read') return undefined;
  if (known.states !== undefined) return toldByLoader(scope.engine, resource?.type, known.states);
  return result.outcome === 'success' ? toldByRoute(scope.engine, deed, body, scope.called !== undefined) : undefined;
}
