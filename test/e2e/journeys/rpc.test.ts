import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { memorySink } from '@whodunit/testing';
import request from 'supertest';
import { type DepotRouter, depot } from './apps/depot';
import { expectSound, told, trail } from './lib/trail';

const ADA = 'token-of-ada-0001';
const BOB = 'token-of-bob-0002';
const WORKERS = new Map([
  [ADA, { id: 'u-1', email: 'ada@depot.example', orgId: 'north', isAdmin: true }],
  [BOB, { id: 'u-2', email: 'bob@depot.example', orgId: 'north', isAdmin: false }],
]);

const EXPECTED = trail(`
  shelf.create   success  user:u-1   shelf/s-a        north
  shelf.create   success  user:u-1   shelf/s-b        north
  shelf.update   success  user:u-1   shelf/s-a        north
  shelf.create   failure  user:u-1   shelf            north
  shelf.delete   success  user:u-1   shelf/s-b        north
  token.create   success  user:u-1   access_token/k-1 north
  shelf.delete   denied   anonymous  shelf/s-a        -
  user.delete    success  user:u-1   user             north
  user.delete    denied   user:u-2   user             north
  parcel.seal    success  user:u-1   parcel/p-7       north
  member.invite  success  user:u-1   invitation/i-1   north
  member.invite  failure  user:u-2   invitation       north
  user.delete    success  user:u-1   user/u-9         north
  parcel.update  success  user:u-1   parcel/p-7       north
  parcel.create  success  user:u-1   parcel/p-1       north
  parcel.create  success  user:u-1   parcel/p-2       north
  parcel.update  failure  user:u-1   parcel/p-9       north
  parcel.create  failure  user:u-1   parcel           north
  parcel.dispatch success user:u-2   parcel/p-1       north
  parcel.delete  denied   user:u-2   parcel/p-1       north
  parcel.list    denied   user:u-2   parcel           north
  parcel.update  denied   anonymous  parcel/p-1       -
  parcel.delete  success  user:u-1   parcel/p-1       north
`);

test('a depot of procedures is told call by call: JSON-RPC, verbs in the path, tRPC', async () => {
  const sink = memorySink();
  const { app, close } = depot([sink], WORKERS);
  const post = (path: string, body: object, token?: string) => {
    const sent = request(app).post(path).send(body);
    return token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`);
  };
  const call = (id: number | undefined, method: string, params?: object) => ({ jsonrpc: '2.0', id, method, params });

  await request(app).get('/livez').expect(200);
  await request(app).options('/rpc').set('Origin', 'https://depot.example');
  await post('/rpc', call(1, 'system.ping')).expect(200);
  for (let polled = 0; polled < 3; polled++) await post('/rpc', call(1, 'shelf.list'), ADA).expect(200);
  await post('/rpc', call(1, 'shelf.create', { name: 'a' }), ADA).expect(200);
  const batch = [
    call(1, 'shelf.create', { name: 'b' }),
    call(2, 'shelf.list'),
    call(undefined, 'shelf.update', { id: 's-a', label: 'Top' }),
    call(3, 'shelf.create', {}),
    call(4, 'shelf.delete', { id: 's-b' }),
  ];
  await post('/rpc', batch, ADA).expect(200);
  const made = await post('/rpc', call(1, 'createAccessToken', { name: 'Scanner' }), ADA).expect(200);
  await post('/rpc', call(1, 'shelf.delete', { id: 's-a' })).expect(200);

  await post('/users:batchDelete', { ids: ['u-7', 'u-8'] }, ADA).expect(200);
  await post('/users:batchDelete', { ids: ['u-1'] }, BOB).expect(403);
  await post('/parcels/p-7:seal', {}, ADA).expect(200);
  await post('/api/users.invite', { email: 'zoe@depot.example' }, ADA).expect(200);
  await post('/api/users.invite', { email: 'zoe@depot.example' }, BOB).expect(200);
  await post('/api/users.remove', { user: 'u-9' }, ADA).expect(200);
  await post('/api/users.list', {}, ADA).expect(200);
  await post('/api/parcels.search', { text: 'glass' }, ADA).expect(200);
  await post('/api/parcels.rename', { parcelId: 'p-7', name: 'Glass' }, ADA).expect(200);

  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/trpc`;
  const as = (token: string) =>
    createTRPCClient<DepotRouter>({ links: [httpBatchLink({ url, headers: { authorization: `Bearer ${token}` } })] });
  const [ada, bob, nobody] = [as(ADA), as(BOB), as('token-of-nobody')];
  await ada.parcel.create.mutate({ to: 'Ada' });
  // Asked in one turn, sent in one request.
  await Promise.allSettled([
    ada.parcel.create.mutate({ to: 'Bob' }),
    ada.parcel.update.mutate({ id: 'p-9', to: 'Bob' }),
    ada.parcel.create.mutate({ to: '' }),
  ]);
  await Promise.allSettled([ada.parcel.list.query(), ada.parcel.all.query()]);
  await Promise.allSettled([bob.parcel.dispatch.mutate({ parcelId: 'p-1' }), bob.parcel.delete.mutate({ id: 'p-1' })]);
  await bob.parcel.all.query().catch(() => undefined);
  await nobody.parcel.update.mutate({ id: 'p-1', to: 'me' }).catch(() => undefined);
  await ada.parcel.delete.mutate({ id: 'p-1' });
  server.close();
  server.closeAllConnections();
  await close();

  expect(told(sink.events)).toEqual(EXPECTED);
  expectSound(sink.events, [ADA, BOB, made.body.result.secret, 'token-of-nobody']);
  for (const [from, to] of [
    [1, 5],
    [15, 18],
    [18, 20],
  ] as const) {
    const [first, ...others] = sink.events.slice(from, to);
    expect(others.map(({ parent }) => parent)).toEqual(others.map(() => first?.id));
    expect(others.map((event) => event.request?.id)).toEqual(others.map(() => first?.request?.id));
  }
});
