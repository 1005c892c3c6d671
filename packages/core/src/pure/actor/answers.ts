import type { Actor, Tenant } from '../../model/event.js';
import { actorFromClaims, tenantFromClaims, withImpersonator } from './claims.js';
import { read } from './read.js';

/** What one place on the request says. */
export interface Answer {
  /** Undefined: somebody is signed in, but nothing there says who. */
  readonly actor?: Actor;
  readonly tenant?: Tenant;
}

export function person(claims: unknown, method: string | undefined, ...around: readonly unknown[]): Answer {
  const nested = read(claims, 'user');
  const actor = actorFromClaims(claims, method) ?? (isNobody(nested) ? undefined : actorFromClaims(nested, method));
  const tenant = tenantFromClaims(claims, nested, ...around);
  return answer(actor === undefined ? undefined : withImpersonator(actor, claims, ...around), tenant);
}

export function answer(actor: Actor | undefined, tenant: Tenant | undefined): Answer {
  if (actor === undefined) return tenant === undefined ? {} : { tenant };
  return tenant === undefined ? { actor } : { actor, tenant };
}

export function personOf({ type, id, name, email }: Actor): NonNullable<Actor['onBehalfOf']> {
  return {
    type,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}

/** Passport with sessions leaves its mark there; a verified token has times in it. */
export function methodOf(user: unknown, session: unknown): string | undefined {
  if (read(session, 'passport') !== undefined) return 'session';
  return typeof read(user, 'iat') === 'number' || typeof read(user, 'exp') === 'number' ? 'jwt' : undefined;
}

export function isNobody(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === false ||
    value === '' ||
    value === 0 ||
    typeof value === 'function'
  );
}

export function isEmpty(value: object): boolean {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return true;
  try {
    for (const _name in value) return false;
    return true;
  } catch {
    return false;
  }
}

export function objectFrom(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
