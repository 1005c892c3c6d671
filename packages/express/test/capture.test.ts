import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvent } from '@whodunit/core';
import { audit, currentScope, type ExpressAuditOptions } from '@whodunit/express';
import type { Express, RequestHandler } from 'express';
import request from 'supertest';
import { only, type Recording, recording } from './support/running';
import { VERSIONS } from './support/versions';

interface Project {
  id: string;
  name: string;
  budget: number;
  password?: string;
}

describe.each(VERSIONS)('with %s', (_version, express) => {
  let recorded: Recording;
  let projects: Map<string, Project>;

  beforeEach(() => {
    projects = new Map([['42', { id: '42', name: 'Apollo', budget: 10 }]]);
  });

  afterEach(() => recorded.auditor.close());

  function shop(options: ExpressAuditOptions = {}): Express {
    recorded = recording(options);
    const app = express();
    app.use(audit(recorded.auditor), express.json());
    app.put('/projects/:id', (req, res) => {
      const project = projects.get(req.params.id);
      // The very object that the loader hands out is changed.
      res.json(Object.assign(project ?? {}, req.body));
    });
    app.delete('/projects/:id', (req, res) => void res.status(projects.delete(req.params.id) ? 204 : 404).end());
    return app;
  }

  test('a rule of recognition names what only the application knows, and a PUT that creates is told from one that updates', async () => {
    recorded = recording({
      recognise: [
        {
          when: { method: 'POST', route: '/tickets/:id/flow' },
          then: { action: 'ticket.escalate', resource: 'ticket', idParam: 'id' },
        },
        { when: { route: '/beacon' }, then: { event: false } },
      ],
    });
    const app = express();
    app.use(audit(recorded.auditor));
    app.post(['/tickets/:id/flow', '/beacon'], (_req, res) => void res.end());
    app.put('/labels/:name', (req, res) => void res.status(req.params.name === 'new' ? 201 : 200).end());
    await request(app).post('/tickets/7/flow');
    await request(app).post('/beacon');
    await request(app).put('/labels/old');
    await request(app).put('/labels/new');
    const events = await recorded.events();
    expect(events.map(({ action, resource }) => [action, resource?.id])).toEqual([
      ['ticket.escalate', '7'],
      ['label.update', 'old'],
      ['label.create', 'new'],
    ]);
  });

  const loading = (load: (id: string) => unknown): ExpressAuditOptions => ({ resources: { project: { load } } });
  const done = async () => only(await recorded.events());

  describe('a loader', () => {
    test('makes the diff of an update exact', async () => {
      const app = shop(loading((id) => projects.get(id)));
      await request(app).put('/projects/42').send({ budget: 20, unknown: true }).expect(200);
      const event = await done();
      expect(event.diff).toEqual({ fidelity: 'exact' });
      expect(event.changes).toEqual([
        { path: '/budget', op: 'replace', old: 10, new: 20 },
        { path: '/unknown', op: 'add', new: true },
      ]);
      expect(event.resource).toEqual({ type: 'project', id: '42', name: 'Apollo' });
    });

    test('tells what a delete took away', async () => {
      const app = shop(loading(async (id) => projects.get(id)));
      await request(app).delete('/projects/42').expect(204);
      const event = await done();
      expect(event).toMatchObject({
        action: 'project.delete',
        diff: { fidelity: 'exact' },
        resource: { name: 'Apollo' },
      });
      expect(event.changes).toContainEqual({ path: '/budget', op: 'remove', old: 10 });
    });

    test('shows that a secret changed and not what it is', async () => {
      const app = shop(loading((id) => projects.get(id)));
      await request(app).put('/projects/42').send({ password: 'hunter2-hunter2' });
      const event = await done();
      expect(event.changes).toEqual([{ path: '/password', op: 'add', new: { $redacted: true } }]);
    });

    test.each<[string, (id: string) => unknown]>([
      [
        'that throws',
        () => {
          throw new Error('database is down');
        },
      ],
      ['that rejects', () => Promise.reject(new Error('database is down'))],
      ['that takes too long', () => sleep(1_300, {})],
    ])('%s leaves the event without an exact diff, and says so', async (_how, load) => {
      const app = shop(loading(load));
      await request(app).put('/projects/42').send({ budget: 20 }).expect(200);
      const event = await done();
      expect(event).toMatchObject({ action: 'project.update', outcome: 'success' });
      expect(event.diff?.fidelity).not.toBe('exact');
      expect(recorded.errors.map(({ code }) => code)).toContain('AUDIT_CAPTURE_FAILED');
    });

    test('tells no change of what was refused', async () => {
      recorded = recording(loading((id) => projects.get(id)));
      const app = express();
      app.use(audit(recorded.auditor), express.json());
      app.put('/projects/:id', (_req, res) => void res.status(403).end());
      await request(app).put('/projects/42').send({ budget: 20 });
      const event = await done();
      expect(event).toMatchObject({ outcome: 'denied', resource: { type: 'project', id: '42' } });
      expect(event.changes).toBeUndefined();
    });

    test('tells of the resource that the route names, and of no other in its path', async () => {
      let count = 0;
      const load = () => ({ count: count++ });
      for (const types of [['org', 'member'], ['member', 'org'], ['org']]) {
        recorded = recording({ resources: Object.fromEntries(types.map((type) => [type, { load }])) });
        const app = express();
        app.use(audit(recorded.auditor), express.json());
        app.patch('/orgs/:orgId/members/:id', (_req, res) => void res.json({}));
        app.post('/orgs/:orgId/members', (_req, res) => void res.json({ id: 1 }));
        app.patch('/orgs/:orgId', (_req, res) => void res.json({}));
        await request(app).patch('/orgs/1/members/1').send({ role: 'admin' });
        await request(app).post('/orgs/1/members').send({ role: 'admin' });
        await request(app).patch('/orgs/1').send({ name: 'Acme' });
        const told = (await recorded.events()).map(({ action, changes, diff }) => [
          action,
          diff?.fidelity,
          changes?.[0]?.path,
        ]);
        expect(told.toSorted()).toEqual([
          ['member.add', 'partial', '/role'],
          ['member.update', ...(types.includes('member') ? ['exact', '/count'] : ['partial', '/role'])],
          ['org.update', 'exact', '/count'],
        ]);
      }
    });

    test('tells of what stands where the id is, also when the action calls it something else', async () => {
      let count = 0;
      recorded = recording({ resources: { member: { load: () => ({ count: count++ }) } } });
      const app = express();
      app.use(audit(recorded.auditor), express.json());
      app.put('/orgs/:orgId/members/:id/role', (_req, res) => void res.json({}));
      await request(app).put('/orgs/1/members/2/role').send({ role: 'admin' });
      expect(await done()).toMatchObject({
        action: 'role.assign',
        resource: { type: 'user', id: '2' },
        diff: { fidelity: 'exact' },
      });
    });

    test('is asked for nothing when nothing is written', async () => {
      const load = jest.fn();
      const app = shop(loading(load));
      await request(app).get('/projects/42');
      await request(app).post('/projects');
      expect(load).not.toHaveBeenCalled();
    });
  });

  test('without a loader the diff is what the body says, marked as partial', async () => {
    await request(shop()).put('/projects/42').send({ budget: 20 });
    const event = await done();
    expect(event.diff).toMatchObject({ fidelity: 'partial', why: expect.stringContaining('no loader') });
    expect(event.changes).toEqual([{ path: '/budget', op: 'replace', new: 20 }]);
  });

  test.each<[string, RequestHandler, string | undefined]>([
    ['id', (_req, res) => void res.json({ id: 7 }), '7'],
    ['_id', (_req, res) => void res.json({ _id: '65a1b2c3d4e5f60718293a4b' }), '65a1b2c3d4e5f60718293a4b'],
    ['the usual wrapper', (_req, res) => void res.json({ data: { id: 'p-7' } }), 'p-7'],
    ['a wrapper of its own name', (_req, res) => void res.json({ project: { id: 'p-8' } }), 'p-8'],
    ['a name of its own', (_req, res) => void res.json({ projectId: 'p-9' }), 'p-9'],
    ['Location', (_req, res) => void res.status(201).location('/projects/712').end(), '712'],
    ['a redirect', (_req, res) => res.redirect(303, '/projects/713?created=1'), '713'],
    ['JSON in a buffer', (_req, res) => void res.type('json').end(Buffer.from('{"id":"p-10"}')), 'p-10'],
    ['nothing', (_req, res) => void res.status(204).end(), undefined],
    ['an error', (_req, res) => void res.status(400).json({ id: 'p-11' }), undefined],
  ])('the id of a create comes from the answer: %s', async (_where, handler, id) => {
    const app = shop();
    app.post('/projects', handler);
    await request(app).post('/projects').send({ name: 'Gemini' });
    const event = await done();
    expect([event.action, event.resource?.type, event.resource?.id]).toEqual(['project.create', 'project', id]);
  });

  test('what a handler says through the scope refines the event', async () => {
    const app = shop();
    app.post('/orders/:id/close', (_req, res) => {
      const scope = currentScope();
      scope?.setActor({ type: 'user', id: 'u-1', name: 'Jane' });
      scope?.setTenant({ id: 'acme' });
      scope?.setAction('order.archive');
      scope?.setResource({ name: 'Order 17' });
      scope?.setReason('asked for by phone');
      scope?.note('ticket', 'T-1');
      scope?.change({ open: true }, { open: false });
      res.end();
    });
    await request(app).post('/orders/17/close');
    expect(await done()).toMatchObject({
      action: 'order.archive',
      actor: { id: 'u-1' },
      tenant: { id: 'acme' },
      resource: { type: 'order', id: '17', name: 'Order 17' },
      reason: { text: 'asked for by phone' },
      metadata: { ticket: 'T-1' },
      changes: [{ path: '/open', op: 'replace', old: true, new: false }],
      diff: { fidelity: 'exact' },
    });
  });

  test('another resource that was changed is an event of its own below the one of the request', async () => {
    const app = shop();
    app.post('/orders', (_req, res) => {
      currentScope()?.change({ stock: 3 }, { stock: 2 }, { type: 'product', id: 'p-1' });
      res.status(201).json({ id: 'o-1' });
    });
    await request(app).post('/orders').send({ product: 'p-1' });
    const events = await recorded.events();
    const [order, product] = events;
    expect(events.map(({ action }) => action)).toEqual(['order.create', 'product.update']);
    expect(product).toMatchObject({ parent: order?.id, resource: { type: 'product', id: 'p-1' } });
    expect(product?.request?.id).toBe(order?.request?.id);
    expect(product?.changes).toEqual([{ path: '/stock', op: 'replace', old: 3, new: 2 }]);
  });

  test('what a body claims as its method names no event, unless the application routed it so', async () => {
    recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor), express.json());
    app.post('/login', (_req, res) => void res.status(401).end());
    app.post('/projects', (_req, res) => void res.status(201).end());
    await request(app).post('/login').send({ _method: 'PUT', email: 'jane@example.com' });
    await request(app).post('/projects').send({ _method: 'DELETE' });
    expect((await recorded.events()).map(({ action }) => action)).toEqual(['auth.login', 'project.create']);
  });

  test('a secret in the path is no id, neither of the resource nor of what it lies in', async () => {
    recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor));
    app.get('/invitations/:token/accept', (_req, res) => void res.end());
    app.delete('/tokens/:accessToken', (_req, res) => void res.end());
    await request(app).get('/invitations/opens-the-door/accept');
    await request(app).delete('/tokens/opens-the-door');
    // Without a route of that path nobody says what it is.
    await request(app).get('/invitations/0123456789abcdef0123/accept');
    await request(app).post('/password/reset/0123456789abcdef0123');
    await request(app).get('/verify-email/0123456789abcdef0123');
    const events = await recorded.events();
    expect(events.map(({ action }) => action)).toEqual([
      'member.invite_accept',
      'token.revoke',
      'member.invite_accept',
      'account.password_reset',
      'account.verify',
    ]);
    expect(JSON.stringify(events)).not.toMatch(/opens-the-door|0123456789abcdef/);
  });

  test('a PATCH of nothing leaves nothing, unless it fails or has a body that nobody read', async () => {
    recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor), express.json());
    app.patch('/projects/:id', (req, res) => void res.status(req.params.id === '404' ? 404 : 200).end());
    await request(app).patch('/projects/1').send({});
    await request(app).patch('/projects/404').send({});
    await request(app).patch('/projects/1?name=x').send({});
    await request(app).patch('/projects/2').type('application/octet-stream').send('ab');
    await request(app).patch('/projects/3').send({ name: 'x' });
    const events = await recorded.events();
    expect(events.map(({ resource }) => resource?.id)).toEqual(['404', '1', '2', '3']);
  });

  test('a request that is skipped leaves nothing', async () => {
    const app = shop();
    app.post('/orders', (_req, res) => {
      currentScope()?.skip();
      res.end();
    });
    await request(app).post('/orders');
    expect(await recorded.events()).toEqual([]);
  });

  test('rules decide how much is told', async () => {
    const app = shop({
      rules: [
        { when: { route: '/quiet/*' }, level: 'none' },
        { name: 'no content', when: { route: '/meta/*' }, level: 'metadata' },
        { when: { route: '/all/*' }, level: 'full' },
      ],
    });
    app.post(
      ['/quiet/things', '/meta/things', '/plain/things', '/all/things'],
      (_req, res) => void res.json({ id: 1 }),
    );
    for (const where of ['quiet', 'meta', 'plain', 'all'])
      await request(app).post(`/${where}/things`).send({ size: 3 });
    const events = await recorded.events();
    const told = (event: AuditEvent) => [
      event.capture.level,
      event.changes !== undefined,
      event.metadata !== undefined,
    ];
    expect(events.map(told)).toEqual([
      ['metadata', false, false],
      ['changes', true, false],
      ['full', true, true],
    ]);
    expect(events[0]?.capture.rule).toBe('no content');
    expect(events[2]?.metadata).toEqual({ answer: { id: 1 }, body: { size: 3 } });
  });

  test('reads are silent, denied reads are told once and counted', async () => {
    const app = shop();
    app.get('/projects/:id', (req, res) => void res.status(req.params.id === '1' ? 200 : 403).end());
    await request(app).get('/projects/1').expect(200);
    for (let i = 0; i < 5; i++) await request(app).get('/projects/2').expect(403);
    const events = await recorded.events();
    expect(events).toMatchObject([
      { action: 'project.read', outcome: 'denied', resource: { id: '2' } },
      { action: 'project.read', outcome: 'denied', resource: { id: '2' }, metadata: { repeated: { count: 4 } } },
    ]);
    expect(events[0]?.metadata).toBeUndefined();
  });

  test.each(['/health', '/healthz', '/metrics', '/favicon.ico', '/assets/app.js', '/robots.txt'])(
    '%s is silent, also when it fails',
    async (path) => {
      const app = shop();
      app.get(path, (_req, res) => void res.status(503).end());
      await request(app).get(path);
      await request(app).options(path);
      expect(await recorded.events()).toEqual([]);
    },
  );

  test('what the application records by hand in a request belongs to it', async () => {
    const app = shop();
    app.post('/orders', (_req, res) => {
      currentScope()?.setActor('u-1');
      recorded.auditor.record({ action: 'mail.send', resource: { type: 'mail', id: 'm-1' } });
      res.status(201).json({ id: 'o-1' });
    });
    await request(app).post('/orders');
    const [mail, order] = await recorded.events();
    expect(mail).toMatchObject({ action: 'mail.send', parent: order?.id, actor: { id: 'u-1' } });
    expect(mail?.source?.ip).toMatch(/127\.0\.0\.1|::1/);
  });

  test('an id that holds the digits of a card number is stored whole', async () => {
    const app = shop();
    app.put('/things/:id', (_req, res) => void res.end());
    // The digits behind the last letter but one pass the check of card numbers.
    const ids = ['01a2060e-c922-7024-b704-7692197308bd', '1234567890123456789', 'a4000056655665556a4000056655665556'];
    for (const id of ids) await request(app).put(`/things/${id}`);
    expect((await recorded.events()).map(({ resource }) => resource?.id)).toEqual(ids);
  });

  test('what the application says about actor and tenant wins over what libraries leave', async () => {
    const app = shop({ actor: () => ({ type: 'service', id: 's-1' }), tenant: async () => 'acme' });
    await request(app).put('/projects/42').send({ budget: 1 });
    expect(await done()).toMatchObject({ actor: { type: 'service', id: 's-1' }, tenant: { id: 'acme' } });
  });

  test.each<[string, ExpressAuditOptions]>([
    [
      'throw',
      {
        actor: () => {
          throw new Error('x');
        },
        tenant: () => {
          throw new Error('x');
        },
      },
    ],
    ['reject', { actor: () => Promise.reject(new Error('x')), tenant: () => Promise.reject(new Error('x')) }],
    ['hang', { actor: () => new Promise(() => undefined), tenant: () => new Promise(() => undefined) }],
  ])('resolvers that %s cost nothing but their answer', async (_how, options) => {
    const app = shop(options);
    await request(app).put('/projects/42').send({ budget: 1 }).expect(200);
    expect(await done()).toMatchObject({ action: 'project.update', actor: { type: 'anonymous' } });
    expect(recorded.errors.map(({ code }) => code)).toEqual(['AUDIT_CAPTURE_FAILED', 'AUDIT_CAPTURE_FAILED']);
  });
});
