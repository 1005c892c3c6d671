import type { AuditEvent } from '@whodunit/core';
import { audit } from '@whodunit/express';
import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express';
import request from 'supertest';
import { type Recording, recording } from './support/running';
import { VERSIONS } from './support/versions';

const ok: RequestHandler = (_req, res) => void res.json({ ok: true });
const fails: RequestHandler = (_req, _res, next) => next(new Error('broken'));
const answersErrors: ErrorRequestHandler = (_error, _req, res, _next) => void res.status(500).end();

describe.each(VERSIONS)('with %s', (version, express) => {
  let recorded: Recording;
  let app: Express;

  beforeEach(() => {
    recorded = recording({ rules: [{ level: 'changes' }] });
    app = express();
    app.use(audit(recorded.auditor));
  });

  afterEach(() => recorded.auditor.close());

  /** Sends one request after the other, and gives their events. */
  async function after(...requests: readonly (readonly [method: 'put' | 'post' | 'delete' | 'get', path: string])[]) {
    app.use(answersErrors);
    for (const [method, path] of requests) await request(app)[method](path);
    return recorded.events();
  }

  const seen = (event: AuditEvent | undefined) => [event?.request?.route, event?.resource?.id, event?.resource?.parent];

  test('a parameter of the mount path keeps apart from the one of the route that has its name', async () => {
    const projects = express.Router({ mergeParams: true });
    projects.delete('/:id', fails);
    app.use('/api/orgs/:id/projects', projects);
    const [event] = await after(['delete', '/api/orgs/7/projects/42']);
    expect(seen(event)).toEqual(['/api/orgs/:orgId/projects/:id', '42', { type: 'org', id: '7' }]);
  });

  test('a parameter of the mount path that the router cannot see is named after the segment before it', async () => {
    const members = express.Router();
    members.put('/:id', ok);
    members.delete('/:id', fails);
    app.use('/team-spaces/:space/members', members);
    const events = await after(['put', '/team-spaces/12/members/3'], ['delete', '/team-spaces/12/members/3']);
    for (const event of events) {
      expect(seen(event)).toEqual(['/team-spaces/:teamSpaceId/members/:id', '3', { type: 'team_space', id: '12' }]);
    }
  });

  test('never gives two parameters one name', async () => {
    const inner = express.Router();
    inner.put('/:orgId', fails);
    app.use('/orgs/:a/orgs/:b', inner);
    const [event] = await after(['put', '/orgs/1/orgs/2/3']);
    expect(event?.request?.route).toBe('/orgs/:orgId2/orgs/:orgId3/:orgId');
  });

  test('a slug in a mount path is known from requests that kept their parameters', async () => {
    const projects = express.Router({ mergeParams: true });
    projects.put('/:id', ok);
    projects.delete('/:id', fails);
    app.use('/orgs/:slug/projects', projects);
    const [, known, unseen] = await after(
      ['put', '/orgs/acme/projects/1'],
      ['delete', '/orgs/acme/projects/2'],
      ['delete', '/orgs/globex/projects/3'],
    );
    expect(seen(known)).toEqual(['/orgs/:slug/projects/:id', '2', { type: 'org', id: 'acme' }]);
    expect(seen(unseen)).toEqual(['/orgs/:slug/projects/:id', '3', { type: 'org', id: 'globex' }]);
    expect(unseen?.tenant).toEqual({ id: 'globex' });
  });

  test('a tenant in the first segment is known too', async () => {
    const tenants = express.Router({ mergeParams: true });
    tenants.put('/invoices/:id', ok);
    tenants.delete('/invoices/:id', fails);
    app.use('/:tenant', tenants);
    const [kept, lost] = await after(['put', '/acme/invoices/1'], ['delete', '/globex/invoices/2']);
    expect([kept?.request?.route, kept?.tenant]).toEqual(['/:tenant/invoices/:id', { id: 'acme' }]);
    expect([lost?.request?.route, lost?.tenant]).toEqual(['/:tenant/invoices/:id', { id: 'globex' }]);
  });

  test('routers in routers in an application in an application are one place', async () => {
    const inner = express();
    const router = express.Router({ mergeParams: true });
    router.put('/items/:itemId', ok);
    router.delete('/items/:itemId', fails);
    inner.use('/v1', router);
    app.use('/shop', inner);
    const [put, del] = await after(['put', '/shop/v1/items/5'], ['delete', '/shop/v1/items/6']);
    expect(seen(put)).toEqual(['/shop/v1/items/:itemId', '5', undefined]);
    expect(seen(del)).toEqual(['/shop/v1/items/:itemId', '6', undefined]);
  });

  test('the path of a router itself is a place', async () => {
    const projects = express.Router();
    projects.post('/', (_req, res) => void res.status(201).json({ id: 9 }));
    projects.put('/:id', fails);
    app.use('/projects', projects);
    const [post, put] = await after(['post', '/projects'], ['put', '/projects/9']);
    expect(seen(post)).toEqual(['/projects', '9', undefined]);
    expect(seen(put)).toEqual(['/projects/:id', '9', undefined]);
  });

  test('values of parameters are decoded', async () => {
    app.put('/tags/:name', ok);
    app.delete('/tags/:name', fails);
    const events = await after(['put', '/tags/caf%C3%A9%20cr%C3%A8me'], ['delete', '/tags/caf%C3%A9%20cr%C3%A8me']);
    expect(events.map((event) => event.resource?.id)).toEqual(['café crème', 'café crème']);
  });

  test('a path in another case is the same place', async () => {
    app.put('/Projects/:id', fails);
    const [event] = await after(['put', '/PROJECTS/4?x=/a/b']);
    expect(seen(event)).toEqual(['/Projects/:id', '4', undefined]);
  });

  test('one route with several paths is the place that was asked for', async () => {
    app.put(['/projects/:id', '/old/projects/:id'], fails);
    const events = await after(['put', '/projects/1'], ['put', '/old/projects/2']);
    expect(events.map(seen)).toEqual([
      ['/projects/:id', '1', undefined],
      ['/old/projects/:id', '2', undefined],
    ]);
  });

  test('a regular expression is known by the path that came in', async () => {
    app.put(/^\/projects\/(\d+)$/, ok);
    const [event] = await after(['put', '/projects/77']);
    expect(seen(event)).toEqual(['/projects/:id', '77', undefined]);
  });

  test('optional parameters are known also after an error', async () => {
    app.put(version === 'Express 4' ? '/projects/:id?' : '/projects{/:id}', (req: Request, res, next) =>
      req.params['id'] === '2' ? next(new Error('broken')) : ok(req, res, next),
    );
    const [kept, lost] = await after(['put', '/projects/1'], ['put', '/projects/2']);
    expect(kept?.resource).toMatchObject({ type: 'project', id: '1' });
    expect(lost?.resource).toMatchObject({ type: 'project', id: '2' });
  });

  test('what works behind a wildcard for every method is known by the path that came in', async () => {
    app.all(version === 'Express 4' ? '/api/auth/*' : '/api/auth/*rest', (_req, res) => void res.status(401).end());
    const [event] = await after(['post', '/api/auth/sign-in/email']);
    expect([event?.action, event?.outcome]).toEqual(['auth.login', 'failure']);
  });

  test('a URL that the application rewrites is known by what it was rewritten to', async () => {
    app.use((req, _res, next) => {
      req.url = req.url.replace('/legacy', '/projects');
      next();
    });
    app.put('/projects/:id', ok);
    const [event] = await after(['put', '/legacy/8']);
    expect(seen(event)).toEqual(['/projects/:id', '8', undefined]);
  });

  test('a request that no route matched has the ids taken out of its path', async () => {
    const [event] = await after(['post', '/nothing/550e8400-e29b-41d4-a716-446655440000/here']);
    expect(event).toMatchObject({ outcome: 'failure', request: { route: '/nothing/:id/here', status: 404 } });
  });
});

describe('mounting', () => {
  const events = async (recorded: Recording, app: Express) => {
    await request(app).put('/api/projects/1').send({ name: 'Apollo' });
    return (await recorded.events()).map(({ action, actor, diff }) => [action, actor.id, diff?.fidelity]);
  };
  const signsIn: RequestHandler = (req, _res, next) => {
    Object.assign(req, { user: { id: 'jane' } });
    next();
  };

  describe.each(VERSIONS)('with %s', (_version, express) => {
    test.each([
      ['before auth and the body parser', ['audit', 'auth', 'body']],
      ['between them', ['auth', 'audit', 'body']],
      ['after both', ['auth', 'body', 'audit']],
      ['between them, the other way round', ['body', 'audit', 'auth']],
      ['three times', ['audit', 'auth', 'audit', 'body', 'audit']],
    ])('%s is one and the same event', async (_where, order) => {
      const recorded = recording();
      const app = express();
      const parts = { audit: audit(recorded.auditor), auth: signsIn, body: express.json() } as const;
      for (const part of order) app.use(parts[part as keyof typeof parts]);
      app.put('/api/projects/:id', ok);
      expect(await events(recorded, app)).toEqual([['project.update', 'jane', 'partial']]);
    });

    test('inside a router and in an application inside is one event with the whole route', async () => {
      const recorded = recording();
      const app = express();
      const inner = express();
      const router = express.Router();
      inner.use(audit(recorded.auditor));
      router.use(audit(recorded.auditor), express.json(), signsIn);
      router.put('/projects/:id', ok);
      inner.use(router);
      app.use('/api', inner);
      expect(await events(recorded, app)).toEqual([['project.update', 'jane', 'partial']]);
      expect(recorded.sink.events[0]?.request?.route).toBe('/api/projects/:id');
    });

    test('in front of one route is enough for that route', async () => {
      const recorded = recording();
      const app = express();
      app.put('/api/projects/:id', audit(recorded.auditor), express.json(), signsIn, ok);
      app.post('/api/projects', ok);
      await request(app).post('/api/projects');
      expect(await events(recorded, app)).toEqual([['project.update', 'jane', 'partial']]);
    });

    test('options instead of an auditor make one, which the middleware shows', async () => {
      const { sink } = recording();
      const middleware = audit({ service: 'shop', sinks: [sink] });
      const app = express();
      app.use(middleware);
      app.put('/projects/:id', ok);
      await request(app).put('/projects/1');
      await middleware.auditor.close();
      expect(sink.events).toHaveLength(1);
    });
  });

  test('a misspelt option is refused with a suggestion', () => {
    const options = { redcat: { keys: ['x'] } } as Parameters<typeof audit>[0];
    expect(() => audit(options)).toThrow(/redcat.*redact/s);
  });
});
