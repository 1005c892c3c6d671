import { type AuditEvent, eventLine } from '@whodunit/core';
import { audit, type ExpressAuditOptions } from '@whodunit/express';
import type { Express, RequestHandler } from 'express';
import express from 'express';
import request from 'supertest';
import { only, type Recording, recording } from './support/running';

const SECRET = 'Zk3vQ9xT2mWb7yR4nLc8PdGh';

let recorded: Recording;

function appWith(options?: ExpressAuditOptions): Express {
  recorded = recording(options);
  const app = express();
  const types = ['application/json', 'application/json-patch+json', 'application/merge-patch+json'];
  app.use(audit(recorded.auditor), express.json({ type: types }));
  app.use((req, _res, next) => {
    Object.assign(req, { user: { id: 'u-1', email: 'jane@example.com' } });
    next();
  });
  return app;
}

const answering =
  (status: number, body?: unknown): RequestHandler =>
  (_req, res) =>
    void (body === undefined ? res.status(status).end() : res.status(status).json(body));

interface Sent {
  readonly status?: number;
  readonly answer?: unknown;
  readonly type?: string;
  readonly path?: string;
}

/** The one event of a request to this route. */
async function eventOf(route: string, body?: unknown, sent: Sent = {}): Promise<AuditEvent> {
  const [method = '', path = ''] = route.split(' ');
  const app = appWith();
  app[method.toLowerCase() as 'post'](path, answering(sent.status ?? 200, sent.answer));
  const asked = request(app)[method.toLowerCase() as 'post'](sent.path ?? path.replace(':id', '7'));
  await (body === undefined ? asked : asked.type(sent.type ?? 'application/json').send(JSON.stringify(body)));
  const event = only(await recorded.events());
  expect(recorded.errors).toEqual([]);
  expect(eventLine(event)).not.toContain(SECRET);
  expect(eventLine(event)).not.toContain('short-one');
  return event;
}

describe('the id of a resource that the route does not name', () => {
  test.each<[route: string, body: unknown, id: string | undefined, answer: unknown]>([
    ['POST /orders/refund', { orderId: 'o-1', customerId: 'c-1' }, 'o-1', null],
    ['POST /orders/refund', { order_id: 12 }, '12', null],
    ['POST /orders/cancel', { id: 'o-1' }, 'o-1', null],
    ['POST /orders/cancel', { order: { id: 'o-1' } }, 'o-1', null],
    ['POST /orders/cancel', { order: 'o-1' }, 'o-1', null],
    ['POST /orders/cancel', { input: { orderId: 'o-1' } }, 'o-1', null],
    ['POST /orders/cancel', { reason: 'late', customerId: 'c-1' }, undefined, null],
    ['POST /articles/delete', { article: { slug: 'on-time' } }, 'on-time', null],
    ['PUT /articles', { article: { slug: 'on-time', title: 'On time' } }, 'on-time', null],
    ['POST /articles', { article: { title: 'On time' } }, 'on-time', { article: { slug: 'on-time' } }],
    ['POST /line-items/remove', { lineItemId: 'l-1' }, 'l-1', null],
    ['POST /users/impersonate', { userId: 'u-9' }, 'u-9', null],
    ['PATCH /me', { id: 'u-9', name: 'x' }, 'u-1', null],
    ['POST /tokens/revoke', { token: SECRET }, undefined, null],
    ['POST /sessions/revoke', { sessionId: SECRET }, undefined, null],
    ['POST /keys/revoke', { key: SECRET }, undefined, null],
    ['POST /signing-keys/revoke', { signingKey: SECRET }, undefined, null],
    ['POST /keys/revoke', { key: 'short-one' }, undefined, null],
    ['POST /keys/revoke', { key: 17 }, '17', null],
    ['POST /keys/revoke', { keyId: 'key-1' }, 'key-1', null],
  ])('of %s with %j is %s', async (route, body, id, answer) => {
    const { resource } = await eventOf(route, body, answer === null ? {} : { answer });
    if (id !== undefined) expect(resource?.id).toBe(id);
    else expect(resource?.id ?? 'sha256:').toMatch(/^sha256:/);
  });

  test('is the one in the route, whatever the body says', async () => {
    expect((await eventOf('PUT /orders/:id', { id: 'o-9' })).resource).toEqual({ type: 'order', id: '7' });
  });
});

describe('a request about many resources', () => {
  test.each<[route: string, body: unknown, resources: object, answer: unknown]>([
    ['DELETE /orders', { ids: [1, 2, 3] }, { count: 3, ids: ['1', '2', '3'] }, null],
    ['POST /orders/bulk-delete', { orderIds: ['a', 'b'] }, { count: 2, ids: ['a', 'b'] }, null],
    ['POST /orders/batchDelete', { items: [{ id: 1 }, { orderId: 2 }] }, { count: 2, ids: ['1', '2'] }, null],
    ['PATCH /orders', [{ id: 1, note: 'x' }, { note: 'y' }], { count: 2, ids: ['1'] }, null],
    ['POST /orders/cancel', { orders: ['a', 'b'] }, { count: 2, ids: ['a', 'b'] }, null],
    ['POST /orders/batch', [{ note: 'x' }, { note: 'y' }], { count: 2, ids: ['5', '6'] }, [{ id: 5 }, { id: 6 }]],
    ['DELETE /keys', { keys: [SECRET, 'short-one'] }, { count: 2, ids: [expect.stringMatching(/^sha256:/)] }, null],
    [
      'POST /tokens/revoke',
      { tokens: [SECRET, 'short'] },
      { count: 2, ids: [expect.stringMatching(/^sha256:/)] },
      null,
    ],
  ])('%s with %j tells which', async (route, body, resources, answer) => {
    const { metadata, resource } = await eventOf(route, body, answer === null ? {} : { answer });
    expect(metadata).toEqual({ resources });
    expect(resource?.id).toBeUndefined();
  });

  test('tells how many, and the first hundred', async () => {
    const { metadata } = await eventOf('DELETE /orders', { ids: Array.from({ length: 5_000 }, (_, i) => i + 1) });
    const ids = Array.from({ length: 100 }, (_, i) => String(i + 1));
    expect(metadata).toEqual({ resources: { count: 5_000, ids } });
  });
});

describe('what an update says', () => {
  test('is told without its wrapping', async () => {
    const { changes, resource } = await eventOf('PUT /articles/:id', {
      article: { title: 'On time', password: SECRET },
    });
    expect(resource).toEqual({ type: 'article', id: '7', name: 'On time' });
    expect(changes).toEqual([
      { new: 'On time', op: 'replace', path: '/title' },
      { new: { $redacted: true }, op: 'replace', path: '/password' },
    ]);
  });

  test('stays in its wrapping where the application calls a path of the body secret', async () => {
    const app = appWith({ redact: { paths: ['/article/draft'] } });
    app.put('/articles/:id', answering(200));
    await request(app)
      .put('/articles/7')
      .send({ article: { draft: SECRET } });
    const event = only(await recorded.events());
    expect(eventLine(event)).not.toContain(SECRET);
    expect(event.changes).toEqual([{ new: { draft: { $redacted: true } }, op: 'replace', path: '/article' }]);
  });

  test('may be nothing: no body, and 204', async () => {
    const event = await eventOf('PUT /orders/:id', undefined, { status: 204 });
    expect(event).toMatchObject({ action: 'order.update', outcome: 'success', diff: { fidelity: 'none' } });
    expect(event.changes).toBeUndefined();
  });

  test('is read from a JSON Patch', async () => {
    const patch = [
      { op: 'test', path: '/version', value: 3 },
      { op: 'replace', path: '/name', value: 'Moon' },
      { op: 'add', path: '/tags/-', value: { label: 'x', apiKey: SECRET } },
      { op: 'remove', path: '/note' },
      { op: 'move', from: '/old', path: '/new' },
      { op: 'replace', path: '/owner/password', value: SECRET },
    ];
    const event = await eventOf('PATCH /orders/:id', patch, { type: 'application/json-patch+json' });
    expect(event.diff?.fidelity).toBe('partial');
    expect(event.changes).toEqual([
      { new: 'Moon', op: 'replace', path: '/name' },
      { new: { apiKey: { $redacted: true }, label: 'x' }, op: 'add', path: '/tags/-' },
      { op: 'remove', path: '/note' },
      { op: 'remove', path: '/old' },
      { op: 'add', path: '/new' },
      { new: { $redacted: true }, op: 'replace', path: '/owner/password' },
    ]);
  });

  test.each([
    ['an operation that is none', [{ op: 'explode', path: '/a' }]],
    ['a list of texts', ['a', 'b']],
    ['no operations', []],
    ['more operations than anybody sends', Array.from({ length: 1_001 }, () => ({ op: 'remove', path: '/a' }))],
  ])('is nothing known in a list with %s', async (_what, body) => {
    expect((await eventOf('PATCH /orders/:id', body)).diff?.fidelity).toBe('none');
  });

  test('is read from a merge patch, where null takes away', async () => {
    const sent = { type: 'application/merge-patch+json' };
    expect((await eventOf('PATCH /orders/:id', { note: null, size: 3 }, sent)).changes).toEqual([
      { op: 'remove', path: '/note' },
      { new: 3, op: 'replace', path: '/size' },
    ]);
  });
});

describe('a password in the update of an account', () => {
  test.each([
    ['PATCH /me', { name: 'Jane', password: SECRET }, 'account.password_change'],
    ['PUT /users/:id', { user: { password: SECRET } }, 'account.password_change'],
    [
      'PUT /users/:id',
      { email: 'j@example.com', currentPassword: SECRET, newPassword: SECRET },
      'account.password_change',
    ],
    ['PUT /users/:id', { a: 1, b: 2, c: 3, d: 4, e: 5, password: SECRET }, 'user.update'],
  ])('%s with %j shows that it changed, and what else', async (route, body, action) => {
    const event = await eventOf(route, body);
    expect(event.action).toBe(action);
    expect(event.changes?.filter((change) => /password$/i.test(change.path))).not.toEqual([]);
    expect(event.changes).toHaveLength(Object.keys('user' in body ? body.user : body).length);
  });

  test('is all that a route for passwords is about', async () => {
    const event = await eventOf('PUT /me/password', { email: 'j@example.com', password: SECRET });
    expect(event).toMatchObject({ action: 'account.password_change', resource: { type: 'user', id: 'u-1' } });
    expect(event.changes).toBeUndefined();
  });
});
