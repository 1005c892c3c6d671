import { types } from 'node:util';
import { resolveActor } from '../src/pure/actor/index.js';

/** Where libraries leave who is signed in. */
const PLACES: readonly (readonly [place: string, at: (value: unknown) => object])[] = [
  ['req.user', (value) => ({ user: value })],
  ['a property of its own', (value) => ({ _userProperty: 'account', account: value })],
  ['the name of that property', (value) => ({ _userProperty: value })],
  ['req.auth', (value) => ({ auth: value })],
  ['what req.auth() gives', (value) => ({ auth: () => value })],
  ['req.auth.user', (value) => ({ auth: { user: value } })],
  ['req.auth.payload', (value) => ({ auth: { payload: value } })],
  ['req.oidc', (value) => ({ oidc: value })],
  ['req.oidc.user', (value) => ({ oidc: { isAuthenticated: () => true, user: value } })],
  [
    'what req.oidc.isAuthenticated() gives',
    (value) => ({ oidc: { isAuthenticated: () => value, user: { sub: 'x' } } }),
  ],
  ['req.kauth', (value) => ({ kauth: value })],
  ['claims of Keycloak', (value) => ({ kauth: { grant: { access_token: { content: value } } } })],
  ['req.session', (value) => ({ session: value })],
  ['req.session.user', (value) => ({ session: { user: value } })],
  ['what req.session.getUserId() gives', (value) => ({ session: { getUserId: () => value } })],
  ['res.locals', (value) => ({ res: { locals: value } })],
  ['res.locals.session.user', (value) => ({ res: { locals: { session: { user: value } } } })],
  ['req.apiKey', (value) => ({ apiKey: value })],
  ['req.authInfo', (value) => ({ authInfo: value })],
  ['the id of a user', (value) => ({ user: { id: value } })],
  ['the tenant of a user', (value) => ({ user: { email: 'a@b.c', tenant: value } })],
  ['an impersonator', (value) => ({ user: { email: 'a@b.c', act: value } })],
  ['the organization of Keycloak', (value) => ({ user: { email: 'a@b.c', organization: value } })],
  ['second factors', (value) => ({ user: { email: 'a@b.c', amr: value } })],
  ['a member of the request', (value) => ({ currentUser: value })],
];

const boom = (): never => {
  throw new Error('boom');
};
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const wide = (members: number): object =>
  Object.fromEntries(Array.from({ length: members }, (_, i) => [`member${i}`, i]));
const circular = (): object => {
  const circle: Record<string, unknown> = {};
  for (const name of ['user', 'id', 'sub', 'act', 'actor', 'tenant', 'organization', 'locals']) circle[name] = circle;
  return circle;
};

/** What an application, or whoever gets at its objects, could leave there. Made anew for each place. */
const HOSTILE: readonly (readonly [shape: string, make: () => unknown])[] = [
  [
    'a getter that throws, for every name',
    () => new Proxy({}, { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom }),
  ],
  ['a revoked Proxy', revoked],
  ['a promise', () => Promise.resolve({ id: 'later' })],
  ['a promise that rejects', () => Promise.reject(new Error('boom'))],
  ['a thenable that throws', () => ({ then: boom })],
  ['a thenable that calls back at once', () => ({ then: (done: (value: unknown) => void) => done({ id: 'now' }) })],
  ['a function', () => () => ({ id: 'x' })],
  ['a function that throws', () => boom],
  ['a class', () => class User {}],
  ['an object of a hundred thousand members', () => wide(100_000)],
  ['a list of a million', () => Array.from({ length: 1_000_000 }, (_, i) => i)],
  ['a text of ten million characters', () => 'x'.repeat(10_000_000)],
  ['an object without a prototype', () => Object.create(null)],
  ['a circle', circular],
  ['a symbol', () => Symbol('user')],
  ['not a number', () => Number.NaN],
  ['a date', () => new Date(Number.NaN)],
  ['a map', () => new Map([['id', '7']])],
  ['bytes', () => Buffer.alloc(1_000_000)],
  ['toHexString that throws', () => ({ toHexString: boom, toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom })],
  ['a bigint of a million digits', () => 10n ** 100_000n],
];

const unhandled = jest.fn();
beforeAll(() => void process.on('unhandledRejection', unhandled));
afterAll(() => void process.off('unhandledRejection', unhandled));

describe.each(HOSTILE)('%s', (_shape, make) => {
  test.each(PLACES)('as %s is no reason to throw, to wait or to keep much', async (_place, at) => {
    const value = make();
    if (types.isPromise(value)) value.catch(() => undefined);
    const request = at(value);
    const started = performance.now();
    const { actor, tenant, by } = resolveActor(request);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(['user', 'anonymous', 'unresolved']).toContain(actor.type);
    expect(JSON.stringify([actor, tenant, by]).length).toBeLessThan(2_048);
    expect(actor.id).not.toBe('later');
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
  });
});

test('the claims of a token are read by name, and nothing else of them', () => {
  const touched = new Set<string>();
  const claims = new Proxy(
    { sub: '7', secret: 'x', password: 'y' },
    {
      get(target, name) {
        touched.add(String(name));
        return Reflect.get(target, name);
      },
    },
  );
  expect(resolveActor({ user: claims }).actor.id).toBe('7');
  for (const name of ['secret', 'password', 'token', 'key', 'toJSON', 'toString']) expect(touched).not.toContain(name);
});
