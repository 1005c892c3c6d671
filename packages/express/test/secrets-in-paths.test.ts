import { createHash } from 'node:crypto';
import { type AuditEvent, eventLine } from '@whodunit/core';
import { audit } from '@whodunit/express';
import type { Express, RequestHandler } from 'express';
import session from 'express-session';
import request from 'supertest';
import { only, type Recording, recording } from './support/running';
import { VERSIONS } from './support/versions';

const LONG = 'Zk3vQ9xT2mWb7yR4nLc8PdGh';
const RANDOM = 'f3a9c1d27be84f60a5d2c8e1b7904f3a9c1d27be';
const SHORT = '493027';
const LIVE = 'sk_live_4eC39HqLyjWDarjtT1';

const hashed = (secret: string) => `sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 16)}`;
const ok: RequestHandler = (_req, res) => void res.status(204).end();

/** Routes that an application has, with the secret that stands in the path, and what is stored of the resource. */
const ROUTES: readonly (readonly [route: string, secret: string, resource: object | undefined])[] = [
  ['DELETE /tokens/:secret', LONG, { type: 'token', id: hashed(LONG) }],
  ['DELETE /tokens/:token', SHORT, { type: 'token' }],
  ['DELETE /tokens/:id', RANDOM, { type: 'token', id: hashed(RANDOM) }],
  ['DELETE /api-keys/:id', LIVE, { type: 'api_key', id: hashed(LIVE) }],
  ['PATCH /api-keys/:apiKey', LONG, { type: 'api_key', id: hashed(LONG) }],
  ['PUT /tokens/:token/scopes', LONG, { type: 'scope', parent: { type: 'token', id: hashed(LONG) } }],
  ['POST /invitations/:token/accept', LONG, { type: 'invitation', id: hashed(LONG) }],
  ['GET /invitations/:token/accept', LONG, { type: 'invitation', id: hashed(LONG) }],
  ['DELETE /invitations/:inviteToken', LONG, { type: 'invitation', id: hashed(LONG) }],
  ['POST /password/reset/:token', LONG, { type: 'user' }],
  ['POST /users/7/verify/:code', SHORT, undefined],
  ['GET /verify-email/:hash', LONG, { type: 'user' }],
  ['GET /magic-links/:code/verify', LONG, undefined],
  ['DELETE /shares/:shareToken/files', LONG, { type: 'file', parent: { type: 'share', id: hashed(LONG) } }],
];

/** What no route is for, or what only a middleware answers. */
const UNKNOWN = ['/tokens/Zk3vQ9xT2m', '/verify-email/s3cr3t-one', '/invitations/Zk3vQ/accept', '/reset/x9Y8z7W6'];

describe.each(VERSIONS)('with %s', (_version, express) => {
  let recorded: Recording;
  let app: Express;

  beforeEach(() => {
    recorded = recording();
    app = express();
    app.use(audit(recorded.auditor), express.json());
  });

  const event = async (): Promise<AuditEvent> => only(await recorded.events());

  test.each(ROUTES)('%s stores the secret %s nowhere', async (route, secret, resource) => {
    const [method = '', path = ''] = route.split(' ');
    app[method.toLowerCase() as 'post'](path, ok);
    await request(app)[method.toLowerCase() as 'post'](path.replace(/:\w+/, secret)).expect(204);
    const found = await event();
    expect(eventLine(found)).not.toContain(secret);
    expect(found.request?.route).toBe(path);
    if (resource !== undefined) expect(found.resource).toEqual(resource);
  });

  test.each(UNKNOWN)('%s is stored as a template', async (path) => {
    app.use(ok);
    await request(app).post(path);
    const found = await event();
    expect(eventLine(found)).not.toContain(path.split('/')[2]);
    expect(found.request?.route).toMatch(/^\/[a-z-]+\/:token/);
  });

  test.each([
    ['DELETE /tokens/:id', '17', 'token'],
    ['DELETE /tokens/:id', '507f1f77bcf86cd799439011', 'token'],
    ['DELETE /api-keys/:id', '0198c1d2-7be8-7f60-a5d2-c8e1b7904f3a', 'api_key'],
    ['DELETE /coupons/:code', 'SUMMER-2026', 'coupon'],
    ['PUT /settings/:key', 'theme', 'setting'],
    ['DELETE /files/:hash', RANDOM, 'file'],
  ])('%s keeps the id %s', async (route, id, type) => {
    const [method = '', path = ''] = route.split(' ');
    app[method.toLowerCase() as 'post'](path, ok);
    await request(app)[method.toLowerCase() as 'post'](path.replace(/:\w+/, id));
    expect((await event()).resource).toEqual({ type, id });
  });

  test('the same secret has the same hash in every event, and a session the digits of its actor', async () => {
    app.use(session({ secret: 'key', resave: false, saveUninitialized: true }));
    let id = '';
    app.use((req, _res, next) => {
      Object.assign(req, { user: { sub: 'u-1', sid: req.sessionID } });
      id = req.sessionID;
      next();
    });
    app.put('/tokens/:token', ok);
    app.delete('/sessions/:sessionId', ok);
    const agent = request.agent(app);
    await agent.put(`/tokens/${LONG}`);
    await agent.put(`/tokens/${LONG}`);
    await agent.delete(`/sessions/${id}`);
    const [first, second, last] = await recorded.events();
    expect(first?.resource?.id).toBe(second?.resource?.id);
    expect(last?.resource?.id).toBe(`sha256:${last?.actor.auth?.session}`);
  });
});
