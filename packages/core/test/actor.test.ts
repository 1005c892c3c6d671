import {
  actorFromClaims,
  claimedIdentity,
  idFrom,
  resolveActor,
  sameIdentity,
  tenantFromClaims,
  tenantFromParams,
  tenantParamOf,
} from '../src/pure/actor/index.js';

const user = { type: 'user', id: '7' } as const;
const nobody = { actor: { type: 'anonymous' }, by: 'nobody is signed in' };

/** Clerk tells of a machine only when it is asked for one. */
function clerkMachine(machine: object): object {
  const other = { tokenType: null, isAuthenticated: false };
  return { auth: (options?: object) => (options === undefined ? other : { ...machine, isAuthenticated: true }) };
}

/** What each library leaves on a request, in its documented shape. */
const LIBRARIES: readonly (readonly [library: string, request: object, expected: object])[] = [
  [
    'passport',
    { user: { id: 7, name: 'Ada', email: 'ada@example.org', tenantId: 't1' } },
    {
      actor: { ...user, name: 'Ada', email: 'ada@example.org' },
      tenant: { id: 't1' },
      by: 'req.user',
    },
  ],
  [
    'passport with a property of its own',
    { _userProperty: 'account', account: { id: 7 } },
    { actor: user, by: 'req.user' },
  ],
  [
    'passport with sessions',
    { user: { id: 7 }, session: { passport: { user: 7 } } },
    {
      actor: { ...user, auth: { method: 'session' } },
      by: 'req.user',
    },
  ],
  [
    'passport, session only',
    { session: { passport: { user: '7' } } },
    {
      actor: { ...user, auth: { method: 'session' } },
      by: 'req.session',
    },
  ],
  [
    'passport with a profile',
    { user: { id: '7', displayName: 'Ada L', emails: [{ value: 'ada@example.org' }], name: { givenName: 'Ada' } } },
    {
      actor: { ...user, name: 'Ada L', email: 'ada@example.org' },
      by: 'req.user',
    },
  ],
  [
    'express-session with a user',
    { session: { user: { _id: { toHexString: () => '507f1f77bcf86cd799439011' }, username: 'ada' } } },
    {
      actor: { type: 'user', id: '507f1f77bcf86cd799439011', name: 'ada', auth: { method: 'session' } },
      by: 'req.session',
    },
  ],
  [
    'express-session with an id',
    { session: { userId: 7, orgId: 'o1' } },
    {
      actor: { ...user, auth: { method: 'session' } },
      tenant: { id: 'o1' },
      by: 'req.session',
    },
  ],
  [
    'express-jwt',
    { auth: { sub: '7', email: 'ada@example.org', org_id: 'o1', org_name: 'Acme', jti: 'j1' } },
    {
      actor: { ...user, email: 'ada@example.org', auth: { method: 'jwt', session: 'j1' } },
      tenant: { id: 'o1', name: 'Acme' },
      by: 'req.auth',
    },
  ],
  [
    'express-oauth2-jwt-bearer',
    { auth: { header: {}, payload: { sub: '7', org_id: 'o1' }, token: 'raw' } },
    {
      actor: { ...user, auth: { method: 'jwt' } },
      tenant: { id: 'o1' },
      by: 'req.auth',
    },
  ],
  [
    'a user inside req.auth',
    { auth: { user: { id: 7, username: 'ada' } } },
    { actor: { ...user, name: 'ada' }, by: 'req.auth' },
  ],
  ['Hapi', { auth: { isAuthenticated: true, credentials: { id: '7' } } }, { actor: user, by: 'req.auth' }],
  ['Hapi, nobody', { auth: { isAuthenticated: false, credentials: { id: '7' } } }, nobody],
  [
    'Clerk',
    { auth: () => ({ userId: '7', sessionId: 's1', orgId: 'o1', orgSlug: 'acme' }) },
    {
      actor: { ...user, auth: { method: 'session', session: 's1' } },
      tenant: { id: 'o1', name: 'acme' },
      by: 'req.auth (Clerk)',
    },
  ],
  ['Clerk, nobody', { auth: () => ({ userId: null, sessionId: null }) }, nobody],
  [
    'Clerk, impersonated',
    { auth: () => ({ userId: '7', actor: { sub: '9' } }) },
    {
      actor: { type: 'user', id: '9', auth: { method: 'session' }, onBehalfOf: user },
      by: 'req.auth (Clerk)',
    },
  ],
  [
    'better-auth',
    {
      session: { session: { id: 's1', activeOrganizationId: 'o1' }, user: { id: '7', email: 'ada@example.org' } },
      user: { id: '7', email: 'ada@example.org' },
    },
    {
      actor: { ...user, email: 'ada@example.org' },
      tenant: { id: 'o1' },
      by: 'req.user',
    },
  ],
  [
    'better-auth, impersonated',
    { session: { session: { impersonatedBy: '9' }, user: { id: '7' } } },
    {
      actor: { type: 'user', id: '9', auth: { method: 'session' }, onBehalfOf: user },
      by: 'req.session',
    },
  ],
  [
    'Keycloak',
    {
      kauth: {
        grant: {
          access_token: {
            token: 'raw',
            content: { sub: '7', preferred_username: 'ada', sid: 's1', organization: { acme: { id: 'o1' } } },
          },
        },
      },
    },
    {
      actor: { ...user, name: 'ada', auth: { method: 'oidc', session: 's1' } },
      tenant: { id: 'o1' },
      by: 'req.kauth (Keycloak)',
    },
  ],
  [
    'Keycloak service account',
    { kauth: { grant: { access_token: { content: { sub: '7', preferred_username: 'service-account-billing' } } } } },
    {
      actor: { type: 'service', id: '7', name: 'service-account-billing', auth: { method: 'oidc' } },
      by: 'req.kauth (Keycloak)',
    },
  ],
  [
    'express-openid-connect',
    {
      oidc: {
        isAuthenticated: () => true,
        user: { sub: '7', name: 'Ada', org_id: 'o1' },
        idTokenClaims: { sub: '7', sid: 's1' },
      },
    },
    {
      actor: { ...user, name: 'Ada', auth: { method: 'oidc' } },
      tenant: { id: 'o1' },
      by: 'req.oidc (express-openid-connect)',
    },
  ],
  ['express-openid-connect, nobody', { oidc: { isAuthenticated: () => false, user: { sub: '7' } } }, nobody],
  [
    'SuperTokens',
    { session: { getUserId: () => '7', getHandle: () => 'h1', getTenantId: () => 't1' } },
    {
      actor: { ...user, auth: { method: 'session', session: 'h1' } },
      tenant: { id: 't1' },
      by: 'req.session (SuperTokens)',
    },
  ],
  [
    'SuperTokens, the public tenant',
    { session: { getUserId: () => '7', getTenantId: () => 'public' } },
    {
      actor: { ...user, auth: { method: 'session' } },
      by: 'req.session (SuperTokens)',
    },
  ],
  [
    'Firebase',
    { user: { uid: '7', firebase: { tenant: 't1', sign_in_provider: 'password' } } },
    {
      actor: { ...user, auth: { method: 'password' } },
      tenant: { id: 't1' },
      by: 'req.user',
    },
  ],
  [
    'Supabase',
    { user: { sub: '7', aal: 'aal2', session_id: 's1', app_metadata: { tenant_id: 't1' } } },
    {
      actor: { ...user, auth: { mfa: true, session: 's1' } },
      tenant: { id: 't1' },
      by: 'req.user',
    },
  ],
  [
    'Auth0 machine',
    { auth: { payload: { sub: 'abc@clients', gty: 'client-credentials' } } },
    {
      actor: { type: 'service', id: 'abc@clients', auth: { method: 'jwt' } },
      by: 'req.auth',
    },
  ],
  [
    'Auth.js',
    { res: { locals: { session: { user: { id: '7', name: 'Ada' } } } } },
    {
      actor: { ...user, name: 'Ada', auth: { method: 'session' } },
      by: 'res.locals',
    },
  ],
  [
    'an API key',
    { apiKey: { id: 'k1', name: 'ci', key: 'sk_live_x', userId: 7 } },
    {
      actor: { type: 'apiKey', id: 'k1', name: 'ci', auth: { method: 'apiKey' }, onBehalfOf: user },
      by: 'req.apiKey',
    },
  ],
  [
    'an API key of a signed-in user',
    { apiKey: { id: 'k1', tenantId: 't1' }, user: { id: 7 } },
    {
      actor: { type: 'apiKey', id: 'k1', auth: { method: 'apiKey' }, onBehalfOf: user },
      tenant: { id: 't1' },
      by: 'req.apiKey',
    },
  ],
  ['a key that is only a string', { apiKey: 'sk_live_x' }, nobody],
  [
    'an API key that Passport took for the user',
    { user: { type: 'api_key', id: 'k1', name: 'ci', ownerId: 7, orgId: 'o1', key: 'sk_live_x' } },
    {
      actor: { type: 'apiKey', id: 'k1', name: 'ci', auth: { method: 'apiKey' }, onBehalfOf: user },
      tenant: { id: 'o1' },
      by: 'req.user',
    },
  ],
  [
    'an API key beside the user, as Passport hands it on',
    { user: { id: 7 }, authInfo: { apiKey: { id: 'k1' }, scope: 'all' } },
    { actor: { type: 'apiKey', id: 'k1', auth: { method: 'apiKey' }, onBehalfOf: user }, by: 'req.apiKey' },
  ],
  [
    'Clerk, an API key',
    clerkMachine({ tokenType: 'api_key', id: 'ak_1', name: 'ci', userId: '7', orgId: null }),
    {
      actor: { type: 'apiKey', id: 'ak_1', name: 'ci', auth: { method: 'apiKey' }, onBehalfOf: user },
      by: 'req.auth (Clerk)',
    },
  ],
  [
    'Clerk, a machine',
    clerkMachine({ tokenType: 'm2m_token', id: 'mt_1', subject: 'mch_1', machineId: 'mch_1' }),
    { actor: { type: 'service', id: 'mch_1', auth: { method: 'token' } }, by: 'req.auth (Clerk)' },
  ],
  ['Clerk, a machine whose token is not valid', { auth: () => ({ tokenType: null, isAuthenticated: false }) }, nobody],
  [
    'a client with a token of its own (RFC 9068)',
    { auth: { sub: 'billing', client_id: 'billing', iat: 1 } },
    { actor: { type: 'service', id: 'billing', auth: { method: 'jwt' } }, by: 'req.auth' },
  ],
  [
    'a client whose token names nobody',
    { auth: { payload: { client_id: 'billing', exp: 1, scope: 'read' } } },
    { actor: { type: 'service', id: 'billing', auth: { method: 'jwt' } }, by: 'req.auth' },
  ],
  [
    'a user through a client',
    { auth: { sub: '7', client_id: 'web', azp: 'web', iat: 1 } },
    { actor: { ...user, auth: { method: 'jwt' } }, by: 'req.auth' },
  ],
  [
    'an application of Entra',
    { user: { oid: '7', idtyp: 'app', appid: 'a1', tid: 't1', iat: 1 } },
    { actor: { type: 'service', id: '7', auth: { method: 'jwt' } }, tenant: { id: 't1' }, by: 'req.user' },
  ],
  [
    'the service key of Supabase',
    { user: { role: 'service_role', id: 'ref', iat: 1 } },
    { actor: { type: 'service', id: 'ref', auth: { method: 'jwt' } }, by: 'req.user' },
  ],
  [
    'a service account of your own',
    { user: { kind: 'service-account', id: 's1' } },
    { actor: { type: 'service', id: 's1' }, by: 'req.user' },
  ],
  ['a user with a client of his own', { user: { id: 7, clientId: 'c1' } }, { actor: user, by: 'req.user' }],
  ['a guard of your own', { userId: 7 }, { actor: user, by: 'request member' }],
  ['a decoded token', { decoded: { sub: '7', iat: 1 } }, { actor: user, by: 'request member' }],
  [
    'a delegated token (RFC 8693)',
    { user: { sub: '7', act: { sub: '9' } } },
    {
      actor: { type: 'user', id: '9', onBehalfOf: user },
      by: 'req.user',
    },
  ],
  [
    'an impersonator in the session',
    { user: { id: 7 }, session: { originalUserId: 9 } },
    {
      actor: { type: 'user', id: '9', onBehalfOf: user },
      by: 'req.user',
    },
  ],
];

test.each(LIBRARIES.map(([library, request, expected]) => ({ library, request, expected })))(
  '$library',
  ({ request, expected }) => {
    expect(resolveActor(request)).toEqual(expected);
  },
);

describe('what is no actor', () => {
  test.each([
    undefined,
    null,
    {},
    { user: null },
    { user: undefined },
    { user: 0 },
    { user: '' },
    { user: false },
    { session: {} },
    { auth: {} },
    'text',
    7,
  ])('%j is anonymous', (request) => {
    expect(resolveActor(request).actor).toEqual({ type: 'anonymous' });
  });

  test('a header or a bearer token that nobody verified names nobody', () => {
    const request = {
      headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.', 'x-user-id': '7', 'x-tenant-id': 't1' },
      token: 'x',
    };
    expect(resolveActor(request)).toEqual(nobody);
  });

  test.each([
    {},
    { id: 0 },
    { id: '' },
    { id: null },
    { id: {} },
    { id: [] },
    { id: 'x'.repeat(300) },
    { id: 'a\nb' },
    { id: Number.NaN },
    { id: 'null' },
  ])('a user without a usable id is unresolved: %j', (given) => {
    const seen = resolveActor({ user: given });
    expect(seen.actor).toEqual({ type: 'unresolved' });
    expect(seen.by).toBe('req.user, which names nobody');
  });

  test('a later place that knows who wins over an earlier one that does not', () => {
    expect(resolveActor({ user: {}, session: { userId: 7 } }).actor).toMatchObject(user);
  });
});

describe('hostile values', () => {
  const boom = () => {
    throw new Error('boom');
  };
  const thrower = new Proxy({}, { get: boom, has: boom, ownKeys: boom, getOwnPropertyDescriptor: boom });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  test.each([
    ['a Proxy that throws', thrower],
    ['a revoked Proxy', revoked.proxy],
    ['a user that throws', { user: thrower }],
    ['a user that is revoked', { user: revoked.proxy }],
    ['getters that throw', Object.defineProperty({}, 'user', { get: boom })],
    ['auth that throws', { auth: boom }],
    ['a session that throws', { session: { getUserId: boom } }],
    ['oidc that throws', { oidc: { isAuthenticated: boom, user: { sub: '7' } } }],
    ['an id that throws', { user: { id: { toHexString: boom } } }],
    ['kauth that is no object', { kauth: 7 }],
  ])('%s never throws and names nobody', (_name, request) => {
    expect(resolveActor(request).actor.id).toBeUndefined();
    expect(['anonymous', 'unresolved']).toContain(resolveActor(request).actor.type);
  });

  test('a promise from req.auth() is dropped, and its rejection is not left unhandled', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    expect(resolveActor({ auth: async () => boom() })).toEqual(nobody);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('long names are cut, control characters taken out', () => {
    const { actor } = resolveActor({ user: { id: 7, name: `${'x'.repeat(300)}` } });
    expect(actor.name).toHaveLength(256);
    expect(resolveActor({ user: { id: 7, name: 'a\u0000b\nc' } }).actor.name).toBe('a b c');
  });
});

test('what a request said earlier stands when it no longer says who', () => {
  const before = resolveActor({ user: { id: 7 } });
  const after = resolveActor({ user: undefined }, before);
  expect(after).toEqual({ actor: user, by: 'req.user, earlier in the request' });
  expect(resolveActor({}, after).by).toBe('req.user, earlier in the request');
  expect(resolveActor({ user: { id: 8 } }, before).actor.id).toBe('8');
  expect(resolveActor({}, resolveActor({}))).toEqual(nobody);
});

describe('idFrom', () => {
  test.each([
    ['7', '7'],
    [7, '7'],
    [-7, '-7'],
    [7n, '7'],
    [0, undefined],
    [0n, undefined],
    ['', undefined],
    ['0', undefined],
    ['undefined', undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [true, undefined],
    [{}, undefined],
    [[7], undefined],
    [{ toHexString: () => 'not hex' }, undefined],
    [{ toHexString: () => '507f1f77bcf86cd799439011' }, '507f1f77bcf86cd799439011'],
  ])('%p is %p', (value, id) => expect(idFrom(value)).toBe(id));
});

describe('claims', () => {
  test.each(['sub', 'uid', 'oid', 'id', 'userId', '_id', 'user_id', 'userID', 'uuid', 'guid', 'username', 'login'])(
    '%s names the user',
    (claim) => {
      expect(actorFromClaims({ [claim]: 'u1' })?.id).toBe('u1');
    },
  );

  test('the first claim of the list wins', () => {
    expect(actorFromClaims({ id: 'b', sub: 'a' })?.id).toBe('a');
    expect(actorFromClaims({ username: 'c', id: 'b' })).toMatchObject({ id: 'b', name: 'c' });
  });

  test('a user with nothing but an e-mail address is a user', () => {
    expect(actorFromClaims({ email: 'ada@example.org' })).toEqual({ type: 'user', email: 'ada@example.org' });
  });

  test.each([
    ['tenantId', 't'],
    ['tenant_id', 't'],
    ['org_id', 't'],
    ['orgId', 't'],
    ['organizationId', 't'],
    ['organization_id', 't'],
    ['tid', 't'],
    ['tId', 't'],
    ['org_code', 't'],
    ['activeOrganizationId', 't'],
    ['workspaceId', 't'],
    ['workspace_id', 't'],
    ['o', { id: 't' }],
    ['firebase', { tenant: 't' }],
    ['app_metadata', { tenant_id: 't' }],
    ['tenant', { id: 't' }],
    ['organization', { id: 't' }],
    ['org', { id: 't' }],
    ['organization', ['t']],
    ['organization', 't'],
    ['tenant', 't'],
  ])('%s names the tenant', (claim, value) => {
    expect(tenantFromClaims({ [claim]: value })).toEqual({ id: 't' });
  });

  test('several organizations name no tenant', () => {
    expect(tenantFromClaims({ organization: ['a', 'b'] })).toBeUndefined();
    expect(tenantFromClaims({ organization: { a: {}, b: {} } })).toBeUndefined();
  });

  test('a second factor is seen in amr', () => {
    expect(actorFromClaims({ sub: '7', amr: ['pwd', 'mfa'] })?.auth).toEqual({ mfa: true });
    expect(actorFromClaims({ sub: '7', amr: [{ method: 'totp' }] })?.auth).toEqual({ mfa: true });
    expect(actorFromClaims({ sub: '7', amr: ['pwd'] })?.auth).toBeUndefined();
  });
});

describe('tenantFromParams', () => {
  test.each([
    'orgId',
    'org_id',
    'org',
    'organizationId',
    'organisation_id',
    'tenantId',
    'tenant',
    'workspaceId',
    'workspace-id',
    'teamId',
    'accountId',
    'realm',
  ])('%s is a tenant', (name) => expect(tenantFromParams({ id: '1', [name]: 't1' })).toEqual({ id: 't1' }));
  test.each([undefined, null, {}, { id: '7' }, { orgId: '' }, { orgId: {} }, { orgId: 'x'.repeat(300) }])(
    '%j names none',
    (params) => {
      expect(tenantFromParams(params)).toBeUndefined();
    },
  );
  test('a plain id is the tenant behind a tenant', () => {
    expect(tenantParamOf('id', 'org')).toBe(true);
    expect(tenantParamOf('id', 'order')).toBe(false);
  });
});

describe('claimedIdentity', () => {
  test.each([
    [{ email: 'ada@example.org', password: 'p' }, 'ada@example.org'],
    [{ username: 'ada', password: 'p' }, 'ada'],
    [{ user_name: 'ada' }, 'ada'],
    [{ emailAddress: 'a@b' }, 'a@b'],
    [{ login: 'ada' }, 'ada'],
    [{ identifier: 'ada' }, 'ada'],
    [{ phone_number: '+1' }, '+1'],
    [{ user: { email: 'a@b', password: 'p' } }, 'a@b'],
    [{ variables: { input: { email: 'a@b' } } }, 'a@b'],
    [{ username: 'ada', email: 'a@b' }, 'a@b'],
    [{ password: 'p' }, undefined],
    [{ username: 'p', password: 'p' }, undefined],
    [{ email: { $gt: '' } }, undefined],
    [{ email: '' }, undefined],
    [[], undefined],
    [null, undefined],
    ['email=a', undefined],
  ])('%j claims %p', (body, claimed) => expect(claimedIdentity(body)).toBe(claimed));

  test('is at most 128 characters, on one line', () => {
    expect(claimedIdentity({ email: 'x'.repeat(10_000) })).toHaveLength(128);
    expect(claimedIdentity({ email: 'a\nb' })).toBe('a b');
  });

  test('a body that throws claims nothing', () => {
    expect(
      claimedIdentity(
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no');
            },
          },
        ),
      ),
    ).toBeUndefined();
    expect(
      claimedIdentity(
        Object.defineProperty({}, 'email', {
          enumerable: true,
          get: () => {
            throw new Error('no');
          },
        }),
      ),
    ).toBeUndefined();
  });
});

test('sameIdentity compares without case', () => {
  expect(sameIdentity('Ada@Example.org ', { email: 'ada@example.org' })).toBe(true);
  expect(sameIdentity('ada', { name: 'Ada' })).toBe(true);
  expect(sameIdentity('7', { id: '7' })).toBe(true);
  expect(sameIdentity('eve', { id: '7', name: 'Ada' })).toBe(false);
});
