import type { Tenant } from '../../model/event.js';

/** Route parameters that name a customer, without case and underscores. */
const PARAMS: ReadonlySet<string> = new Set(
  `org orgid orgslug realm organization organizationid organizationslug organisation organisationid tenant tenantid tenantslug
   workspace workspaceid workspaceslug team teamid account accountid company companyid`.split(/\s+/),
);

/** Resources that are customers: `/orgs/:id/projects`. */
const TYPES: ReadonlySet<string> = new Set(
  'org organization organisation tenant workspace team account company'.split(' '),
);

const GENERIC = /^(?:id|slug|name|uuid|key)\d?$/i;
const MAX_ID = 256;

/** True when a route parameter holds a tenant's id, by its own name or by the segment before it. */
export function tenantParamOf(param: string, before?: string): boolean {
  return (
    PARAMS.has(param.toLowerCase().replace(/[_-]/g, '')) ||
    (before !== undefined && TYPES.has(before) && GENERIC.test(param))
  );
}

/** The tenant that a request names in its route parameters: `orgId`, `tenant_id`, `workspaceId` ... Never from headers. */
export function tenantFromParams(params: unknown): Tenant | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  try {
    for (const name of Object.keys(params).slice(0, 32)) {
      if (!tenantParamOf(name)) continue;
      const value = (params as Readonly<Record<string, unknown>>)[name];
      if (typeof value === 'string' && value !== '' && value.length <= MAX_ID) return { id: value };
    }
  } catch {
    return undefined;
  }
  return undefined;
}
