import type { Actor, Tenant } from '../../model/event.js';
import { tenantFromClaims } from './claims.js';
import { firstOf, idFrom, paths, read } from './read.js';
import { type Answer, type Carrier, RESOLVERS, type Resolver } from './resolvers.js';

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
  for (const resolver of RESOLVERS) {
    const answer = attempt(resolver, request);
    if (answer === undefined) continue;
    const { name } = resolver;
    const tenant = answer.tenant ?? tenantOnRequest(request) ?? tenantFromClaims(read(request, 'session'));
    const rest = tenant === undefined ? {} : { tenant };
    if (answer.actor !== undefined) return { actor: answer.actor, ...rest, by: name };
    unresolved ??= { actor: { type: 'unresolved' }, ...rest, by: `${name}, which names nobody` };
  }
  if (before !== undefined && before.actor.type !== 'anonymous' && before.actor.type !== 'unresolved') {
    return { ...before, by: before.by.endsWith(EARLIER) ? before.by : `${before.by}${EARLIER}` };
  }
  if (unresolved !== undefined) return unresolved;
  const tenant = tenantOnRequest(request);
  return { actor: { type: 'anonymous' }, ...(tenant === undefined ? {} : { tenant }), by: 'nobody is signed in' };
}

const EARLIER = ', earlier in the request';

function attempt(resolver: Resolver, request: unknown): Answer | undefined {
  try {
    return resolver.isThere(request as Carrier) ? resolver.resolve(request) : undefined;
  } catch {
    return undefined;
  }
}

/** Names under which an application's own middleware leaves the tenant on the request itself. */
const ON_REQUEST = paths(
  'tenantId',
  'tenant_id',
  'tenant.id',
  'tenant',
  'orgId',
  'organizationId',
  'organization.id',
  'workspaceId',
);

function tenantOnRequest(request: unknown): Tenant | undefined {
  const id = firstOf(request, ON_REQUEST, idFrom);
  return id === undefined ? undefined : { id };
}
