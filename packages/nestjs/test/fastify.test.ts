import fastifyCompress from '@fastify/compress';
import { Controller, Get, Post, Put } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuditRead } from '@whodunit/nestjs';
import { closeApps, startApp } from './support/app';

@Controller('orders')
class OrdersController {
  @Put(':id')
  update() {
    return {};
  }
  @Post()
  create() {
    return { id: 'o-1', text: 'x'.repeat(2_000) };
  }
  @Get(':id')
  @AuditRead()
  read() {
    return {};
  }
}

const controllers = [OrdersController];
const forwarded = { 'x-forwarded-for': '203.0.113.7, 198.51.100.1' };

afterEach(closeApps);

test.each([
  ['nobody', undefined, '127.0.0.1'],
  ['one proxy', 1, '198.51.100.1'],
  ['every proxy', true, '203.0.113.7'],
])('when Fastify trusts %s, the address is the one that Fastify knows', async (_title, trustProxy, ip) => {
  const adapter = () => new FastifyAdapter(trustProxy === undefined ? {} : { trustProxy });
  const { url, events } = await startApp({ adapter, controllers });
  await fetch(`${url}/orders/7`, { method: 'PUT', headers: forwarded });
  expect(await events(1)).toMatchObject([{ source: { ip, chain: ['203.0.113.7', '198.51.100.1'] } }]);
});

test('the id of a create is known although the answer is compressed', async () => {
  const { url, events } = await startApp({
    adapter: () => new FastifyAdapter(),
    controllers,
    configure: (app) => app.getHttpAdapter().getInstance().register(fastifyCompress, { threshold: 10 }),
  });
  const answer = await fetch(`${url}/orders`, { method: 'POST', headers: { 'accept-encoding': 'gzip' } });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(await answer.json()).toMatchObject({ id: 'o-1' });
  expect(await events(1)).toMatchObject([{ action: 'order.create', resource: { type: 'order', id: 'o-1' } }]);
});

test('a route that Fastify makes for HEAD is a read of the same resource', async () => {
  const { url, events } = await startApp({ adapter: () => new FastifyAdapter(), controllers });
  await fetch(`${url}/orders/7`, { method: 'HEAD' });
  expect(await events(1)).toMatchObject([
    { action: 'order.read', resource: { id: '7' }, request: { method: 'HEAD', route: '/orders/:id' } },
  ]);
});

test('an application without middleware works too', async () => {
  const { url, events } = await startApp({ adapter: () => new FastifyAdapter({ skipMiddie: true }), controllers });
  await fetch(`${url}/orders/7`, { method: 'PUT' });
  expect(await events(1)).toMatchObject([{ action: 'order.update' }]);
});
