import { eventLine } from '@whodunit/core';
import { audit } from '@whodunit/express';
import type { Express, RequestHandler } from 'express';
import session from 'express-session';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { only, type Recording, recording } from './support/running';
import { VERSIONS } from './support/versions';

const PASSWORD = 'correct-horse-battery';
const CREDENTIALS = { email: 'jane@example.com', password: PASSWORD };
const FORM = '<form method="post"><input name="email"><input name="pw" type="password"></form>';

const json =
  (body: unknown, status = 200): RequestHandler =>
  (_req, res) =>
    void res.status(status).json(body);

/** How applications tell that nobody was signed in. */
const FAILURES: readonly (readonly [how: string, answer: RequestHandler, code: string])[] = [
  ...[400, 401, 404, 422, 500].map((status) => [`${status}`, json({}, status), `http_${status}`] as const),
  ['200 with an error', json({ error: { code: 'E1' } }), 'rejected'],
  ['200 with a sentence', json({ message: 'Invalid email or password' }), 'rejected'],
  ['200 with errors by field', json({ errors: { email: ['is not known here'] } }), 'rejected'],
  ['200 with no user', json({ user: null, token: null }), 'rejected'],
  ['200 with a flag deep inside', json({ data: { authenticated: false } }), 'rejected'],
  ['200 and a status of its own', json({ statusCode: 401 }), 'rejected'],
  [
    '200 with an error, and the cookie of a session without a user',
    (_req, res) => void res.cookie('visit', '1').json({ ok: false }),
    'rejected',
  ],
  ['the form again', (_req, res) => void res.send(`<p>Wrong password</p>${FORM}`), 'form_shown_again'],
  [
    'the form again, with a cookie against forgery',
    (_req, res) => void res.cookie('csrf', '1').send(FORM),
    'form_shown_again',
  ],
  ['302 to the login page', (_req, res) => void res.redirect('/users/sign_in'), 'redirected_to_login'],
  ['302 to where the form was sent', (req, res) => void res.redirect(req.originalUrl), 'redirected_to_login'],
  ['303 with an error in the address', (_req, res) => void res.redirect(303, '/?error=1'), 'redirected_to_login'],
];

const TOKEN = jwt.sign({ id: 42, org_id: 'acme' }, 'key');

/** How applications answer with who is signed in now. */
const SUCCESSES: readonly (readonly [how: string, answer: RequestHandler, actor: object, tenant: string | null])[] = [
  ['the user in data', json({ data: { user: { id: 'u-1', name: 'Jane' } } }), { id: 'u-1', name: 'Jane' }, null],
  ['the token in the user', json({ user: { email: 'jane@example.com', token: TOKEN } }), { id: '42' }, 'acme'],
  ['a token alone', json({ token: TOKEN }), { id: '42', auth: { method: 'token' } }, 'acme'],
  ['tokens in a pair', json({ tokens: { access: TOKEN, refresh: 'opaque' } }), { id: '42' }, 'acme'],
  [
    'an account beside a session',
    json({ data: { session: { token: 't' }, account: { _id: 'u-1' } } }),
    { id: 'u-1' },
    null,
  ],
  ['the user and his tenant', json({ user: { id: 'u-1', tenantId: 'acme' } }), { id: 'u-1' }, 'acme'],
  ['a field of GraphQL', json({ data: { login: { token: 'opaque', user: { id: 'u-1' } } } }), { id: 'u-1' }, null],
];

describe.each(VERSIONS)('with %s', (_version, express) => {
  let recorded: Recording;
  let app: Express;

  beforeEach(() => {
    recorded = recording();
    app = express();
    app.use(audit(recorded.auditor), express.json(), express.urlencoded({ extended: false }));
  });

  const event = async () => {
    const found = only(await recorded.events());
    expect(eventLine(found)).not.toContain(PASSWORD);
    expect(eventLine(found)).not.toContain('eyJ');
    expect(recorded.errors).toEqual([]);
    return found;
  };

  test.each(FAILURES)('a login that answers %s has failed', async (_how, answer, code) => {
    app.post('/account/login', answer);
    await request(app).post('/account/login').send(CREDENTIALS);
    expect(await event()).toMatchObject({
      action: 'auth.login',
      outcome: 'failure',
      reason: { code },
      actor: { type: 'anonymous', claimed: 'jane@example.com' },
    });
  });

  test.each(SUCCESSES)('a login that answers with %s has succeeded', async (_how, answer, actor, tenant) => {
    app.post('/account/login', answer);
    await request(app).post('/account/login').send(CREDENTIALS);
    const found = await event();
    expect(found).toMatchObject({ action: 'auth.login', outcome: 'success', actor: { type: 'user', ...actor } });
    expect(found.actor.claimed).toBeUndefined();
    expect(found.tenant?.id ?? null).toBe(tenant);
  });

  test.each([
    ['asks for a second factor', { mfaRequired: true, ticket: 'x' }, 'second_factor_asked'],
    ['signs nobody in and says nothing', { next: '/welcome' }, 'nobody_signed_in'],
  ])('a login that %s is unknown', async (_how, answer, code) => {
    app.post('/login', json(answer));
    await request(app).post('/login').send(CREDENTIALS);
    expect(await event()).toMatchObject({
      outcome: 'unknown',
      reason: { code },
      actor: { claimed: 'jane@example.com' },
    });
  });

  test('a login whose session holds the user has succeeded, wherever it redirects', async () => {
    app.use(session({ secret: 'key', resave: false, saveUninitialized: true }));
    app.post('/login', (req, res) => {
      Object.assign(req.session, { user: { id: 'u-1', email: 'jane@example.com' } });
      res.redirect('/login/done');
    });
    await request(app).post('/login').send(CREDENTIALS);
    expect(await event()).toMatchObject({ outcome: 'success', actor: { id: 'u-1', auth: { method: 'session' } } });
  });

  test.each([
    ['302 to the login page', (_req, res) => void res.redirect('/login')],
    ['200 with an error', json({ error: 'bad' })],
    ['the form again', (_req, res) => void res.send(FORM)],
  ] as const satisfies readonly (readonly [string, RequestHandler])[])(
    'somebody who is signed in and fails to become somebody else, by %s, is told with both',
    async (_how, answer) => {
      app.use((req, _res, next) => {
        Object.assign(req, { user: { id: 'u-1', email: 'jane@example.com' } });
        next();
      });
      app.post('/login', answer);
      await request(app).post('/login').send({ email: 'admin@example.com', password: PASSWORD });
      expect(await event()).toMatchObject({
        outcome: 'failure',
        actor: { type: 'user', id: 'u-1', claimed: 'admin@example.com' },
      });
    },
  );

  test('a user object without an id is completed by the answer to the login', async () => {
    app.post('/login', (req, res) => {
      Object.assign(req, { user: { roles: ['admin'] } });
      res.json({ user: { id: 'u-1' } });
    });
    await request(app).post('/login').send(CREDENTIALS);
    expect((await event()).actor).toMatchObject({ type: 'user', id: 'u-1' });
  });

  test('a request for a token is a login by its grant, a refresh none, and a client claims its name', async () => {
    app.post('/oauth/token', (req, res) => {
      const { client_id: client, grant_type: grant } = req.body as Record<string, string>;
      if (client === 'wrong') res.status(401).json({ error: 'invalid_client' });
      else if (grant === 'client_credentials' && client !== 'opaque') {
        res.json({ access_token: jwt.sign({ sub: client, client_id: client }, 'key') });
      } else res.json({ access_token: 'opaque-token' });
    });
    const ask = (body: object) => request(app).post('/oauth/token').type('form').send(body);
    await ask({ grant_type: 'password', username: 'jane', password: PASSWORD });
    await ask({ grant_type: 'refresh_token', refresh_token: PASSWORD });
    await ask({ grant_type: 'client_credentials', client_id: 'billing', client_secret: PASSWORD });
    await ask({ grant_type: 'client_credentials', client_id: 'opaque', client_secret: PASSWORD });
    await ask({ grant_type: 'client_credentials', client_id: 'wrong', client_secret: PASSWORD });
    const events = await recorded.events();
    expect(events.map(eventLine).join()).not.toContain(PASSWORD);
    expect(
      events.map(({ action, outcome, actor }) => [action, outcome, actor.type, actor.id ?? actor.claimed]),
    ).toEqual([
      ['auth.login', 'success', 'anonymous', 'jane'],
      ['token.create', 'success', 'service', 'billing'],
      ['token.create', 'success', 'anonymous', 'opaque'],
      ['token.create', 'failure', 'anonymous', 'wrong'],
    ]);
  });

  test('an invitation is accepted by whoever the answer names, by link or by signing up', async () => {
    app.post('/invitations/:token/accept', json({ id: 'inv-1', user: { id: 'u-9', email: 'pat@example.com' } }));
    app.get('/invitations/:token/accept', (_req, res) => void res.redirect('/welcome'));
    app.post('/signup', json({ user: { id: 'u-9', email: 'pat@example.com' } }, 201));
    await request(app).post('/invitations/s3cr3t-of-a-mail/accept').send({ password: PASSWORD });
    await request(app).get('/invitations/s3cr3t-of-a-mail/accept');
    await request(app)
      .post('/signup')
      .send({ email: 'pat@example.com', password: PASSWORD, inviteToken: 's3cr3t-of-a-mail' });
    const events = await recorded.events();
    expect(events.map(eventLine).join()).not.toMatch(/s3cr3t|correct-horse/);
    expect(events.map(({ action, outcome, actor }) => [action, outcome, actor.type, actor.id])).toEqual([
      ['member.invite_accept', 'success', 'user', 'u-9'],
      ['member.invite_accept', 'success', 'anonymous', undefined],
      ['account.signup', 'success', 'user', 'u-9'],
    ]);
    expect(events[2]?.changes).toContainEqual({ new: { $redacted: true }, op: 'add', path: '/inviteToken' });
  });
});
