import type { ActorType } from '../../model/event.js';
import { firstOf, idFrom, paths, read, textFrom } from './read.js';

/** What an object says that it is, case and separators aside. */
const KINDS: ReadonlyMap<string, ActorType> = new Map([
  ['apikey', 'apiKey'],
  ['service', 'service'],
  ['serviceaccount', 'service'],
  ['serviceprincipal', 'service'],
  ['machine', 'service'],
  ['m2m', 'service'],
  ['clientcredentials', 'service'],
]);
const KIND_NAMES = paths('type', 'kind', 'actorType', 'principalType', 'gty', 'grant_type');

/** Which client a token was issued to (RFC 9068; `azp` of OpenID Connect, `cid` and `appid` of some products). */
const CLIENT_ID = paths('client_id', 'clientId', 'azp', 'cid', 'appid');

/** The kind of actor that an object or a token calls itself: Auth0 `gty`, a `type` of the application's own. */
export function saidKind(claims: unknown): ActorType | undefined {
  return firstOf(claims, KIND_NAMES, kindNamed);
}

function kindNamed(value: unknown): ActorType | undefined {
  return typeof value === 'string' && value.length <= 32
    ? KINDS.get(value.toLowerCase().replace(/[^a-z0-9]/g, ''))
    : undefined;
}

/**
 * Machines have tokens too: their subject is the client, or there is none (RFC 9068); or the product has a mark for them:
 * Keycloak service accounts, Entra `idtyp`, Supabase `service_role`.
 */
export function isClient(claims: unknown, namesSomebody: boolean): boolean {
  const subject = idFrom(read(claims, 'sub'));
  const client = clientOf(claims);
  return (
    (client !== undefined && (subject === client || (!namesSomebody && isToken(claims)))) ||
    read(claims, 'idtyp') === 'app' ||
    read(claims, 'role') === 'service_role' ||
    subject?.endsWith('@clients') === true ||
    textFrom(read(claims, 'preferred_username'))?.startsWith('service-account-') === true
  );
}

export function clientOf(claims: unknown): string | undefined {
  return firstOf(claims, CLIENT_ID, idFrom);
}

/** Times of a verified token; a user object with a `clientId` of a customer has none. */
function isToken(claims: unknown): boolean {
  return typeof read(claims, 'exp') === 'number' || typeof read(claims, 'iat') === 'number';
}
