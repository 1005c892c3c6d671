export { actorFromClaims, tenantFromClaims } from './claims.js';
export { claimedIdentity, sameIdentity } from './identity.js';
export { idFrom, read } from './read.js';
export { type ResolvedActor, resolveActor } from './resolve-actor.js';
export { tenantFromParams, tenantParamOf } from './tenant.js';
