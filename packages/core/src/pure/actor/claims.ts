import type { Actor, Tenant } from '../../model/event.js';
import { clientOf, isClient, saidKind } from './kind.js';
import { firstOf, idFrom, paths, read, readPath, textFrom } from './read.js';

/** Where an id stands in a user object or in the claims of a token, first found wins. */
const USER_ID = paths('sub', 'uid', 'oid', 'id', 'userId', '_id', 'user_id', 'userID', 'uuid', 'guid');

/** What names a person when there is no id. */
const USER_NAME = paths('username', 'login', 'preferred_username', 'userName', 'user_name');

const GIVEN_NAME = paths('given_name', 'firstName', 'first_name', 'name.givenName');
const FAMILY_NAME = paths('family_name', 'lastName', 'last_name', 'name.familyName');
const FIREBASE_METHOD = ['firebase', 'sign_in_provider'];

/** Where a person's name stands. */
const DISPLAY_NAME = paths('name', 'displayName', 'display_name', 'fullName', 'full_name', 'nickname');

const EMAIL = paths(
  'email',
  'mail',
  'emailAddress',
  'email_address',
  'emails.0.value',
  'emails.0',
  'primaryEmailAddress.emailAddress',
  'upn',
);

/** Where a tenant's id stands, first found wins. */
const TENANT_ID = paths(
  'tenantId',
  'tenant_id',
  'org_id',
  'orgId',
  'organizationId',
  'organization_id',
  'o.id',
  'tid',
  'firebase.tenant',
  'tId',
  'app_metadata.tenant_id',
  'org_code',
  'activeOrganizationId',
  'workspaceId',
  'workspace_id',
  'tenant.id',
  'tenant._id',
  'organization.id',
  'organization._id',
  'org.id',
  'tenant',
);

const TENANT_NAME = paths(
  'tenantName',
  'tenant_name',
  'org_name',
  'orgName',
  'organizationName',
  'organization_name',
  'tenant.name',
  'organization.name',
  'org.name',
  'orgSlug',
  'org_slug',
  'o.slg',
);

/** Who really sits at the keyboard while somebody is impersonated. */
const IMPERSONATOR = paths(
  'act.sub',
  'act',
  'actor.sub',
  'actor.id',
  'actor',
  'impersonatedBy.id',
  'impersonatedBy',
  'impersonated_by',
  'impersonator.sub',
  'impersonator.id',
  'impersonator',
  'impersonatorId',
  'impersonator_id',
  'originalUser.id',
  'originalUserId',
  'original_user_id',
);

const SESSION_ID = paths('sid', 'session_id', 'sessionId', 'jti');

/** A person, as far as a user object or the claims of a verified token say. Undefined when they name nobody. */
export function actorFromClaims(claims: unknown, method?: string): Actor | undefined {
  const bare = idFrom(claims);
  if (bare !== undefined)
    return method === undefined ? { type: 'user', id: bare } : { type: 'user', id: bare, auth: { method } };
  if (typeof claims !== 'object' || claims === null) return undefined;
  const subject = firstOf(claims, USER_ID, idFrom) ?? firstOf(claims, USER_NAME, idFrom);
  const email = firstOf(claims, EMAIL, emailFrom);
  const type =
    saidKind(claims) ?? (isClient(claims, subject !== undefined || email !== undefined) ? 'service' : 'user');
  const id = subject ?? (type === 'service' ? clientOf(claims) : undefined);
  if (id === undefined && email === undefined) return undefined;
  const actor: { -readonly [K in keyof Actor]: Actor[K] } = { type };
  const name = nameOf(claims);
  const auth = authOf(claims, method);
  if (id !== undefined) actor.id = id;
  if (name !== undefined) actor.name = name;
  if (email !== undefined) actor.email = email;
  if (auth !== undefined) actor.auth = auth;
  return actor;
}

/**
 * The same actor, turned around when somebody acts in another's name: the one at the keyboard is the actor, the other
 * stands in `onBehalfOf`. `sources` are looked through in turn.
 */
export function withImpersonator(actor: Actor, ...sources: readonly unknown[]): Actor {
  for (const source of sources) {
    if (typeof source !== 'object' || source === null) continue;
    const id = firstOf(source, IMPERSONATOR, idFrom);
    if (id === undefined || id === actor.id) continue;
    const { auth, type, ...person } = actor;
    return { type: 'user', id, ...(auth === undefined ? {} : { auth }), onBehalfOf: { type, ...person } };
  }
  return actor;
}

/** The tenant that claims, a user object or a session name. `sources` are looked through in turn. */
export function tenantFromClaims(...sources: readonly unknown[]): Tenant | undefined {
  for (const source of sources) {
    if (typeof source !== 'object' || source === null) continue;
    const id = firstOf(source, TENANT_ID, idFrom) ?? keycloakOrganization(read(source, 'organization'));
    if (id === undefined) continue;
    const name = firstOf(source, TENANT_NAME, textFrom);
    return name === undefined ? { id } : { id, name };
  }
  return undefined;
}

/** Keycloak's claim: `['acme']` or `{ acme: { id: '...' } }`; more than one says nothing. */
function keycloakOrganization(claim: unknown): string | undefined {
  if (typeof claim !== 'object' || claim === null) return idFrom(claim);
  try {
    if (Array.isArray(claim)) return claim.length === 1 ? idFrom(claim[0]) : undefined;
    if (ArrayBuffer.isView(claim)) return undefined;
    let alias: string | undefined;
    for (const name in claim) {
      if (alias !== undefined) return undefined;
      alias = name;
    }
    const organization = alias === undefined ? undefined : read(claim, alias);
    return typeof organization === 'object' && organization !== null
      ? (idFrom(read(organization, 'id')) ?? alias)
      : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(claims: object): string | undefined {
  const whole = firstOf(claims, DISPLAY_NAME, textFrom);
  if (whole !== undefined) return whole;
  const given = firstOf(claims, GIVEN_NAME, textFrom);
  const family = firstOf(claims, FAMILY_NAME, textFrom);
  return textFrom([given, family].filter(Boolean).join(' ')) ?? firstOf(claims, USER_NAME, textFrom);
}

function emailFrom(value: unknown): string | undefined {
  const text = textFrom(value);
  return text !== undefined && text.length <= 254 && /^[^@\s]+@[^@\s]+$/.test(text) ? text : undefined;
}

const SECOND_FACTOR = new Set(['mfa', 'otp', 'hwk', 'sms', 'totp', 'webauthn']);

function authOf(claims: unknown, method: string | undefined): Actor['auth'] {
  const session = firstOf(claims, SESSION_ID, idFrom);
  const how = textFrom(readPath(claims, FIREBASE_METHOD)) ?? method;
  const amr = read(claims, 'amr');
  const mfa =
    Array.isArray(amr) &&
    amr.slice(0, 8).some((each) => SECOND_FACTOR.has(String(textFrom(each) ?? read(each, 'method'))));
  const aal = read(claims, 'aal');
  const strong = mfa || aal === 'aal2';
  if (how === undefined && session === undefined && !strong) return undefined;
  return {
    ...(how === undefined ? {} : { method: how }),
    ...(strong ? { mfa: true } : {}),
    ...(session === undefined ? {} : { session }),
  };
}
