import cookieSession from 'cookie-session';
import express, { type Express, type Request, type RequestHandler } from 'express';
import session from 'express-session';
import { getIronSession, type IronSession } from 'iron-session';
import passport from 'passport';
import { Strategy } from 'passport-local';
import request from 'supertest';
import { type Recording, recording } from './support/running';
import { guarded, mount, ORDERS, trailOf } from './support/trail';

const SECRET = 'a-key-of-the-shop-of-at-least-32-characters';
const PASSWORD = 'correct-horse-battery';
const JANE = { id: 'u-1', name: 'Jane', email: 'jane@example.com', tenantId: 'acme' };
const ADMIN = { id: 'u-9', name: 'Admin', email: 'admin@example.com', tenantId: 'acme' };
const PEOPLE = new Map([JANE, ADMIN].map((person) => [person.email, person]));

/** Whatever a library calls a session. */
type Session = { user?: object | undefined; originalUserId?: string | undefined };
const sessionOf = (req: Request) => (req as unknown as { session: Session | null }).session;

const IRON = { password: SECRET, cookieName: 'shop', cookieOptions: { secure: false } };
const memory = () => session({ secret: SECRET, resave: false, saveUninitialized: false });
const iron: RequestHandler = async (req, res, next) => {
  Object.assign(req, { session: await getIronSession<Session>(req, res, IRON) });
  next();
};

interface Library {
  readonly auth: () => readonly RequestHandler[];
  /** Keeps what was put into the session, where the library does not do so by itself. */
  readonly save?: (req: Request) => Promise<void>;
  readonly end: (req: Request, done: () => void) => void;
}

const LIBRARIES: Readonly<Record<string, Library>> = {
  'express-session': { auth: () => [memory()], end: (req, done) => req.session.destroy(done) },
  'cookie-session': {
    auth: () => [cookieSession({ name: 'shop', keys: [SECRET] })],
    end(req, done) {
      Object.assign(req, { session: null });
      done();
    },
  },
  'iron-session': {
    auth: () => [iron],
    save: (req) => (sessionOf(req) as IronSession<Session>).save(),
    end(req, done) {
      (sessionOf(req) as IronSession<Session>).destroy();
      done();
    },
  },
};

describe.each(ORDERS)('with audit mounted %s auth', (order) => {
  let recorded: Recording;
  let app: Express;

  beforeEach(() => {
    recorded = recording();
    app = express();
  });

  test.each(Object.entries(LIBRARIES))('%s: from a failed login to the logout', async (_name, { auth, end, save }) => {
    mount(app, recorded, order, auth());
    app.post('/login', async (req, res) => {
      const { email, password } = req.body as Record<string, string>;
      const user = password === PASSWORD ? PEOPLE.get(email ?? '') : undefined;
      if (user === undefined) return void res.redirect('/login?failed');
      Object.assign(sessionOf(req) ?? {}, { user });
      await save?.(req);
      res.redirect('/');
    });
    app.put(
      '/projects/:id',
      guarded((req) => sessionOf(req)?.user),
    );
    app.post('/logout', (req, res) => end(req, () => res.redirect('/login')));
    const agent = request.agent(app);
    await agent.post('/login').type('form').send({ email: JANE.email, password: 'wrong-horse' }).expect(302);
    await agent.put('/projects/7').expect(401);
    await agent.post('/login').type('form').send({ email: JANE.email, password: PASSWORD }).expect(302);
    await agent.put('/projects/7').expect(200);
    await agent.put('/projects/forbidden').expect(403);
    await agent.post('/logout').expect(302);
    await agent.put('/projects/7').expect(401);
    expect(await trailOf(recorded, PASSWORD, 'wrong-horse')).toEqual([
      'auth.login failure anonymous claims jane@example.com',
      'project.update denied anonymous - on 7',
      'auth.login success user u-1',
      'project.update success user u-1 on 7',
      'project.update denied user u-1 on forbidden',
      'auth.logout success user u-1',
      'project.update denied anonymous - on 7',
    ]);
    for (const at of [2, 3, 5]) {
      const { actor, tenant } = recorded.sink.events[at] ?? {};
      expect(actor).toEqual({ type: 'user', id: 'u-1', name: 'Jane', email: JANE.email, auth: { method: 'session' } });
      expect(tenant).toEqual({ id: 'acme' });
    }
  });

  test('iron-session that only the handler opens is known by what the application says', async () => {
    recorded = recording({
      actor: async (req) => {
        const { user } = await getIronSession<Session>(req, req.res as never, IRON);
        return user === undefined ? undefined : { type: 'user', id: (user as typeof JANE).id };
      },
    });
    mount(app, recorded, order, []);
    app.post('/login', async (req, res) => {
      const opened = await getIronSession<Session>(req, res, IRON);
      opened.user = JANE;
      await opened.save();
      res.json({ user: JANE });
    });
    app.put('/projects/:id', (_req, res) => void res.end());
    const agent = request.agent(app);
    await agent.post('/login').send({ email: JANE.email, password: PASSWORD }).expect(200);
    await agent.put('/projects/7').expect(200);
    expect(await trailOf(recorded, PASSWORD)).toEqual([
      'auth.login success user u-1',
      'project.update success user u-1 on 7',
    ]);
  });

  test('who impersonates and who is impersonated are both kept, from the beginning to the end', async () => {
    const auth = new passport.Passport();
    auth.use(
      new Strategy({ usernameField: 'email' }, (email, password, done) =>
        done(null, (password === PASSWORD && PEOPLE.get(email)) || false),
      ),
    );
    auth.serializeUser<string>((user, done) => done(null, (user as typeof JANE).email));
    auth.deserializeUser<string>((email, done) => done(null, PEOPLE.get(email) ?? false));
    mount(app, recorded, order, [memory(), auth.initialize() as RequestHandler, auth.session() as RequestHandler]);
    const become = (req: Request, user: object, from: string | undefined, done: () => void) =>
      req.logIn(user, { session: true, keepSessionInfo: true }, () => {
        Object.assign(req.session, { originalUserId: from });
        done();
      });
    app.post('/login', auth.authenticate('local') as RequestHandler, (_req, res) => void res.json({ ok: true }));
    app.post('/users/:id/impersonate', (req, res) =>
      become(req, JANE, (req.user as typeof JANE).id, () => res.status(204).end()),
    );
    app.post('/impersonation/stop', (req, res) => become(req, ADMIN, undefined, () => res.status(204).end()));
    app.put(
      '/projects/:id',
      guarded((req) => req.isAuthenticated()),
    );
    const agent = request.agent(app);
    await agent.post('/login').send({ email: ADMIN.email, password: PASSWORD }).expect(200);
    await agent.post('/users/u-1/impersonate').expect(204);
    await agent.put('/projects/7').expect(200);
    await agent.post('/impersonation/stop').expect(204);
    await agent.put('/projects/7').expect(200);
    const trail = await trailOf(recorded, PASSWORD);
    expect([0, 1, 2, 4].map((at) => trail[at])).toEqual([
      'auth.login success user u-9',
      'auth.impersonate success user u-9 on u-1',
      'project.update success user u-9 on 7',
      'project.update success user u-9 on 7',
    ]);
    expect(trail[3]).toMatch(/ success user u-9/);
    const behalf = recorded.sink.events.map(({ actor }) => actor.onBehalfOf?.id);
    expect(behalf).toEqual([undefined, 'u-1', 'u-1', undefined, undefined]);
    expect(recorded.sink.events[2]?.actor.onBehalfOf).toMatchObject({ name: 'Jane', email: JANE.email });
  });
});
