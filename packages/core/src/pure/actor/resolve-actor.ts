import type { Actor, Tenant } from '../../model/event.js';
import { tenantFromClaims } from './claims.js';
import { read } from './read.js';
import { RESOLVERS } from './resolvers.js';

/** Who is signed in, for which customer, and which place on the request said so. */
export interface ResolvedActor {
  readonly actor: Actor;
  readonly tenant?: Tenant;
  /** For `capture.why`: 'req.user', 'req.auth (Clerk)', 'nobody is signed in'. */
  readonly by: string;
}

/**
 * Finds who is signed in from what the usual auth libraries leave on a request. Ask when the response ends, after guards ran.
 * Never throws, never reads a header or an unverified token: a request that nobody authenticated is `anonymous`; one
 * where somebody is signed in but nothing tells who is `unresolved`.
 *
 * @param before what the same request said earlier; it stands when the request no longer says who (a logout)
 */
export function resolveActor(request: unknown, before?: ResolvedActor): ResolvedActor {
  let unresolved: ResolvedActor | undefined;
  for (const { name, resolve } of RESOLVERS) {
    const answer = attempt(resolve, request);
    if (answer === undefined) continue;
    const tenant = answer.tenant ?? tenantFromClaims(request, read(request, 'session'));
    const rest = tenant === undefined ? {} : { tenant };
    if (answer.actor !== undefined) return { actor: answer.actor, ...rest, by: name };
    unresolved ??= { actor: { type: 'unresolved' }, ...rest, by: `${name}, which names nobody` };
  }
  if (before !== undefined && before.actor.type !== 'anonymous' && before.actor.type !== 'unresolved') {
    return { ...before, by: before.by.endsWith(EARLIER) ? before.by : `${before.by}${EARLIER}` };
  }
  if (unresolved !== undefined) return unresolved;
  const tenant = tenantFromClaims(request);
  return { actor: { type: 'anonymous' }, ...(tenant === undefined ? {} : { tenant }), by: 'nobody is signed in' };
}

const EARLIER = ', earlier in the request';

function attempt<T>(resolve: (request: unknown) => T | undefined, request: unknown): T | undefined {
  try {
    return resolve(request);
  } catch {
    return undefined;
  }
}
