import express, { type Express, type RequestHandler } from 'express';
import { auth as oauth2 } from 'express-oauth2-jwt-bearer';
import jwt from 'jsonwebtoken';
import passport from 'passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { ExtractJwt, Strategy as JwtStrategy } from 'passport-jwt';
import request from 'supertest';
import { type Recording, recording } from './support/running';
import { answersErrors, guarded, mount, ORDERS, trailOf } from './support/trail';

const SECRET = 'signing-key-of-the-shop-at-least-32-chars';
const PASSWORD = 'correct-horse-battery';
const KEY = 'k-4eC39HqLyjWDarjtT1zdp7dc';
const CLAIMS = { sub: 'u-1', email: 'jane@example.com', name: 'Jane', org_id: 'acme' };
const signed = (claims: object, options: jwt.SignOptions = {}) => jwt.sign(claims, SECRET, options);
const forged = jwt.sign({ sub: 'u-666' }, 'a key of somebody else');

describe.each(ORDERS)('with audit mounted %s auth', (order) => {
  let recorded: Recording;
  let app: Express;

  beforeEach(() => {
    recorded = recording();
    app = express();
  });

  /** An application that logs in by JSON, and has projects behind this. */
  function mounted(auth: RequestHandler, isSignedIn: Parameters<typeof guarded>[0]): void {
    mount(app, recorded, order, [passport.initialize()]);
    app.post('/auth/login', (req, res) => {
      const { password } = req.body as { password?: string };
      if (password === PASSWORD) res.json({ access_token: signed(CLAIMS, { expiresIn: '1h' }) });
      else res.status(401).json({ message: 'no' });
    });
    app.put('/projects/:id', auth, guarded(isSignedIn));
    app.post('/auth/logout', auth, (_req, res) => void res.status(204).end());
    app.use(answersErrors);
  }

  const login = async (password: string) => {
    const { body } = await request(app).post('/auth/login').send({ email: 'jane@example.com', password });
    return (body as { access_token?: string }).access_token ?? '';
  };
  const as = (token: string, method: 'put' | 'post' = 'put', path = '/projects/7') =>
    request(app)[method](path).set('Authorization', `Bearer ${token}`);

  const jwtAuth = new passport.Passport();
  const options = { jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: SECRET };
  jwtAuth.use(
    new JwtStrategy(options, ({ sub, email, name, org_id: tenantId }: typeof CLAIMS, done) =>
      done(null, { id: sub, email, name, tenantId }),
    ),
  );
  const byHand: RequestHandler = (req, res, next) => {
    try {
      const [, token = ''] = (req.headers.authorization ?? '').split(' ');
      Object.assign(req, { user: jwt.verify(token, SECRET) });
      next();
    } catch {
      res.status(401).end();
    }
  };
  const issuer = 'https://shop.example/';
  const bearer = oauth2({ secret: SECRET, tokenSigningAlg: 'HS256', issuer, audience: 'shop', strict: false });

  test.each<[string, RequestHandler, Parameters<typeof guarded>[0]]>([
    ['passport-jwt', jwtAuth.authenticate('jwt', { session: false }) as RequestHandler, (req) => req.user],
    ['a guard with jsonwebtoken', byHand, (req) => req.user],
  ])(
    '%s: a login, what it allows, what it does not, a forged token, and the logout',
    async (_name, auth, isSignedIn) => {
      mounted(auth, isSignedIn);
      await login('wrong-horse');
      const token = await login(PASSWORD);
      await as(token).expect(200);
      await as(token, 'put', '/projects/forbidden').expect(403);
      await as(forged).expect(401);
      await as(token, 'post', '/auth/logout').expect(204);
      expect(await trailOf(recorded, PASSWORD, 'wrong-horse', 'u-666')).toEqual([
        'auth.login failure anonymous claims jane@example.com',
        'auth.login success user u-1',
        'project.update success user u-1 on 7',
        'project.update denied user u-1 on forbidden',
        'project.update denied anonymous - on 7',
        'auth.logout success user u-1',
      ]);
      const [, , update] = recorded.sink.events;
      expect(update?.tenant).toEqual({ id: 'acme' });
      expect(update?.actor).toMatchObject({ email: 'jane@example.com', name: 'Jane' });
    },
  );

  test('express-oauth2-jwt-bearer: the user, and the client of client credentials, with their tenant', async () => {
    mounted(bearer, (req) => req.auth);
    const valid = { issuer, audience: 'shop', expiresIn: '1h' } as const;
    await as(signed(CLAIMS, valid)).expect(200);
    await as(signed({ sub: 'billing', client_id: 'billing', org_id: 'acme' }, valid)).expect(200);
    await as(signed(CLAIMS, valid), 'put', '/projects/forbidden').expect(403);
    await as(signed(CLAIMS, { ...valid, audience: 'another' })).expect(401);
    await request(app).put('/projects/7').expect(401);
    expect(await trailOf(recorded)).toEqual([
      'project.update success user u-1 on 7',
      'project.update success service billing on 7',
      'project.update denied user u-1 on forbidden',
      'project.update denied anonymous - on 7',
      'project.update denied anonymous - on 7',
    ]);
    const [user, client] = recorded.sink.events;
    expect([user?.tenant, client?.tenant]).toEqual([{ id: 'acme' }, { id: 'acme' }]);
    expect(user?.actor.auth).toEqual({ method: 'jwt' });
  });

  test('passport-http-bearer: the user behind a token, and the service that the application says it is', async () => {
    const auth = new passport.Passport();
    const owners = new Map<string, object>([
      ['token-of-jane', { id: 'u-1', email: 'jane@example.com' }],
      ['token-of-billing', { kind: 'service', id: 'billing', tenantId: 'acme' }],
    ]);
    auth.use(
      new BearerStrategy((token, done) => done(null, owners.get(token) ?? false, { scope: 'all', message: '' })),
    );
    mounted(auth.authenticate('bearer', { session: false }) as RequestHandler, (req) => req.user);
    await as('token-of-jane').expect(200);
    await as('token-of-billing').expect(200);
    await as('token-of-nobody').expect(401);
    expect(await trailOf(recorded, 'token-of')).toEqual([
      'project.update success user u-1 on 7',
      'project.update success service billing on 7',
      'project.update denied anonymous - on 7',
    ]);
    expect(recorded.sink.events[1]?.tenant).toEqual({ id: 'acme' });
  });

  test('passport-headerapikey: the key acts for its owner, and is stored by its id alone', async () => {
    const auth = new passport.Passport();
    const record = { type: 'apiKey', id: 'key-1', name: 'nightly import', ownerId: 'u-1', key: KEY, orgId: 'acme' };
    auth.use(
      new HeaderAPIKeyStrategy({ header: 'X-Api-Key', prefix: '' }, false, (key, done) =>
        done(null, key === KEY ? record : undefined),
      ),
    );
    mounted(auth.authenticate('headerapikey', { session: false }) as RequestHandler, (req) => req.user);
    await request(app).put('/projects/7').set('X-Api-Key', KEY).expect(200);
    await request(app).put('/projects/7').set('X-Api-Key', 'k-of-nobody').expect(401);
    expect(await trailOf(recorded, KEY, 'k-of-nobody')).toEqual([
      'project.update success apiKey key-1 on 7',
      'project.update denied anonymous - on 7',
    ]);
    expect(recorded.sink.events[0]).toMatchObject({
      actor: { name: 'nightly import', auth: { method: 'apiKey' }, onBehalfOf: { type: 'user', id: 'u-1' } },
      tenant: { id: 'acme' },
    });
  });

  test('a key that a middleware looked up itself acts for the user that is signed in', async () => {
    const lookUp: RequestHandler = (req, _res, next) => {
      if (req.headers['x-api-key'] === KEY)
        Object.assign(req, { apiKey: { id: 'key-1', key: KEY }, user: { id: 'u-1' } });
      next();
    };
    mount(app, recorded, order, [lookUp]);
    app.put(
      '/projects/:id',
      guarded((req) => req.user),
    );
    await request(app).put('/projects/7').set('X-Api-Key', KEY).expect(200);
    await request(app).put('/projects/7').set('X-Api-Key', 'k-of-nobody').expect(401);
    expect(await trailOf(recorded, KEY)).toEqual([
      'project.update success apiKey key-1 on 7',
      'project.update denied anonymous - on 7',
    ]);
    expect(recorded.sink.events[0]?.actor.onBehalfOf).toEqual({ type: 'user', id: 'u-1' });
  });
});
