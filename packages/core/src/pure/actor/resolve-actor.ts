import type { Actor, Tenant } from '../../model/event.js';
import type { Answer } from './answers.js';
import { tenantFromClaims } from './claims.js';
import { firstOf, idFrom, paths } from './read.js';
import { type Carrier, carrierOf, RESOLVERS, type Resolver } from './resolvers.js';

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
  const carrier = carrierOf(request);
  for (const resolver of RESOLVERS) {
    const answer = attempt(resolver, carrier);
    if (answer === undefined) continue;
    const { name } = resolver;
    const tenant = answer.tenant ?? tenantOnRequest(request) ?? tenantFromClaims(carrier.session);
    if (answer.actor !== undefined) return resolved(answer.actor, tenant, name);
    unresolved ??= resolved({ type: 'unresolved' }, tenant, `${name}, which names nobody`);
  }
  if (before !== undefined && before.actor.type !== 'anonymous' && before.actor.type !== 'unresolved') {
    return { ...before, by: before.by.endsWith(EARLIER) ? before.by : `${before.by}${EARLIER}` };
  }
  if (unresolved !== undefined) return unresolved;
  return resolved({ type: 'anonymous' }, tenantOnRequest(request), 'nobody is signed in');
}

function resolved(actor: Actor, tenant: Tenant | undefined, by: string): ResolvedActor {
  return tenant === undefined ? { actor, by } : { actor, tenant, by };
}

const EARLIER = ', earlier in the request';

function attempt(resolver: Resolver, carrier: Carrier): Answer | undefined {
  try {
    return resolver.isThere(carrier) ? resolver.resolve(carrier) : undefined;
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
