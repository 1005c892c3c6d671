import { hash } from 'node:crypto';
import { actorFrom } from '../engine/scope.js';
import type { Actor, Tenant } from '../model/event.js';
import { actorFromClaims, claimedIdentity, tenantFromClaims, tenantFromParams } from '../pure/actor/index.js';
import type { Recognition } from '../pure/recognise/index.js';
import { holdersOf } from './answer.js';
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
 * What the answer to a login, a signup or an accepted invitation says: who it is now, when no session was begun; else the
 * rest of somebody of whom the session holds no more than an id, when it is about the very same id.
 */
export function toldByAnswer(who: Who, answer: unknown): Who {
  const { actor, tenant } = who;
  if (actor.type === 'anonymous') return signedInBy(answer, tenant) ?? who;
  if (actor.id === undefined || actor.email !== undefined || actor.name !== undefined) return who;
  for (const holder of holdersOf(answer, 'user')) {
    const told = actorFromClaims(holder);
    if (told?.id !== actor.id || (told.email === undefined && told.name === undefined)) continue;
    const { email, name } = told;
    return {
      by: `${who.by} and the answer`,
      actor: { ...actor, ...(email === undefined ? {} : { email }), ...(name === undefined ? {} : { name }) },
      tenant: tenant ?? tenantFromClaims(holder),
    };
  }
  return who;
}

function signedInBy(answer: unknown, tenant: Tenant | undefined): Who | undefined {
  const holders = holdersOf(answer, 'user');
  for (const holder of holders) {
    const actor = actorFromClaims(holder) ?? actorFromClaims(claimsOf(holder), 'token');
    if (actor?.id === undefined) continue;
    const told = tenant ?? tenantFromClaims(holder, ...holders, ...holders.map(claimsOf));
    return { actor: withoutSessionId(actor), tenant: told, by: 'the answer' };
  }
  return undefined;
}

/** Whom an accepted invitation leads to, as its answer says: `{ invitation: { organizationId } }`. */
export function joinedTenant(answer: unknown): Tenant | undefined {
  return tenantFromClaims(...holdersOf(answer, 'invitation'), ...holdersOf(answer, 'member'));
}

/** The identity that was attempted: kept as claimed, never as who it was. */
export function withClaim(actor: Actor, body: unknown): Actor {
  if (actor.type !== 'anonymous' && actor.type !== 'unresolved') return actor;
  const claimed = claimedIdentity(body);
  return claimed === undefined ? actor : { ...actor, claimed };
}

export function tenantInRoute(recognition: Recognition, params: Readonly<Record<string, unknown>>): Tenant | undefined {
  const { tenantParam } = recognition;
  const named = tenantParam === undefined ? undefined : params[tenantParam];
  return typeof named === 'string' && named !== '' ? { id: named } : tenantFromParams(params);
}

/** A session id opens the session: only a hash of it, enough to tell two sessions apart, is stored. */
function withoutSessionId(actor: Actor): Actor {
  if (actor.auth?.session === undefined) return actor;
  return { ...actor, auth: { ...actor.auth, session: hashOf(String(actor.auth.session)) } };
}

/** An id of a session, told as `actor.auth.session` tells it when it is long enough to be what opens the session. */
export function sessionTag(id: string): string {
  return id.length < MIN_SECRET ? id : hashOf(id);
}

const MIN_SECRET = 16;

function hashOf(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 16);
}

const TOKENS = ['access_token', 'accessToken', 'token', 'jwt', 'id_token', 'idToken'];

/** The claims of a token that this very application has just issued; nobody else's token is ever read. */
function claimsOf(holder: Readonly<Record<string, unknown>>): unknown {
  for (const name of TOKENS) {
    const token = Object.hasOwn(holder, name) ? holder[name] : undefined;
    const [, payload] = typeof token === 'string' && token.length < 8_192 ? token.split('.', 3) : [];
    if (payload === undefined) continue;
    try {
      return JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
