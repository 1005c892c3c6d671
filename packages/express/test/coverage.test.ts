import type { AuditorOptions } from '@whodunit/core';
import { audit } from '@whodunit/express';
import type { Express, Request, RequestHandler, Response, Router } from 'express';
import request from 'supertest';
import { recording } from './support/running';
import { VERSIONS } from './support/versions';

const ok: RequestHandler = (_req, res) => void res.json({});

describe.each(VERSIONS)('the coverage of an application of %s', (name, express) => {
  /** An application of every shape, with `place` where the middleware goes. */
  function shop(auditing: RequestHandler) {
    const app = express();
    app.use(auditing, express.json());
    app.post('/login', ok);
    app.get('/logout', ok);
    app.get('/orders', ok);
    app
      .route('/orders')
      .all((_req, _res, next) => next())
      .post(ok)
      .delete(ok);
    app.put(['/carts/:id', '/baskets/:id'], ok);
    app.post('/orders/:id/refund', ok);
    app.patch(name === 'Express 4' ? '/items/:id(\\d+)' : '/items/:id', ok);
    app.post(name === 'Express 4' ? '/files/*' : '/files/*path', ok);
    app.post('/orders/search', ok);

    const members = express.Router({ mergeParams: true });
    members.post('/', ok).delete('/:id', ok);
    const projects = express.Router();
    projects.patch('/:id', ok).post('/:id/archive', ok);
    const orgs = express.Router({ mergeParams: true });
    orgs.use('/members', members);
    orgs.use('/projects', projects);
    app.use(name === 'Express 4' ? '/api/v1/orgs/:orgId(\\d+)' : '/api/v1/orgs/:orgId', orgs);

    const tasks = express.Router();
    tasks.put('/:id', ok);
    app.use(['/tasks', '/jobs/:jobId/tasks'], tasks);

    const admin = express();
    admin.post('/users', ok);
    const audits = express();
    audits.delete('/:id', ok);
    admin.use('/exports', audits);
    app.use('/admin', admin);
    return app;
  }

  const ROUTES = [
    'POST /login',
    'GET /logout',
    'POST /orders',
    'DELETE /orders',
    'PUT /carts/:id',
    'PUT /baskets/:id',
    'POST /orders/:id/refund',
    'PATCH /items/:id',
    name === 'Express 4' ? 'POST /files/*' : 'POST /files/*path',
    'POST /api/v1/orgs/:orgId/members',
    'DELETE /api/v1/orgs/:orgId/members/:id',
    'PATCH /api/v1/orgs/:orgId/projects/:id',
    'POST /api/v1/orgs/:orgId/projects/:id/archive',
    'PUT /tasks/:id',
    'PUT /jobs/:jobId/tasks/:id',
    'POST /admin/users',
    'DELETE /admin/exports/:id',
  ];

  test('has every route that changes something, with mounted routers and sub-applications, before any request', async () => {
    const { auditor, events } = recording();
    const auditing = audit(auditor);
    const coverage = auditing.coverage(shop(auditing));
    expect(coverage.routes.map(String)).toEqual(ROUTES);
    expect(coverage.unaudited).toEqual([]);
    expect(coverage.quiet.map(String)).toEqual(['POST /orders/search']);
    expect(await events()).toEqual([]);
  });

  test('tells of each just what the event of a real request says', async () => {
    const load = (id: string) => ({ id, at: performance.now() });
    const { auditor, events } = recording({ resources: { project: { load }, cart: { load }, export: { load } } });
    const auditing = audit(auditor);
    const app = shop(auditing);
    const { routes } = auditing.coverage(app);
    for (const { method, route } of routes) {
      const path = route.replace(/:\w+/g, '17').replace(/\*\w*/, 'a/b.txt');
      await request(app)
        [method.toLowerCase() as 'post'](path)
        .send(method === 'DELETE' ? undefined : { size: 3 })
        .expect(200);
    }
    // An event whose resource is read again comes a moment later than the next one.
    const told = new Map((await events()).map((event) => [`${event.request?.method} ${event.request?.route}`, event]));
    expect([...told.keys()].toSorted()).toEqual(routes.map(String).toSorted());
    for (const row of routes) {
      const event = told.get(String(row));
      expect([String(row), event?.action, event?.resource?.type, event?.capture.level]).toEqual([
        String(row),
        row.action,
        row.resource,
        row.level,
      ]);
      expect(event?.capture.why).toBe(`${row.why}; actor: nobody is signed in`);
      const diff = row.gaps.includes('no diff') ? 'none' : row.gaps.includes('no loader') ? 'partial' : 'exact';
      if (/\.(update|delete)$/.test(row.action ?? ''))
        expect([String(row), event?.diff?.fidelity]).toEqual([String(row), diff]);
      expect([row.idParam, event?.resource?.id]).toEqual(
        row.idParam === undefined ? [undefined, undefined] : ['id', '17'],
      );
    }
  });

  test('is known to the auditor itself once a request has told which application it is', async () => {
    const { auditor, events } = recording();
    const auditing = audit(auditor);
    const app = shop(auditing);
    expect(() => auditor.coverage()).toThrow(/no application is known/);
    await request(app).post('/admin/users').expect(200);
    app.post('/late', ok);
    expect(auditor.coverage().routes.map(String)).toEqual([...ROUTES, 'POST /late']);
    await events();
  });

  test('has what stands in front of the middleware as unaudited', async () => {
    const { auditor, events } = recording();
    const auditing = audit(auditor);
    const app = express();
    app.post('/early', ok);
    const router = express.Router();
    router.post('/early', ok);
    router.use(auditing);
    router.post('/late', ok);
    app.use('/orgs/:orgId/api', router);
    app.post('/one', auditing, ok);
    app.post('/beside', ok);
    app.post('/orgs/:orgId/api/more', ok);
    const { unaudited, routes } = auditing.coverage(app);
    expect(unaudited.map(String)).toEqual(['POST /early', 'POST /orgs/:orgId/api/early', 'POST /beside']);
    expect(unaudited[0]?.unrecorded).toBe('audit() does not stand in front of it');
    for (const { route } of routes) await request(app).post(route.replace(':orgId', '7')).expect(200);
    const recorded = (await events()).map((event) => event.request?.route);
    expect(recorded).toEqual(routes.filter((row) => row.recorded).map((row) => row.route));
  });

  test('has everything as unaudited where the middleware is missing, unless requests came through it', async () => {
    const { auditor, events } = recording();
    const auditing = audit(auditor);
    const app = express();
    app.use((req, res, next) => auditing(req, res, next));
    app.post('/orders', ok);
    expect(auditing.coverage(app).unaudited.map(String)).toEqual(['POST /orders']);
    await request(app).post('/orders').expect(200);
    expect(auditor.coverage().unaudited).toEqual([]);
    await events();
  });

  test('says what it can of patterns and of routes for every method', async () => {
    const { auditor, events } = recording();
    const auditing = audit(auditor);
    const app = express();
    app.use(auditing);
    app.post(/^\/old\/(.+)$/, ok);
    app.all('/orders/:id', ok);
    app.all(name === 'Express 4' ? '/proxy/*' : '/proxy/*rest', ok);
    const router = express.Router();
    router.all('/carts/:id', ok);
    router.post('/things', ok);
    app.use(/^\/v\d/, router);
    const { routes } = auditing.coverage(app);
    expect(routes.map((row) => [String(row), row.action, row.recorded])).toEqual([
      ['POST /^\\/old\\/(.+)$/', undefined, true],
      ['ALL /orders/:id', undefined, true],
      [`ALL /proxy/*${name === 'Express 4' ? '' : 'rest'}`, undefined, true],
      ['ALL */carts/:id', undefined, true],
      ['POST */things', undefined, true],
    ]);
    expect(routes[4]?.why).toMatch(/mounted is a pattern/);
    await events();
  });

  test('runs nothing of the application, not even of a sub-application', async () => {
    const { auditor, events } = recording();
    const auditing = audit(auditor);
    const ran = jest.fn((_req: Request, _res: Response, next: () => void) => next());
    const app = express();
    app.use(auditing, ran);
    const admin = express();
    admin.use(ran);
    admin.param('id', ran);
    admin.post('/users/:id', ran);
    admin.use((_error: unknown, _req: Request, _res: Response, next: () => void) => {
      ran(_req, _res, next);
    });
    app.use('/admin', admin);
    app.use('/empty', express());
    expect(auditing.coverage(app).routes.map(String)).toEqual(['POST /admin/users/:id']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ran).not.toHaveBeenCalled();
    await events();
  });

  test('comes to an end where routers are mounted in themselves', async () => {
    const { auditor, events } = recording();
    const auditing = audit(auditor);
    const app = express();
    const [router, other] = [express.Router(), express.Router()];
    app.use(auditing, router);
    router.post('/things', ok);
    for (let i = 0; i < 20; i++) {
      router.use(`/again${i}`, other, router);
      other.use(`/back${i}`, router);
    }
    expect(auditing.coverage(app).routes.map(String)).toEqual(['POST /things']);
    await events();
  });

  test('takes rules, loaders and recognition rules as requests do', async () => {
    const options: AuditorOptions = {
      rules: [{ name: 'partners', when: { route: '/partners/*' }, level: 'none' }],
      recognise: [{ name: 'flow', when: { route: '/tickets/:id/flow' }, then: { action: 'ticket.escalate' } }],
      resources: { ticket: { load: () => ({}) } },
    };
    const { auditor, events } = recording(options);
    const auditing = audit(auditor);
    const app = express();
    app.use(auditing);
    app.post('/partners/:id/pings', ok).post('/tickets/:id/flow', ok).patch('/tickets/:id', ok).patch('/teams/:id', ok);
    const coverage = auditing.coverage(app);
    expect(coverage.unaudited.map((row) => [String(row), row.rule])).toEqual([
      ['POST /partners/:id/pings', 'partners'],
    ]);
    expect(coverage.routes[1]).toMatchObject({ action: 'ticket.escalate', why: 'the rule flow says so' });
    expect(coverage.withoutLoader.map(String)).toEqual(['PATCH /teams/:id']);
    await events();
  });

  test('throws for what is no application, and for one that has no routes', async () => {
    const { auditor, events } = recording();
    const auditing = audit(auditor);
    for (const wrong of [undefined, {}, () => undefined, 'app', express()]) {
      expect(() => auditing.coverage(wrong as never)).toThrow(
        expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }),
      );
    }
    await events();
  });
});

test('says that it does not know where a router is mounted when an earlier Express 5 does not tell', async () => {
  const { auditor, events } = recording();
  const auditing = audit(auditor);
  const app = VERSIONS[1]?.[1]() as Express;
  const [orders, root] = [VERSIONS[1]?.[1].Router() as Router, VERSIONS[1]?.[1].Router() as Router];
  orders.post('/:id/refund', ok);
  root.post('/carts', ok);
  app.use(auditing, root);
  app.use('/orders', orders);
  // Its `router` keeps the path since version 2.3.
  for (const layer of app.router.stack) Reflect.deleteProperty(layer, 'rawPath');
  const { routes } = auditing.coverage(app);
  expect(routes.map((row) => [String(row), row.action, row.recorded])).toEqual([
    ['POST /carts', 'cart.create', true],
    ['POST */:id/refund', undefined, true],
  ]);
  expect(routes[1]?.why).toMatch(/this version of Express does not tell it/);
  await events();
});

describe('the line at the start', () => {
  const write = jest.spyOn(process.stderr, 'write');
  afterAll(() => void write.mockRestore());

  /** What an application in such an environment has told by the end of two requests. */
  async function toldIn([environment, nodeEnv]: readonly [string, string], ...paths: string[]): Promise<unknown[]> {
    write.mockClear();
    write.mockReturnValue(true);
    process.env['NODE_ENV'] = nodeEnv;
    const { auditor, events } = recording({
      service: { name: 'shop', environment },
      rules: [{ name: 'pings\u001b[2J', when: { resource: 'ping' }, level: 'none' }],
    });
    const app = VERSIONS[1]?.[1]() as Express;
    app.use(audit(auditor));
    for (const path of paths) app.post(path, ok);
    await request(app).get('/');
    await request(app).get('/');
    await events();
    const told = write.mock.calls.map(([text]) => text);
    write.mockReset();
    process.env['NODE_ENV'] = 'test';
    return told;
  }

  test('says once how many routes are recorded and which are not', async () => {
    expect(await toldIn(['development', ''], '/orders', '/pings')).toEqual([
      'whodunit: 1 of 2 mutating routes are recorded. Not recorded: POST /pings (rule `pings?[2J`). auditor.coverage() has the details.\n',
    ]);
    expect(await toldIn(['local', 'development'], '/orders')).toEqual([
      'whodunit: 1 of 1 mutating route is recorded. See auditor.coverage().\n',
    ]);
  });

  test('says nothing in production, in tests, and of an application that changes nothing', async () => {
    expect(await toldIn(['production', ''], '/pings')).toEqual([]);
    expect(await toldIn(['test', ''], '/pings')).toEqual([]);
    expect(await toldIn(['eu-1', 'production'], '/pings')).toEqual([]);
    expect(await toldIn(['development', ''], '/orders/search')).toEqual([]);
  });
});
