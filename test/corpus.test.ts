import { recognise } from '@whodunit/core/http';
import { CATEGORIES, predict, visible } from './tools/lib/corpus.mjs';

describe('the corpus command', () => {
  test.each([
    [
      { method: 'POST', path: '/orders' },
      { action: 'create', resource: 'order', id: null },
    ],
    [
      { method: 'GET', path: '/orders' },
      { action: 'list', resource: 'order', id: null },
    ],
    [
      { method: 'GET', path: '/orders/{orderId}' },
      { action: 'read', resource: 'order', id: 'orderId' },
    ],
    [
      { method: 'PUT', path: '/orders/{id}' },
      { action: 'update', resource: 'order', id: 'id' },
    ],
    [
      { method: 'DELETE', path: '/teams/{team}/members/{id}' },
      { action: 'delete', resource: 'member', id: 'id' },
    ],
    [
      { method: 'POST', path: '/orders/{id}/refund' },
      { action: 'other', resource: 'order', id: 'id' },
    ],
    [
      { method: 'GET', path: '/orders/export' },
      { action: 'data.export', resource: 'order', id: null },
    ],
    [
      { method: 'POST', path: '/login' },
      { action: 'auth.login', resource: 'session', id: null },
    ],
    [
      { method: 'POST', path: '/auth/refresh' },
      { action: 'auth.token', resource: 'token', id: null },
    ],
    [
      { method: 'POST', path: '/branches/auth/get' },
      { action: 'read', resource: 'auth', id: null },
    ],
    [
      { method: 'GET', path: '/health' },
      { action: 'none', resource: null, id: null },
    ],
    [
      { method: 'POST', path: '/users', anon: true },
      { action: 'user.signup', resource: 'user', id: null },
    ],
    [
      { method: 'PATCH', path: '/users/{id}', bodyKeys: ['password'] },
      { action: 'auth.password_change', resource: 'user', id: 'id' },
    ],
    [
      { method: 'POST', path: '/graphql', body: { query: 'mutation { closeTicket(id: 1) { id } }' } },
      { action: 'other', resource: 'ticket', id: null },
    ],
  ])('prints %j as %j', (row, expected) => {
    expect(predict({ i: 7, ...row }, recognise)).toEqual({ i: 7, ...expected });
  });

  test('sees of a row only what a middleware sees', () => {
    const touched: string[] = [];
    const row = new Proxy(
      { i: 1, method: 'POST', path: '/orders', operationId: 'cancelOrder', gold: { category: 'other' }, api: 'shop' },
      {
        get: (target, key) => {
          touched.push(String(key));
          return Reflect.get(target, key);
        },
      },
    );
    expect(predict(row, recognise).action).toBe('create');
    expect(touched).not.toEqual(expect.arrayContaining(['operationId']));
    expect(new Set(touched)).toEqual(new Set(['i', 'method', 'path', 'query', 'bodyKeys', 'body', 'anon', 'status']));
  });

  test('takes the names of a query, however the corpus writes it', () => {
    const seen = { method: 'GET', route: '/a', queryKeys: ['q'], status: 200 };
    const row = { method: 'GET', path: '/a', status: 200 };
    expect(visible({ ...row, query: ['q'] })).toEqual(seen);
    expect(visible({ ...row, query: { q: 'x' } })).toEqual(seen);
  });

  const NAMED: readonly (readonly [request: string, action: string, category: string])[] = [
    ['POST /login', 'auth.login', 'auth.login'],
    ['POST /users/:id/impersonate', 'auth.impersonate', 'auth.login'],
    ['POST /impersonate/stop', 'auth.impersonate_stop', 'auth.logout'],
    ['POST /logout', 'auth.logout', 'auth.logout'],
    ['GET /auth/google', 'auth.redirect', 'none'],
    ['POST /auth/refresh', 'auth.token_refresh', 'auth.token'],
    ['POST /mfa/challenge', 'auth.mfa_challenge', 'auth.mfa'],
    ['POST /mfa/verify', 'auth.mfa_verify', 'auth.mfa'],
    ['POST /me/mfa', 'account.mfa_enable', 'auth.mfa'],
    ['DELETE /me/mfa', 'account.mfa_disable', 'auth.mfa'],
    ['PUT /me/password', 'account.password_change', 'auth.password_change'],
    ['POST /forgot-password', 'account.password_forgot', 'auth.password_reset'],
    ['POST /reset-password', 'account.password_reset', 'auth.password_reset'],
    ['POST /signup', 'account.signup', 'user.signup'],
    ['GET /verify-email', 'account.verify', 'auth.verify'],
    ['POST /invitations', 'member.invite', 'user.invite'],
    ['POST /invitations/:token/accept', 'member.invite_accept', 'user.invite_accept'],
    ['POST /invitations/:id/decline', 'member.invite_decline', 'other'],
    ['POST /invitations/:id/revoke', 'member.invite_revoke', 'other'],
    ['PUT /users/:id/roles', 'role.assign', 'access.role_change'],
    ['DELETE /users/:id/roles/:role', 'role.revoke', 'access.role_change'],
    ['POST /oauth/token', 'token.create', 'auth.token'],
    ['POST /oauth/introspect', 'token.introspect', 'auth.token'],
    ['POST /oauth/revoke', 'token.revoke', 'auth.token'],
  ];

  test.each(NAMED)('%s is %s, and %s in a corpus', (request, action, category) => {
    const [method = '', path = ''] = request.split(' ');
    expect(recognise({ method, route: path }).action).toBe(action);
    expect(predict({ i: 1, method, path }, recognise).action).toBe(category);
  });

  test('no name of a flow is missing above', () => {
    expect(NAMED.map(([, action]) => action).sort()).toEqual(Object.keys(CATEGORIES).sort());
  });
});
