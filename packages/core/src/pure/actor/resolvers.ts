import type { Actor } from '../../model/event.js';
import { type Answer, answer, isEmpty, isNobody, methodOf, objectFrom, person, personOf } from './answers.js';
import { tenantFromClaims, withImpersonator } from './claims.js';
import { saidKind } from './kind.js';
import { call, firstOf, idFrom, paths, read, readPath, textFrom } from './read.js';

/** One place where a library leaves who is signed in. Undefined: nobody, as far as this library knows. */
export interface Resolver {
  /** Appears in `capture.why`: 'req.auth (Clerk)'. */
  readonly name: string;
  /** Is there anything to look at? Asking costs next to nothing. */
  isThere(carrier: Carrier): boolean;
  resolve(carrier: Carrier): Answer | undefined;
}

/** The members of a request that libraries use, read once. */
export interface Carrier {
  readonly request: unknown;
  readonly apiKey: unknown;
  readonly apikey: unknown;
  readonly api_key: unknown;
  readonly auth: unknown;
  /** What a strategy of Passport says beside the user. */
  readonly authInfo: unknown;
  readonly oidc: unknown;
  readonly kauth: unknown;
  readonly user: unknown;
  readonly session: unknown;
}

export function carrierOf(request: unknown): Carrier {
  return {
    request,
    apiKey: read(request, 'apiKey'),
    apikey: read(request, 'apikey'),
    api_key: read(request, 'api_key'),
    auth: read(request, 'auth'),
    authInfo: read(request, 'authInfo'),
    oidc: read(request, 'oidc'),
    kauth: read(request, 'kauth'),
    user: read(request, 'user'),
    session: read(request, 'session'),
  };
}

/** Every place that is known, the most certain first. A row is tested by the request of its name in actor.test.ts. */
export const RESOLVERS: readonly Resolver[] = [
  { name: 'req.apiKey', isThere: hasApiKey, resolve: fromApiKey },
  { name: 'req.oidc (express-openid-connect)', isThere: ({ oidc }) => oidc !== undefined, resolve: fromOidc },
  { name: 'req.kauth (Keycloak)', isThere: ({ kauth }) => kauth !== undefined, resolve: fromKeycloak },
  { name: 'req.auth (Clerk)', isThere: ({ auth }) => auth !== undefined, resolve: fromClerk },
  { name: 'req.auth', isThere: ({ auth }) => auth !== undefined, resolve: fromAuth },
  { name: 'req.user', isThere: () => true, resolve: fromUser },
  { name: 'req.session (SuperTokens)', isThere: ({ session }) => session !== undefined, resolve: fromSupertokens },
  { name: 'req.session', isThere: ({ session }) => session !== undefined, resolve: fromSession },
  { name: 'res.locals', isThere: () => true, resolve: fromLocals },
  { name: 'request member', isThere: () => true, resolve: fromMembers },
];

function hasApiKey({ apiKey, apikey, api_key: snake, auth, authInfo }: Carrier): boolean {
  return (
    apiKey !== undefined || apikey !== undefined || snake !== undefined || auth !== undefined || authInfo !== undefined
  );
}

const API_KEY = paths('apiKey', 'apikey', 'api_key', 'auth.apiKey', 'authInfo.apiKey');
const KEY_ID = paths('id', '_id', 'keyId', 'key_id', 'uuid');
const KEY_NAME = paths('name', 'label', 'description');
const KEY_OWNER = paths('userId', 'user_id', 'ownerId', 'owner_id', 'user.id', 'owner.id');
const KEYCLOAK_CLAIMS = ['grant', 'access_token', 'content'];
const LOCALS = ['res', 'locals'];
const LOCAL_USER = paths('session.user', 'user', 'currentUser');

function fromApiKey(carrier: Carrier): Answer | undefined {
  const key = firstOf(carrier, API_KEY, objectFrom);
  return key === undefined ? undefined : keyAnswer(key, fromUser(carrier)?.actor ?? ownerOf(key), carrier.user);
}

function keyAnswer(key: object, owner: Actor | undefined, ...around: readonly unknown[]): Answer | undefined {
  // Only the id of the key: `key`, `secret`, `token` and the like are never read.
  const id = firstOf(key, KEY_ID, idFrom);
  if (id === undefined) return undefined;
  const name = firstOf(key, KEY_NAME, textFrom);
  const actor: Actor = {
    type: 'apiKey',
    id,
    ...(name === undefined ? {} : { name }),
    auth: { method: 'apiKey' },
    ...(owner === undefined ? {} : { onBehalfOf: personOf(owner) }),
  };
  return answer(actor, tenantFromClaims(key, ...around));
}

function ownerOf(key: object): Actor | undefined {
  const id = firstOf(key, KEY_OWNER, idFrom);
  return id === undefined ? undefined : { type: 'user', id };
}

function fromOidc({ oidc }: Carrier): Answer | undefined {
  if (typeof read(oidc, 'isAuthenticated') === 'function' && call(oidc, 'isAuthenticated') !== true) return undefined;
  const claims = objectFrom(read(oidc, 'user')) ?? objectFrom(read(oidc, 'idTokenClaims'));
  return claims === undefined ? undefined : person(claims, 'oidc', read(oidc, 'idTokenClaims'));
}

function fromKeycloak({ kauth }: Carrier): Answer | undefined {
  const claims = objectFrom(readPath(kauth, KEYCLOAK_CLAIMS));
  return claims === undefined ? undefined : person(claims, 'oidc');
}

function fromClerk({ auth, request }: Carrier): Answer | undefined {
  if (typeof auth !== 'function') return undefined;
  const state = objectFrom(call(request, 'auth'));
  if (state === undefined) return undefined;
  if (idFrom(read(state, 'userId')) !== undefined && read(state, 'tokenType') !== 'api_key')
    return person(state, 'session', read(state, 'sessionClaims'));
  // A machine's token is no session, and Clerk only tells of it when it is asked for.
  const machine = read(state, 'tokenType') === null ? objectFrom(call(request, 'auth', ANY_TOKEN)) : state;
  if (machine === undefined || read(machine, 'isAuthenticated') !== true) return undefined;
  if (read(machine, 'tokenType') === 'api_key') return keyAnswer(machine, ownerOf(machine), machine);
  const id = idFrom(read(machine, 'machineId')) ?? idFrom(read(machine, 'subject'));
  if (read(machine, 'tokenType') !== 'm2m_token' || id === undefined) return person(machine, 'token');
  return answer({ type: 'service', id, auth: { method: 'token' } }, tenantFromClaims(read(machine, 'claims')));
}

const ANY_TOKEN = Object.freeze({ acceptsToken: 'any' });

function fromAuth(carrier: Carrier): Answer | undefined {
  const auth = objectFrom(carrier.auth);
  if (auth === undefined || read(auth, 'isAuthenticated') === false) return undefined;
  const user = read(auth, 'user') ?? read(auth, 'credentials');
  if (user !== undefined && user !== null) return person(user, undefined, read(auth, 'session'), auth);
  const payload = objectFrom(read(auth, 'payload'));
  if (payload !== undefined) return person(payload, 'jwt');
  if (isEmpty(auth)) return undefined;
  const answered = person(auth, 'jwt');
  return answered.actor === undefined ? undefined : answered;
}

function fromUser({ request, session, user: usual }: Carrier): Answer | undefined {
  const property = read(request, '_userProperty');
  const user = typeof property === 'string' ? read(request, property) : usual;
  if (isNobody(user)) return undefined;
  // A strategy for keys leaves the key where others leave the user, when it says that it is one.
  if (saidKind(user) === 'apiKey') return keyAnswer(user as object, ownerOf(user as object));
  return person(user, methodOf(user, session), read(session, 'session'), session);
}

function fromSupertokens({ session }: Carrier): Answer | undefined {
  const id = idFrom(call(session, 'getUserId'));
  if (id === undefined) return undefined;
  const handle = idFrom(call(session, 'getHandle'));
  const tenant = idFrom(call(session, 'getTenantId'));
  const claims = call(session, 'getAccessTokenPayload');
  const auth = { method: 'session', ...(handle === undefined ? {} : { session: handle }) };
  return answer(
    withImpersonator({ type: 'user', id, auth }, claims),
    tenant === undefined || tenant === 'public' ? tenantFromClaims(claims) : { id: tenant },
  );
}

/** What applications put into `req.session` themselves, the usual names first. */
const SESSION_USER = paths(
  'passport.user',
  'user',
  'currentUser',
  'auth.user',
  'account',
  'userId',
  'user_id',
  'userID',
  'uid',
);

function fromSession({ session }: Carrier): Answer | undefined {
  if (typeof session !== 'object' || session === null) return undefined;
  for (const path of SESSION_USER.list) {
    const user = readPath(session, path);
    if (isNobody(user)) continue;
    return person(user, 'session', read(session, 'session'), session);
  }
  return undefined;
}

function fromLocals({ request }: Carrier): Answer | undefined {
  const locals = readPath(request, LOCALS);
  for (const path of LOCAL_USER.list) {
    const user = readPath(locals, path);
    if (isNobody(user)) continue;
    return person(user, path.length > 1 ? 'session' : undefined, read(locals, 'session'));
  }
  return undefined;
}

/** Where hand-written guards put a verified token or an id. */
const MEMBERS = [
  'currentUser',
  'principal',
  'decodedToken',
  'decoded',
  'jwtPayload',
  'tokenPayload',
  'firebaseUser',
  'userId',
] as const;

function fromMembers({ request }: Carrier): Answer | undefined {
  for (const name of MEMBERS) {
    const value = read(request, name);
    if (isNobody(value)) continue;
    const answered = person(value, undefined);
    if (answered.actor !== undefined) return answered;
  }
  return undefined;
}
