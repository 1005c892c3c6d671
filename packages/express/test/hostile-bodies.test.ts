import { audit } from '@whodunit/express';
import express, { type RequestHandler } from 'express';
import request from 'supertest';
import { only, recording } from './support/running';

const boom = (): never => {
  throw new Error('boom');
};
const deep = (depth: number): unknown => {
  let value: unknown = { id: 1 };
  for (let i = 0; i < depth; i++) value = { data: value, ids: [value] };
  return value;
};

/** What a parser, or a middleware of the application, could leave as `req.body`. */
const BODIES: readonly (readonly [shape: string, make: () => unknown])[] = [
  ['a Proxy that throws', () => new Proxy({}, { get: boom, has: boom, ownKeys: boom, getOwnPropertyDescriptor: boom })],
  ['a Proxy of a list that throws', () => new Proxy([{ op: 'add', path: '/a' }], { get: boom, ownKeys: boom })],
  [
    'getters that throw',
    () =>
      Object.defineProperties(
        {},
        Object.fromEntries(
          ['id', 'ids', 'orderId', 'order', 'data', 'deleted', 'email', 'grant_type', 'name'].map((name) => [
            name,
            { get: boom, enumerable: true },
          ]),
        ),
      ),
  ],
  ['patches whose parts throw', () => [Object.defineProperty({}, 'op', { get: boom, enumerable: true })]],
  ['a patch with hostile pointers', () => [{ op: 'add', path: `/${'__proto__/'.repeat(10_000)}x`, value: { a: 1 } }]],
  ['a list of a hundred thousand', () => Array.from({ length: 100_000 }, (_, i) => ({ id: i + 1 }))],
  ['a depth of five thousand', () => deep(5_000)],
  ['an id of a million characters', () => ({ id: 'x'.repeat(1_000_000), order: { id: ['x'] } })],
  [
    'names that are no names',
    () => JSON.parse('{"__proto__":{"id":1},"constructor":{"id":2},"order":{"__proto__":3}}'),
  ],
  ['a promise', () => Promise.resolve({ id: 1 })],
  ['a function', () => Object.assign(() => undefined, { id: 1 })],
  ['a map', () => new Map([['id', 1]])],
  ['text', () => '{"id":1}'],
];

const ROUTES = [
  'post /orders/cancel',
  'patch /orders/:id',
  'put /orders',
  'delete /orders',
  'post /login',
  'post /oauth/token',
  'patch /me',
];

describe.each(ROUTES)('%s', (route) => {
  test.each(BODIES)('takes %s as a body, answers as ever and is one event', async (_shape, make) => {
    const recorded = recording();
    const app = express();
    const leaves: RequestHandler = (req, _res, next) => {
      Object.defineProperty(req, 'body', { value: make(), configurable: true });
      next();
    };
    const [method = '', path = ''] = route.split(' ');
    app.use(audit(recorded.auditor), leaves);
    app[method as 'post'](path, (_req, res) => void res.json({ fine: true }));
    const { body } = await request(app)[method as 'post'](path.replace(':id', '7')).expect(200);
    expect(body).toEqual({ fine: true });
    const started = performance.now();
    const event = only(await recorded.events());
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(event.action).not.toBe('request.unknown');
    expect(JSON.stringify(event).length).toBeLessThan(65_536);
  });
});
