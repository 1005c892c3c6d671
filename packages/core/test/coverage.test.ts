import { type AuditorOptions, createAuditor, DEFAULTS } from '@whodunit/core';
import { type Auditor, coverageWith, type ListedRoute } from '@whodunit/core/http';
import { captureWrites } from '@whodunit/core/writes';
import { memorySink } from '@whodunit/testing';

const open: Auditor[] = [];

function coverageOf(listed: readonly ListedRoute[], options: AuditorOptions = {}) {
  const auditor = createAuditor({ service: 'shop', sinks: [memorySink()], ...options });
  open.push(auditor);
  return coverageWith(auditor, () => listed);
}

/** `POST /orders/:id/refund` as a listed route. */
function listed(...texts: readonly string[]): ListedRoute[] {
  return texts.map((text) => {
    const [method = '', route = ''] = text.split(' ');
    return { method, route };
  });
}

afterEach(async () => {
  for (const auditor of open.splice(0)) await auditor.close();
});

test('tells of each route what its event will be called, to what it will be, and why', () => {
  const { routes } = coverageOf(
    listed('POST /login', 'POST /orders', 'PATCH /orgs/:orgId/orders/:id', 'POST /orders/:id/refund'),
  );
  expect(routes).toEqual([
    row('POST /login', { action: 'auth.login', resource: 'session', why: 'POST /login is a login' }),
    row('POST /orders', { action: 'order.create', resource: 'order', why: 'POST /orders creates' }),
    row('PATCH /orgs/:orgId/orders/:id', {
      action: 'order.update',
      resource: 'order',
      idParam: 'id',
      why: 'PATCH /orgs/:orgId/orders/:id updates',
      gaps: ['no loader'],
    }),
    row('POST /orders/:id/refund', {
      action: 'order.refund',
      resource: 'order',
      idParam: 'id',
      why: 'POST /orders/:id/refund says refund',
    }),
  ]);
  expect(routes.map(String)[1]).toBe('POST /orders');
});

/** A row that is recorded as usual. */
function row(name: string, said: object) {
  const [method, route] = name.split(' ');
  return { method, route, level: 'changes', recorded: true, varies: false, gaps: [], ...said };
}

test('a GET counts when it writes, and no other', () => {
  const coverage = coverageOf(
    listed(
      'GET /logout',
      'GET /verify-email/:token',
      'GET /unsubscribe/:ticket',
      'GET /orders',
      'GET /orders/export',
      'HEAD /orders',
      'OPTIONS /orders',
    ),
  );
  expect(coverage.routes.map(({ route, action }) => [route, action])).toEqual([
    ['/logout', 'auth.logout'],
    ['/verify-email/:token', 'account.verify'],
    ['/unsubscribe/:ticket', 'request.unsubscribe'],
  ]);
  expect(coverage.quiet).toEqual([]);
});

test('a POST that only reads, and what no trail wants, is no gap but is shown', () => {
  const coverage = coverageOf(
    listed('POST /orders/search', 'POST /auth/refresh', 'POST /healthz', 'POST /orders/export'),
  );
  expect(coverage.quiet.map(String)).toEqual(['POST /orders/search', 'POST /auth/refresh', 'POST /healthz']);
  expect(coverage.routes).toMatchObject([
    { action: 'order.export', level: 'metadata', rule: 'downloads and exports', recorded: true },
  ]);
  expect(coverage.unaudited).toEqual([]);
});

test('what a rule turns down is unaudited, with the name of the rule', () => {
  const coverage = coverageOf(listed('POST /webhooks/:id/pings', 'POST /orders', 'DELETE /carts/:id'), {
    rules: [
      { name: 'partners', when: { route: '/webhooks/*' }, level: 'none' },
      { when: { resource: 'cart' }, level: 'none' },
      { name: 'failures only', when: { outcome: 'success', action: 'order.create' }, level: 'none' },
    ],
  });
  expect(coverage.unaudited.map((one) => [String(one), one.unrecorded, one.rule, one.level])).toEqual([
    ['POST /webhooks/:id/pings', 'rule `partners`', 'partners', 'none'],
    ['POST /orders', 'rule `failures only`', 'failures only', 'none'],
    ['DELETE /carts/:id', 'rule `rules[1]`', 'rules[1]', 'none'],
  ]);
});

test('a rule of recognition counts: what it names, what it silences, and what it calls a read', () => {
  const coverage = coverageOf(listed('POST /tickets/:id/flow', 'POST /beacons', 'POST /quotes', 'POST /auth/refresh'), {
    recognise: [
      { when: { route: '/tickets/:id/flow' }, then: { action: 'ticket.escalate' } },
      { name: 'beacons', when: { route: '/beacons' }, then: { event: false } },
      { when: { route: '/quotes' }, then: { action: 'quote.read', operation: 'read' } },
      { when: { route: '/auth/refresh' }, then: { event: true } },
    ],
  });
  expect(coverage.routes.map((one) => [String(one), one.action, one.why])).toEqual([
    ['POST /tickets/:id/flow', 'ticket.escalate', 'the rule recognise[0] says so'],
    ['POST /beacons', 'beacon.create', 'the rule beacons says so'],
    ['POST /auth/refresh', 'auth.token_refresh', 'the rule recognise[3] says so'],
  ]);
  expect(coverage.unaudited.map((one) => [String(one), one.unrecorded])).toEqual([
    ['POST /beacons', 'the rule beacons says so'],
  ]);
  expect(coverage.quiet.map(String)).toEqual(['POST /quotes']);
});

test('what decorators say stands above recognition and rules', () => {
  const { routes } = coverageOf(
    [
      { method: 'POST', route: '/orders/:id/steps', told: { action: 'order.refund', resource: 'order' } },
      { method: 'PUT', route: '/orders/:id', told: { level: 'full', idParam: null } },
      { method: 'POST', route: '/pings', told: { level: 'none' } },
      { method: 'POST', route: '/carts', unwatched: '@SkipAudit' },
      { method: 'POST', route: '/health', told: { action: 'check.run' } },
      { method: 'GET', route: '/orders/:id/seen', told: { action: 'order.mark_seen' } },
    ],
    { rules: [{ name: 'all', level: 'metadata' }] },
  );
  expect(
    routes.map(({ action, resource, idParam, level, unrecorded }) => [action, resource, idParam, level, unrecorded]),
  ).toEqual([
    ['order.refund', 'order', 'id', 'metadata', undefined],
    ['order.update', 'order', undefined, 'full', undefined],
    ['ping.create', 'ping', undefined, 'none', 'its decorator says so'],
    ['cart.create', 'cart', undefined, 'none', '@SkipAudit'],
    ['check.run', undefined, undefined, 'metadata', undefined],
    ['order.mark_seen', 'seen', undefined, 'metadata', undefined],
  ]);
});

test('tells where a resource, a loader or a diff is missing', () => {
  const coverage = coverageOf(
    listed(
      'PATCH /projects/:id',
      'DELETE /projects/:id',
      'PATCH /teams/:id',
      'DELETE /teams/:id',
      'POST /',
      'PUT /me/password',
      'POST /teams/:id/lock',
    ),
    { resources: { project: { load: () => ({}) }, team: { name: 'title' } } },
  );
  expect(coverage.withoutResource.map(String)).toEqual(['POST /']);
  expect(coverage.withoutLoader.map(String)).toEqual(['PATCH /teams/:id', 'DELETE /teams/:id']);
  expect(coverage.withoutDiff.map(String)).toEqual(['DELETE /teams/:id']);
});

test('level metadata leaves no diff, whatever a loader could read', () => {
  const coverage = coverageOf(listed('PATCH /projects/:id'), {
    resources: { project: { load: () => ({}) } },
    rules: [{ level: 'metadata' }],
  });
  expect(coverage.withoutDiff).toMatchObject([{ gaps: ['no diff'], level: 'metadata', rule: 'rules[0]' }]);
});

test('a loader of another resource in the path is none, and one of what stands where the id is, is one', () => {
  const load = () => ({});
  const missing = (resources: AuditorOptions['resources']) =>
    coverageOf(listed('PATCH /orgs/:orgId/members/:id', 'PUT /orgs/:orgId/members/:id/role'), {
      ...(resources === undefined ? {} : { resources }),
    }).withoutLoader.map(String);
  expect(missing({ org: { load }, member: { load } })).toEqual([]);
  expect(missing({ member: { load } })).toEqual([]);
  expect(missing({ org: { load } })).toHaveLength(2);
});

test('says what it can of a route for every method, of a pattern and of a route that its body names', () => {
  const { routes, unaudited } = coverageOf(
    [
      { method: 'ALL', route: '/orders/:id' },
      { method: 'ALL', route: '/carts/:id' },
      { method: 'ALL', route: '/healthz' },
      { method: 'POST', route: '/^\\/files\\//', unnamed: 'a pattern' },
      { method: 'POST', route: '/^\\/old\\//', unnamed: 'a pattern' },
      { method: 'POST', route: '/graphql' },
      { method: 'GET', route: '*', unnamed: 'a pattern' },
    ],
    {
      rules: [
        { when: { route: '*old*' }, level: 'none' },
        { when: { action: 'cart.delete' }, level: 'none' },
      ],
    },
  );
  expect(routes.map((one) => [String(one), one.action, one.varies, one.recorded, one.why])).toEqual([
    ['ALL /orders/:id', undefined, true, true, 'each request is named by its method'],
    ['ALL /carts/:id', undefined, true, false, 'each request is named by its method'],
    ['ALL /healthz', undefined, true, true, 'each request is named by its method'],
    ['POST /^\\/files\\//', undefined, true, true, 'a pattern'],
    ['POST /^\\/old\\//', undefined, true, false, 'a pattern'],
    ['POST /graphql', undefined, true, true, 'each request says what it does'],
  ]);
  expect(unaudited.map((one) => one.unrecorded)).toEqual(['rule `rules[1]`', 'rule `rules[0]`']);
});

test('a route that is listed twice counts once, as it is met first', () => {
  const { routes } = coverageOf([
    { method: 'POST', route: '/orders' },
    { method: 'POST', route: '/orders', unwatched: 'late' },
    { method: 'POST', route: '/orders', handler: { controller: 'Orders', method: 'create' } },
  ]);
  expect(routes.map(({ handler, recorded }) => [handler, recorded])).toEqual([
    [undefined, true],
    ['Orders.create', true],
  ]);
});

test('is frozen, and changes nothing of what was listed', () => {
  const given = Object.freeze([Object.freeze({ method: 'DELETE', route: '/orders/:id' })]);
  const coverage = coverageOf(given);
  expect(
    [coverage, coverage.routes, coverage.unaudited, coverage.routes[0], coverage.routes[0]?.gaps].every(
      Object.isFrozen,
    ),
  ).toBe(true);
});

test('as text it is one line a route, with a mark on what is not recorded', () => {
  const coverage = coverageOf(listed('POST /login', 'DELETE /orders/:id', 'POST /pings', 'POST /orders/search'), {
    rules: [{ name: 'pings', when: { resource: 'ping' }, level: 'none' }],
  });
  expect(String(coverage).split('\n')).toEqual([
    '2 of 3 mutating routes are recorded.',
    '  POST    /login       auth.login    session    is a login',
    '  DELETE  /orders/:id  order.delete  order :id  deletes; no loader; no diff',
    '- POST    /pings       ping.create   ping       creates; not recorded: rule `pings`',
    'No event, as they only read or are what no trail wants:',
    '  POST  /orders/search  order.list  order  says search: it only reads',
  ]);
});

test('the text has no control characters, whatever routes and rules are called', () => {
  const coverage = coverageOf([{ method: 'POST', route: '/a\u001b[2J\nb\u202e/:id' }], {
    rules: [{ name: 'x\u0007\n', level: 'none' }],
  });
  const lines = String(coverage).split('\n');
  expect(lines).toHaveLength(2);
  expect(lines.join('')).not.toMatch(/\p{C}/u);
});

test('throws when no application is known, and when it has no routes: nothing looked at is not nothing missing', async () => {
  const auditor = createAuditor({ service: 'shop', sinks: [memorySink()], dispatch: DEFAULTS.dispatch });
  open.push(auditor);
  expect(() => auditor.coverage()).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }));
  expect(() => coverageWith(auditor, () => [])).toThrow(/has no routes/);
});

test('lists the writes to a database that nobody saw, and prints them', async () => {
  const auditor = createAuditor({ service: 'shop', sinks: [memorySink()] });
  open.push(auditor);
  const writes = captureWrites('orm', 'auditOrm', { auditor });
  const why = 'Use the verbs of the ORM.';
  for (const verb of ['$executeRaw', '$executeRaw', 'truncate']) writes.gap({ verb, model: 'orders', why });
  const coverage = coverageWith(auditor, () => listed('POST /orders'));
  expect(coverage.unseenWrites).toEqual([
    { by: 'orm', verb: '$executeRaw', model: 'orders' },
    { by: 'orm', verb: 'truncate', model: 'orders' },
  ]);
  expect(String(coverage).split('\n').slice(-3)).toEqual([
    'Written to a database, and not seen:',
    '- orm  $executeRaw  orders',
    '- orm  truncate  orders',
  ]);
});
