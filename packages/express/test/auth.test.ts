import { type AuditEvent, eventLine } from '@whodunit/core';
import { audit, currentScope } from '@whodunit/express';
import cookieSession from 'cookie-session';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { expressjwt } from 'express-jwt';
import session from 'express-session';
import jwt from 'jsonwebtoken';
import passport from 'passport';
import { Strategy } from 'passport-local';
import request from 'supertest';
import { type Recording, recording } from './support/running';
import { VERSIONS } from './support/versions';

const JANE = { id: 'u-1', name: 'Jane', email: 'jane@example.com', orgId: 'acme' };
const PASSWORD = 'correct-horse-battery';
const WRONG = 'wrong-horse-battery';
const SECRET = 'signing-key-of-the-shop';

const ok: RequestHandler = (_req, res) => void res.json({ ok: true });
const answersErrors: ErrorRequestHandler = (error: { status?: number }, _req, res, _next) =>
  void res.status(error.status ?? 500).json({ error: 'refused' });

const brief = ({ action, category, outcome, actor, resource }: AuditEvent) =>
  [action, outcome, actor.type, actor.id, actor.claimed, category === 'auth' ? undefined : resource?.id]
    .map((each) => each ?? '-')
    .join(' ');

describe.each(VERSIONS)('with %s', (_version, express) => {
  let recorded: Recording;

  beforeEach(() => {
    recorded = recording();
  });

  /** Every event in brief; none of them may hold a password or the text of a token. */
  async function briefly(): Promise<string[]> {
    const events = await recorded.events();
    const text = events.map(eventLine).join('\n');
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(WRONG);
    expect(text).not.toMatch(/eyJ[\w-]+\.|connect\.sid|s%3A/);
    expect(recorded.errors).toEqual([]);
    return events.map(brief);
  }

  describe.each(['before', 'after'] as const)('and audit mounted %s auth', (order) => {
    function mounted(app: Express, auth: readonly RequestHandler[]): void {
      const bodies = [express.json(), express.urlencoded({ extended: false })];
      const all =
        order === 'before'
          ? [audit(recorded.auditor), ...bodies, ...auth]
          : [...bodies, ...auth, audit(recorded.auditor)];
      app.use(...all);
    }

    function withPassport(): Express {
      const auth = new passport.Passport();
      auth.use(
        new Strategy({ usernameField: 'email' }, (email, password, done) =>
          done(null, email === JANE.email && password === PASSWORD ? JANE : false),
        ),
      );
      auth.serializeUser<string>((user, done) => done(null, (user as typeof JANE).id));
      auth.deserializeUser<string>((id, done) => done(null, id === JANE.id ? JANE : false));
      const app = express();
      const sessions = session({ secret: SECRET, resave: false, saveUninitialized: false });
      mounted(app, [sessions, auth.initialize(), auth.session()]);
      app.post('/login', auth.authenticate('local', { successRedirect: '/home', failureRedirect: '/login' }));
      app.post('/api/login', auth.authenticate('local'), ok);
      app.post('/logout', (req, res, next) => req.logout((error) => (error ? next(error) : res.redirect('/'))));
      app.get('/logout', (req, res) => void req.session.destroy(() => res.redirect('/login')));
      app.put('/projects/:id', (req, res) => void res.status(req.isAuthenticated() ? 200 : 401).end());
      return app;
    }

    test('a login with Passport and a session is told with the user', async () => {
      const agent = request.agent(withPassport());
      await agent
        .post('/login')
        .send({ email: JANE.email, password: PASSWORD })
        .expect(302)
        .expect('location', '/home');
      await agent.put('/projects/1').expect(200);
      expect(await briefly()).toEqual(['auth.login success user u-1 - -', 'project.update success user u-1 - 1']);
      const [login] = recorded.sink.events;
      expect(login?.actor).toMatchObject({ name: 'Jane', email: 'jane@example.com', auth: { method: 'session' } });
      expect(login?.tenant).toEqual({ id: 'acme' });
    });

    test('a failed login with Passport is told with the identity that was tried, also when it redirects', async () => {
      const app = withPassport();
      await request(app).post('/login').send({ email: JANE.email, password: WRONG }).expect(302);
      await request(app).post('/api/login').send({ email: JANE.email, password: WRONG }).expect(401);
      await request(app).post('/login').type('form').send({ email: 'mallory@example.com', password: WRONG });
      expect(await briefly()).toEqual([
        'auth.login failure anonymous - jane@example.com -',
        'auth.login failure anonymous - jane@example.com -',
        'auth.login failure anonymous - mallory@example.com -',
      ]);
      expect(recorded.sink.events.map(({ reason }) => reason?.code)).toEqual([
        'redirected_to_login',
        'http_401',
        'redirected_to_login',
      ]);
    });

    test.each(['post', 'get'] as const)('a logout by %s is told with the user as they were', async (method) => {
      const agent = request.agent(withPassport());
      await agent.post('/api/login').send({ email: JANE.email, password: PASSWORD }).expect(200);
      await agent[method]('/logout').expect(302);
      await agent.put('/projects/1').expect(401);
      expect(await briefly()).toEqual([
        'auth.login success user u-1 - -',
        'auth.logout success user u-1 - -',
        'project.update denied anonymous - - 1',
      ]);
    });

    test('a login that answers with a token is told with the user in the answer or in the token', async () => {
      const app = express();
      mounted(app, []);
      const token = jwt.sign({ sub: JANE.id, email: JANE.email }, SECRET);
      app.post('/auth/login', (_req, res) => void res.json({ token, user: JANE }));
      app.post('/sessions', (_req, res) => void res.status(201).json({ data: { access_token: token } }));
      await request(app).post('/auth/login').send({ email: JANE.email, password: PASSWORD });
      await request(app).post('/sessions').send({ username: 'jane', password: PASSWORD });
      const told = await briefly();
      expect(told[0]).toBe('auth.login success user u-1 - -');
      expect(told[1]).toBe('auth.login success user u-1 - -');
    });

    test('a login that answers 200 with an error has failed', async () => {
      const app = express();
      mounted(app, []);
      app.post('/login', (_req, res) => void res.json({ success: false, error: 'wrong password' }));
      await request(app).post('/login').send({ username: 'jane', password: WRONG });
      expect(await briefly()).toEqual(['auth.login failure anonymous - jane -']);
    });

    test('routes behind express-jwt are told with the claims of a token that was verified, and with no other', async () => {
      const app = express();
      mounted(app, [
        expressjwt({ secret: SECRET, algorithms: ['HS256'], credentialsRequired: false }).unless({ path: [] }),
      ]);
      app.put('/projects/:id', (req, res) => void res.status('auth' in req && req.auth ? 200 : 401).end());
      app.use(answersErrors);
      const as = (token?: string) => {
        const asked = request(app).put('/projects/1');
        return token === undefined ? asked : asked.set('Authorization', `Bearer ${token}`);
      };
      await as(jwt.sign({ sub: JANE.id, org_id: 'acme' }, SECRET)).expect(200);
      await as(jwt.sign({ sub: 'u-666' }, 'a key of somebody else')).expect(401);
      await as().expect(401);
      const told = await briefly();
      // Mounted behind a guard that refuses, it never sees what was refused.
      const refused = ['project.update denied anonymous - - 1', 'project.update denied anonymous - - 1'];
      expect(told).toEqual([
        'project.update success user u-1 - 1',
        ...(order === 'before' ? refused : refused.slice(1)),
      ]);
      expect(recorded.sink.events[0]).toMatchObject({ tenant: { id: 'acme' }, actor: { auth: { method: 'jwt' } } });
    });

    test('logins and logouts with cookie-session are told with the user', async () => {
      const app = express();
      mounted(app, [cookieSession({ name: 'shop', keys: [SECRET] })]);
      app.post('/sign-in', (req, res) => {
        Object.assign(req, { session: { userId: JANE.id } });
        res.json({ ok: true });
      });
      app.post('/sign-out', (req, res) => {
        Object.assign(req, { session: null });
        res.status(204).end();
      });
      const agent = request.agent(app);
      await agent.post('/sign-in').send({ email: JANE.email, password: PASSWORD });
      await agent.post('/sign-out').expect(204);
      expect(await briefly()).toEqual(['auth.login success user u-1 - -', 'auth.logout success user u-1 - -']);
    });

    test('logins and logouts with a plain session.userId are told with the user', async () => {
      const app = express();
      mounted(app, [session({ secret: SECRET, resave: false, saveUninitialized: false })]);
      app.post('/login', (req, res) => {
        Object.assign(req.session, { userId: JANE.id });
        res.redirect('/');
      });
      app.post('/logout', (req, res) => void req.session.destroy(() => res.status(204).end()));
      const agent = request.agent(app);
      await agent.post('/login').send({ email: JANE.email, password: PASSWORD }).expect(302);
      await agent.post('/logout').expect(204);
      expect(await briefly()).toEqual(['auth.login success user u-1 - -', 'auth.logout success user u-1 - -']);
    });

    test('signup, invitation and refusals are told with who and whom', async () => {
      const app = express();
      mounted(app, [
        (req, _res, next) => {
          if (req.headers['x-test-user'] === 'jane') Object.assign(req, { user: JANE });
          next();
        },
      ]);
      app.post('/signup', (_req, res) => void res.status(201).json({ user: { id: 'u-2', email: 'new@example.com' } }));
      app.post('/orgs/:orgId/invitations', (_req, res) => void res.status(201).json({ id: 'inv-9' }));
      app.delete('/users/:id', (_req, res) => void res.status(403).end());
      await request(app).post('/signup').send({ email: 'new@example.com', password: PASSWORD });
      await request(app).post('/orgs/acme/invitations').set('X-Test-User', 'jane').send({ email: 'pat@example.com' });
      await request(app).delete('/users/9').set('X-Test-User', 'jane');
      const [signup, invitation, refusal] = await briefly();
      expect(signup).toMatch(
        /^\S*(?:signup|create|register) success user u-2 new@example\.com u-2$|^\S+ success user u-2 - u-2$/,
      );
      expect(invitation).toMatch(/^\S*invit\S* success user u-1 - \S+$/);
      expect(refusal).toMatch(/^user\.delete denied user u-1 - 9$/);
    });

    test('whoever the application names through the scope is the actor', async () => {
      const app = express();
      mounted(app, []);
      app.put('/projects/:id', (_req, res) => {
        currentScope()?.setActor({ type: 'service', id: 'importer' });
        res.end();
      });
      await request(app).put('/projects/1');
      expect(await briefly()).toEqual(['project.update success service importer - 1']);
    });

    test('headers that claim an identity are ignored', async () => {
      const app = express();
      mounted(app, []);
      app.put('/projects/:id', ok);
      const claims = [
        'X-User-Id',
        'X-User',
        'X-Forwarded-User',
        'X-Auth-Request-Email',
        'X-Tenant-Id',
        'X-Org-Id',
        'Remote-User',
      ];
      const asked = request(app)
        .put('/projects/1')
        .set('Authorization', `Bearer ${jwt.sign({ sub: 'u-666' }, 'x')}`);
      await claims.reduce((each, name) => each.set(name, 'admin'), asked);
      expect(await briefly()).toEqual(['project.update success anonymous - - 1']);
      expect(recorded.sink.events[0]?.tenant).toBeUndefined();
      expect(JSON.stringify(recorded.sink.events)).not.toMatch(/admin|u-666/);
    });
  });
});
