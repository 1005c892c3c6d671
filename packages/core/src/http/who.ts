import { actorFrom } from '../engine/scope.js';
import type { Actor, Category, Tenant } from '../model/event.js';
import { actorFromClaims, sameIdentity, tenantFromClaims, tenantFromParams } from '../pure/actor/index.js';
import { readMember } from '../pure/members.js';
import type { Recognition } from '../pure/recognise/index.js';
import { withoutSessionId } from '../pure/stored-id.js';
import { issuedClaims, type LoginAnswer, readLoginAnswer } from './login-answer.js';
import type { RequestScope } from './request-scope.js';

/** Who did it, for which customer, and what said so. */
export interface Who {
  readonly actor: Actor;
  readonly tenant: Tenant | undefined;
  readonly by: string;
}

/** What the application said, else what auth libraries left on the request: now, when the response has ended. */
export function whoOf(scope: RequestScope, given: Actor | undefined): Who {
  const resolved = scope.resolved();
  const explicit = scope.actor === undefined ? given : actorFrom(scope.actor);
  const actor = withoutSessionId(explicit ?? resolved.actor);
  return { actor, tenant: resolved.tenant, by: explicit === undefined ? resolved.by : 'the application' };
}

/**
 * Who it is once a login, a signup or an accepted invitation has succeeded: without a session the answer says it, and what
 * a new session does not hold, too.
 */
export function signedInNow(who: Who, answer: unknown, category: Category): Who {
  if (answer === undefined) return who;
  const read = readLoginAnswer(answer);
  const { type } = who.actor;
  const isKnown = type !== 'anonymous' && type !== 'unresolved';
  if (isKnown) return toldByAnswer(who, read);
  const signedIn = signedInBy(read, category);
  return signedIn === undefined ? who : { ...signedIn, tenant: who.tenant ?? signedIn.tenant };
}

function signedInBy(answer: LoginAnswer, category: Category): Who | undefined {
  const claims = issuedClaims(answer);
  const issued = claims === undefined ? undefined : actorFromClaims(claims, 'token');
  for (const person of answer.people) {
    const actor = actorFromClaims(person);
    if (actor === undefined) continue;
    // What the answer calls by name only, later requests know by the id in their token.
    const isName = actor.id === undefined || actor.id === actor.name;
    return told(isName ? { ...actor, ...issued } : actor, person, claims, ...answer.holders);
  }
  if (issued !== undefined) return told(issued, claims, ...answer.holders);
  // What answers an invitation or a request for a token has an id of its own.
  if (category !== 'auth' && category !== 'account') return undefined;
  for (const holder of answer.holders) {
    const actor = actorFromClaims(holder);
    if (actor?.id !== undefined) return told(actor, holder);
  }
  return undefined;
}

function told(actor: Actor, ...sources: readonly unknown[]): Who {
  return { actor: withoutSessionId(actor), tenant: tenantFromClaims(...sources), by: 'the answer' };
}

/** A session that was just begun often holds no more than an id: the answer says the rest, about the very same id. */
function toldByAnswer(who: Who, { people, holders }: LoginAnswer): Who {
  const { actor } = who;
  if (actor.id === undefined || actor.email !== undefined || actor.name !== undefined) return who;
  for (const holder of [...people, ...holders]) {
    const told = actorFromClaims(holder);
    if (told?.id !== actor.id || (told.email === undefined && told.name === undefined)) continue;
    const { email, name } = told;
    return {
      by: `${who.by} and the answer`,
      actor: { ...actor, ...(email === undefined ? {} : { email }), ...(name === undefined ? {} : { name }) },
      tenant: who.tenant ?? tenantFromClaims(holder),
    };
  }
  return who;
}

/** Whom an accepted invitation leads to, as its answer says: `{ invitation: { organizationId } }`. */
export function joinedTenant(answer: unknown): Tenant | undefined {
  const { holders, people } = readLoginAnswer(answer);
  return tenantFromClaims(...holders, ...people);
}

/**
 * The identity that was attempted: kept as claimed, never as who it was. Beside somebody who is signed in only when it is
 * another one that failed.
 */
export function withClaim(actor: Actor, claimed: string | undefined, failed: boolean): Actor {
  if (claimed === undefined) return actor;
  const isKnown = actor.type !== 'anonymous' && actor.type !== 'unresolved';
  return isKnown && (!failed || sameIdentity(claimed, actor)) ? actor : { ...actor, claimed };
}

/** Whoever asks for a token by a grant of OAuth (RFC 6749) says who he is, as in a login. */
export function hasGrant(body: unknown): boolean {
  return typeof body === 'object' && body !== null && readMember(body, 'grant_type') !== undefined;
}

export function tenantInRoute(recognition: Recognition, params: Readonly<Record<string, unknown>>): Tenant | undefined {
  const { tenantParam } = recognition;
  const named = tenantParam === undefined ? undefined : params[tenantParam];
  return typeof named === 'string' && named !== '' ? { id: named } : tenantFromParams(params);
}
