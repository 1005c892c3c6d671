import { generateKeyPairSync } from 'node:crypto';
import { clerkMiddleware, getAuth } from '@clerk/express';
import express, { type Express, type Request, type RequestHandler } from 'express';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { type Recording, recording } from './support/running';
import { guarded, mount, ORDERS, trailOf } from './support/trail';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const other = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;

const signed = (claims: object, key: jwt.Secret = privateKey) =>
  jwt.sign(claims, key, { algorithm: 'RS256', keyid: 'k1', expiresIn: '5m', notBefore: 0 });

/** The token of the request, if this key signed it: what the libraries below do before they leave its claims somewhere. */
function verified(req: Request): jwt.JwtPayload | undefined {
  const [, token] = (req.headers.authorization ?? '').split(' ');
  try {
    return token === undefined ? undefined : (jwt.verify(token, publicKey) as jwt.JwtPayload);
  } catch {
    return undefined;
  }
}

/** Leaves what a library leaves of verified claims, in the shape that it documents. */
const leaves =
  (place: (claims: jwt.JwtPayload, token: string) => object): RequestHandler =>
  (req, _res, next) => {
    const claims = verified(req);
    if (claims !== undefined) Object.assign(req, place(claims, req.headers.authorization ?? ''));
    next();
  };

const key = Buffer.from('clerk.shop.example$').toString('base64');

interface Library {
  readonly auth: RequestHandler;
  readonly claims: object;
  readonly actor: object;
  readonly isSignedIn?: (request: Request) => unknown;
}

const PERSON = { type: 'user', id: 'u-1' };

const LIBRARIES: Readonly<Record<string, Library>> = {
  Clerk: {
    auth: clerkMiddleware({
      publishableKey: `pk_test_${key}`,
      secretKey: 'sk_test_of_the_shop',
      jwtKey: publicKey,
    }) as RequestHandler,
    isSignedIn: (req) => getAuth(req).userId,
    claims: {
      iss: 'https://clerk.shop.example',
      sub: 'u-1',
      sid: 's-1',
      sts: 'active',
      v: 2,
      o: { id: 'acme', slg: 'acme-inc', rol: 'admin' },
    },
    actor: { ...PERSON, auth: { method: 'session', session: expect.stringMatching(/^[0-9a-f]{16}$/) } },
  },
  // keycloak-connect 26: `grant` with `access_token`, `content` of which are the claims.
  'keycloak-connect': {
    auth: leaves((content, token) => ({ kauth: { grant: { access_token: { content, token, clientId: 'shop' } } } })),
    claims: {
      sub: 'u-1',
      preferred_username: 'jane',
      email: 'jane@example.com',
      organization: { acme: { id: 'acme' } },
    },
    actor: { ...PERSON, name: 'jane', email: 'jane@example.com', auth: { method: 'oidc' } },
  },
  // supertokens-node 24: `verifySession()` leaves a container of methods.
  SuperTokens: {
    auth: leaves((claims) => ({
      session: {
        getUserId: () => claims.sub,
        getHandle: () => 'handle',
        getTenantId: () => 'acme',
        getAccessTokenPayload: () => claims,
      },
    })),
    claims: { sub: 'u-1' },
    actor: { ...PERSON, auth: { method: 'session', session: expect.stringMatching(/^[0-9a-f]{16}$/) } },
  },
  // firebase-admin 13: what `verifyIdToken` resolves to, where everybody puts it.
  'firebase-admin': {
    auth: leaves((claims) => ({ user: { ...claims, uid: claims.sub } })),
    claims: { sub: 'u-1', email: 'jane@example.com', firebase: { tenant: 'acme', sign_in_provider: 'password' } },
    actor: { ...PERSON, email: 'jane@example.com', auth: { method: 'password' } },
  },
  // supabase-js 2: `getClaims` and `getUser`.
  Supabase: {
    auth: leaves((claims) => ({ user: claims })),
    claims: { sub: 'u-1', role: 'authenticated', aal: 'aal2', app_metadata: { tenant_id: 'acme' } },
    actor: { ...PERSON, auth: { method: 'jwt', mfa: true } },
  },
  // @auth/express 0.12: `res.locals.session = await getSession(req, config)`.
  'Auth.js': {
    auth: (req, res, next) => {
      const claims = verified(req);
      if (claims !== undefined) res.locals['session'] = { user: { id: claims.sub, tenantId: 'acme' }, expires: 'soon' };
      next();
    },
    isSignedIn: verified,
    claims: { sub: 'u-1' },
    actor: { ...PERSON, auth: { method: 'session' } },
  },
};

describe.each(ORDERS)('with audit mounted %s auth', (order) => {
  let recorded: Recording;
  let app: Express;

  beforeEach(() => {
    recorded = recording();
    app = express();
    // A library that finds something unexpected on the request says so.
    jest.spyOn(console, 'warn');
  });

  afterEach(() => {
    expect(console.warn).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });

  test.each(Object.entries(LIBRARIES))(
    '%s: what the user does, what he may not, and who is nobody',
    async (name, library) => {
      const { auth, actor, claims, isSignedIn = verified } = library;
      mount(app, recorded, order, [auth]);
      app.put('/projects/:id', guarded(isSignedIn));
      app.post('/logout', (req, res) => {
        // What the libraries leave is theirs, and gone when they say so.
        Object.assign(req, { user: undefined, session: undefined });
        res.status(204).end();
      });
      const as = (token: string) => request(app).put('/projects/7').set('Authorization', `Bearer ${token}`);
      await as(signed(claims)).expect(200);
      await request(app)
        .put('/projects/forbidden')
        .set('Authorization', `Bearer ${signed(claims)}`)
        .expect(403);
      await as(signed({ ...claims, sub: 'u-666' }, other)).expect(401);
      await request(app).put('/projects/8').expect(401);
      await request(app)
        .post('/logout')
        .set('Authorization', `Bearer ${signed(claims)}`)
        .expect(204);
      expect(await trailOf(recorded, 'u-666', 'handle')).toEqual([
        'project.update success user u-1 on 7',
        'project.update denied user u-1 on forbidden',
        'project.update denied anonymous - on 7',
        'project.update denied anonymous - on 8',
        'auth.logout success user u-1',
      ]);
      const [update] = recorded.sink.events;
      expect(update?.actor).toEqual(actor);
      expect(update?.tenant).toMatchObject({ id: 'acme' });
      expect(update?.capture.why).toMatch(name === 'Clerk' ? /req\.auth \(Clerk\)$/ : /actor: re[qs]\./);
    },
  );

  test('somebody whom Clerk impersonates stands behind whoever does it', async () => {
    mount(app, recorded, order, [LIBRARIES['Clerk']?.auth as RequestHandler]);
    app.put('/projects/:id', (_req, res) => void res.end());
    const token = signed({ ...LIBRARIES['Clerk']?.claims, act: { sub: 'u-9', iss: 'https://dashboard.clerk.com' } });
    await request(app).put('/projects/7').set('Authorization', `Bearer ${token}`).expect(200);
    expect(await trailOf(recorded)).toEqual(['project.update success user u-9 on 7']);
    expect(recorded.sink.events[0]?.actor.onBehalfOf).toEqual({ type: 'user', id: 'u-1' });
  });
});
