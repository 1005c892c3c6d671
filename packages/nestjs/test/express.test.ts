import { Controller, Post, Put } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import compression from 'compression';
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
}

const adapter = () => new ExpressAdapter();
const controllers = [OrdersController];
const forwarded = { 'x-forwarded-for': '203.0.113.7, 198.51.100.1' };

afterEach(closeApps);

test.each([
  ['one proxy', 1, '198.51.100.1'],
  ['every proxy', true, '203.0.113.7'],
])('when Express trusts %s, the address is the one that Express knows', async (_title, trust, ip) => {
  const { url, events } = await startApp({
    adapter,
    controllers,
    configure: (app) => app.getHttpAdapter().getInstance().set('trust proxy', trust),
  });
  await fetch(`${url}/orders/7`, { method: 'PUT', headers: forwarded });
  expect(await events(1)).toMatchObject([{ source: { ip, chain: ['203.0.113.7', '198.51.100.1'] } }]);
});

test('the id of a create is known although the answer is compressed', async () => {
  const { url, events } = await startApp({
    adapter,
    controllers,
    configure: (app) => app.use(compression({ threshold: 10 })),
  });
  const answer = await fetch(`${url}/orders`, { method: 'POST', headers: { 'accept-encoding': 'gzip' } });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(await answer.json()).toMatchObject({ id: 'o-1' });
  expect(await events(1)).toMatchObject([{ action: 'order.create', resource: { type: 'order', id: 'o-1' } }]);
});
