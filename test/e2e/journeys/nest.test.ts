import type { AddressInfo } from 'node:net';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createTestDatabase } from '@whodunit/test-support/postgres';
import { memorySink } from '@whodunit/testing';
import request from 'supertest';
import { fleet } from './apps/fleet';
import { expectSound, told, trail } from './lib/trail';

const ADA = 'horse-of-ada-battery';
const NEW = 'horse-of-ada-renewed';
const BOB = 'horse-of-bob-battery';

const ADAPTERS: readonly [name: string, make: () => AbstractHttpAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

const EXPECTED = trail(`
  account.signup           success  user:1                       user/1       acme
  account.signup           failure  anonymous~not-an-address     user         -
  account.signup           failure  anonymous~ada@fleet.example  user         -
  account.signup           success  user:3                       user/3       acme
  auth.login               failure  anonymous~ada@fleet.example  session      -
  auth.login               success  user:1                       session      acme
  vehicle.create           success  user:1                       vehicle/1    acme
  vehicle.create           failure  user:1                       vehicle      acme
  vehicle.create           failure  user:1                       vehicle      acme
  vehicle.update           success  user:1                       vehicle/1    acme
  vehicle.update           failure  user:1                       vehicle/99   acme
  vehicle.update           failure  user:1                       vehicle/abc  acme
  vehicle.retire           success  user:3                       vehicle/1    acme
  booking.create           success  user:3                       booking/1    acme
  booking.create           failure  user:3                       booking      acme
  booking.cancel           success  user:3                       booking/1    acme
  vehicle.delete           denied   user:3                       vehicle/1    acme
  vehicle.export           denied   user:3                       vehicle      acme
  vehicle.update           denied   anonymous                    vehicle/1    -
  role.assign              success  user:1                       user/3       acme
  role.assign              failure  user:1                       user/77      acme
  role.assign              failure  user:1                       user/3       acme
  vehicle.export           success  user:1                       vehicle      acme
  account.password_change  failure  user:1                       user/1       acme
  account.password_change  success  user:1                       user/1       acme
  vehicle.delete           success  user:1                       vehicle/1    acme
  auth.logout              success  user:1                       session      acme
  vehicle.update           denied   anonymous                    vehicle/1    -     +1
`);

test.each(ADAPTERS)(
  'a fleet on Nest with %s, tokens and TypeORM is told as its guards, pipes and filters end it',
  async (_name, adapter) => {
    const sink = memorySink();
    const app = await fleet([sink], adapter(), await createTestDatabase());
    const { port } = app.getHttpServer().address() as AddressInfo;
    const secrets = [ADA, NEW, BOB];
    const client = request(`http://127.0.0.1:${port}`);
    const call = (method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options', path: string, token?: string) => {
      const sent = client[method](`/api/v1${path}`);
      return token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`);
    };
    const keep = (secret: string): string => {
      secrets.push(secret);
      return secret;
    };

    await client.get('/health').expect(200);
    await call('options', '/vehicles').set('Origin', 'https://fleet.example');
    await client.get('/favicon.ico');
    const person = { email: 'ada@fleet.example', password: ADA, tenantId: 'acme', role: 'manager' };
    await call('post', '/auth/register').send(person).expect(201);
    await call('post', '/auth/register')
      .send({ ...person, email: 'not-an-address' })
      .expect(400);
    await call('post', '/auth/register')
      .send({ ...person, password: BOB })
      .expect(409);
    const driver = { email: 'bob@fleet.example', password: BOB, tenantId: 'acme', role: 'driver' };
    const bob = keep((await call('post', '/auth/register').send(driver).expect(201)).body.accessToken);
    await call('post', '/auth/login').send({ email: person.email, password: BOB }).expect(401);
    const session = (await call('post', '/auth/login').send({ email: person.email, password: ADA }).expect(200)).body;
    const ada = keep(session.accessToken);
    await call('post', '/auth/refresh').send({ refreshToken: session.refreshToken }).expect(200);

    await call('post', '/vehicles', ada).send({ plate: 'AC-1234', seats: 5 }).expect(201);
    await call('post', '/vehicles', ada).send({ plate: 'X' }).expect(400);
    await call('post', '/vehicles', ada).send({ plate: 'AC-1234' }).expect(409);
    for (let polled = 0; polled < 3; polled++) await call('get', '/vehicles', ada).expect(200);
    await call('post', '/vehicles/search', ada).send({ plate: 'AC-1234' }).expect(200);
    await call('patch', '/vehicles/1', ada).send({ seats: 7 }).expect(200);
    await call('patch', '/vehicles/99', ada).send({ seats: 7 }).expect(404);
    await call('patch', '/vehicles/abc', ada).send({ seats: 7 }).expect(400);
    await call('post', '/vehicles/1/retire', bob).expect(204);
    await call('post', '/vehicles/1/bookings', bob).send({ day: '2026-12-24' }).expect(201);
    await call('post', '/vehicles/99/bookings', bob).send({ day: '2026-12-24' }).expect(404);
    await call('delete', '/vehicles/1/bookings/1', bob).expect(200);
    await call('delete', '/vehicles/1', bob).expect(403);
    await call('get', '/vehicles/export', bob).expect(403);
    await call('patch', '/vehicles/1').send({ seats: 1 }).expect(401);
    await call('patch', '/vehicles/1', keep(`${ada.slice(0, -8)}AAAAAAAA`))
      .send({ seats: 1 })
      .expect(401);

    await call('put', '/users/3/role', ada).send({ role: 'manager' }).expect(200);
    await call('put', '/users/77/role', ada).send({ role: 'manager' }).expect(404);
    await call('put', '/users/3/role', ada).send({ role: 'king' }).expect(400);
    await call('get', '/vehicles/export', ada).expect(200);
    await call('patch', '/auth/password', ada).send({ current: BOB, next: NEW }).expect(422);
    await call('patch', '/auth/password', ada).send({ current: ADA, next: NEW }).expect(204);
    await call('delete', '/vehicles/1', ada).expect(204);
    await call('post', '/auth/logout', ada).expect(204);
    await app.close();

    expect(told(sink.events)).toEqual(EXPECTED);
    expectSound(sink.events, secrets);
  },
);
