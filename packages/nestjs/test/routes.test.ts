import { Controller, Get, HttpCode, Post, Put, RequestMethod, Version, VersioningType } from '@nestjs/common';
import { AuditRead } from '@whodunit/nestjs';
import express from 'express';
import { ADAPTERS, closeApps, startApp } from './support/app';

@Controller('orders')
class OrdersController {
  @Put(':id')
  update() {
    return {};
  }
}

@Controller('orders')
class VersionedController {
  @Post(':id/refund')
  @Version('2')
  refund() {
    return {};
  }
  @Post(':id/actions')
  @Version('1')
  archive() {
    return {};
  }
  @Post(':id/actions')
  @Version('2')
  approve() {
    return {};
  }
}

@Controller('files')
class FilesController {
  @Get('*')
  @AuditRead()
  file() {
    return 'x';
  }
}

@Controller('invoices')
class InvoicesController {
  @Put(':id')
  @HttpCode(202)
  update() {
    return {};
  }
}

const controllers = [OrdersController, InvoicesController];
const put = (url: string) => fetch(url, { method: 'PUT' });

afterEach(closeApps);

describe.each(ADAPTERS)('on %s, the route that is recorded', (name, adapter) => {
  test('has the global prefix, and not where it is excluded', async () => {
    const { url, events } = await startApp({
      adapter,
      controllers,
      configure: (app) =>
        app.setGlobalPrefix('api/v3', { exclude: [{ path: 'invoices/:id', method: RequestMethod.PUT }] }),
    });
    await put(`${url}/api/v3/orders/7`);
    await put(`${url}/invoices/8`);
    expect(await events(2)).toMatchObject([
      { action: 'order.update', resource: { type: 'order', id: '7' }, request: { route: '/api/v3/orders/:id' } },
      { resource: { id: '8' }, request: { route: '/invoices/:id', status: 202 } },
    ]);
  });

  test('has the version of the URI', async () => {
    const { url, events } = await startApp({
      adapter,
      controllers: [VersionedController],
      configure: (app) => app.enableVersioning({ type: VersioningType.URI }),
    });
    await fetch(`${url}/v2/orders/7/refund`, { method: 'POST' });
    expect(await events(1)).toMatchObject([
      { action: 'order.refund', resource: { id: '7' }, request: { route: '/v2/orders/:id/refund' } },
    ]);
  });

  test('belongs to the handler that a header chose', async () => {
    const { url, events } = await startApp({
      adapter,
      controllers: [VersionedController],
      configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });
    for (const version of ['1', '2', '1']) {
      const sent = await fetch(`${url}/orders/7/actions`, { method: 'POST', headers: { 'x-version': version } });
      expect(sent.status).toBe(201);
    }
    expect((await events(3)).map(({ action }) => action.split('.').at(-1))).toEqual(['archive', 'approve', 'archive']);
  });

  test('is the wildcard of its handler, whatever the path was', async () => {
    const { url, events } = await startApp({ adapter, controllers: [FilesController] });
    await fetch(`${url}/files/a/secret-name.txt`);
    const [event] = await events(1);
    expect(event?.request?.route).toMatch(/^\/files\/\{?\*(path)?\}?$/);
  });

  test('is there for routes beside those of Nest', async () => {
    const { url, events } = await startApp({
      adapter,
      controllers,
      configure: (app) => {
        const own = app.getHttpAdapter().getInstance();
        if (name === 'Fastify') {
          own.put('/legacy/orders/:id', (_request: unknown, reply: { send(body: object): void }) => reply.send({}));
          return;
        }
        const router = express.Router();
        router.put('/orders/:id', (_request, response) => void response.json({}));
        own.use('/legacy', router);
      },
    });
    expect((await put(`${url}/legacy/orders/7`)).status).toBe(200);
    expect(await events(1)).toMatchObject([
      { action: 'order.update', resource: { id: '7' }, request: { route: '/legacy/orders/:id' } },
    ]);
  });

  test('is inferred from the path when there is none', async () => {
    const { url, events } = await startApp({ adapter, controllers });
    expect((await put(`${url}/missing/123456`)).status).toBe(404);
    expect(await events(1)).toMatchObject([{ outcome: 'failure', request: { route: '/missing/:id', status: 404 } }]);
  });
});

test('on Express, an application that is mounted below Nest is watched too', async () => {
  const admin = express();
  admin.put('/users/:id', (_request, response) => void response.json({}));
  const [, adapter] = ADAPTERS[0] ?? [];
  if (adapter === undefined) throw new Error('no adapter');
  const { url, events } = await startApp({ adapter, controllers, configure: (app) => app.use('/admin', admin) });
  await put(`${url}/admin/users/7`);
  expect(await events(1)).toMatchObject([{ action: 'user.update', request: { route: '/admin/users/:id' } }]);
});
