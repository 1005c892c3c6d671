import { recognise } from '@whodunit/core/http';
import { FLOWS } from '../packages/core/src/pure/recognise/flows/index.js';
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

  test('has a category for every action of the table of flows', () => {
    const actions = FLOWS.flatMap((flow) => (flow.then === undefined ? [] : [flow.then]));
    expect(actions.filter((action) => !(action in CATEGORIES))).toEqual([]);
  });
});
