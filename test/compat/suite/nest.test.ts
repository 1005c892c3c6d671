import 'reflect-metadata';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type CanActivate,
  Controller,
  Get,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Scope,
  UnauthorizedException,
  UseInterceptors,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Audit, AuditInterceptor, AuditModule, AuditRead, AuditService, SkipAudit } from '@whodunit/nestjs';
import { memorySink } from '@whodunit/testing';
import { firstValueFrom } from 'rxjs';

const ADAPTERS = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
] as const;

@Controller('orders')
class OrdersController {
  @Put(':id')
  async update(@Param('id', ParseIntPipe) id: number) {
    await pause(5);
    return { id };
  }
  @Post()
  create() {
    return { id: 'o-1' };
  }
  @Post(':id/steps')
  @Audit('order.refund', { resource: 'order', id: 'params.id' })
  refund() {
    return {};
  }
  @Get(':id')
  @AuditRead()
  read() {
    return {};
  }
  @Post('quiet')
  @SkipAudit()
  quiet() {
    return {};
  }
  @Post('thrown')
  thrown() {
    throw new Error('boom');
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedController {
  @Put(':id')
  @Audit('scoped.touch')
  touch() {
    return {};
  }
}

@Controller({ path: 'versioned', version: '2' })
class VersionedController {
  @Put(':id')
  update() {
    return {};
  }
}

class Refusal implements CanActivate {
  canActivate(): boolean {
    throw new UnauthorizedException();
  }
}

@Controller()
@UseInterceptors(AuditInterceptor)
class MessagesController {
  @MessagePattern('order.refund')
  refund() {
    return 'done';
  }
  @MessagePattern({ cmd: 'cancel_order' })
  cancel() {
    throw new Error('boom');
  }
}

const major = process.env['NEST_MAJOR'];
const CONTROLLERS = [OrdersController, ScopedController, VersionedController];
const ended: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

describe.each(ADAPTERS)('on %s', (name, adapter) => {
  test('requests become events', async () => {
    const { send, events } = await start(adapter);
    expect(await send('PUT', '/orders/7')).toBe(200);
    expect(await send('POST', '/orders')).toBe(201);
    expect(await send('POST', '/orders/7/steps')).toBe(201);
    expect(await send('GET', '/orders/7')).toBe(200);
    expect(await send('POST', '/orders/quiet')).toBe(201);
    expect(await send('PUT', '/orders/none')).toBe(400);
    expect(await send('POST', '/orders/thrown')).toBe(500);
    expect(await send('PUT', '/scoped/7')).toBe(200);
    expect(await send('PUT', '/missing/7')).toBe(404);
    expect((await events()).map(({ action, outcome, resource }) => [action, outcome, resource?.id])).toEqual([
      ['order.update', 'success', '7'],
      ['order.create', 'success', 'o-1'],
      ['order.refund', 'success', '7'],
      ['order.read', 'success', '7'],
      ['order.update', 'failure', 'none'],
      ['thrown.create', 'failure', undefined],
      ['scoped.touch', 'success', '7'],
      ['missing.update', 'failure', '7'],
    ]);
  });

  test('an APP_GUARD that refuses hides no decorator', async () => {
    const { send, events } = await start(adapter, { providers: [{ provide: APP_GUARD, useClass: Refusal }] });
    expect(await send('POST', '/orders/7/steps')).toBe(401);
    expect(await send('PUT', '/scoped/7')).toBe(401);
    expect((await events()).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['order.refund', 'denied'],
      ['scoped.touch', 'denied'],
    ]);
  });

  test('prefix and version are in the route', async () => {
    const { send, events } = await start(adapter, {}, (app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI });
    });
    expect(await send('PUT', '/api/v2/versioned/7')).toBe(200);
    expect(await events()).toMatchObject([{ action: 'versioned.update', request: { route: '/api/v2/versioned/:id' } }]);
  });

  test('the coverage has every route as its requests are known', async () => {
    const { app, send, events } = await start(adapter, {}, (app) => {
      app.setGlobalPrefix('api', { exclude: ['orders/quiet'] });
      app.enableVersioning({ type: VersioningType.URI });
    });
    const { routes, unaudited } = app.get(AuditService).coverage();
    expect(routes.map((row) => [String(row), row.action, row.handler])).toEqual([
      ['PUT /api/orders/:id', 'order.update', 'OrdersController.update'],
      ['POST /api/orders', 'order.create', 'OrdersController.create'],
      ['POST /api/orders/:id/steps', 'order.refund', 'OrdersController.refund'],
      ['POST /orders/quiet', 'quiet.create', 'OrdersController.quiet'],
      ['POST /api/orders/thrown', 'thrown.create', 'OrdersController.thrown'],
      ['PUT /api/scoped/:id', 'scoped.touch', 'ScopedController.touch'],
      ['PUT /api/v2/versioned/:id', 'versioned.update', 'VersionedController.update'],
    ]);
    expect(unaudited.map(String)).toEqual(['POST /orders/quiet']);
    for (const { method, route } of routes) expect(await send(method, route.replace(':id', '7'))).not.toBe(404);
    const recorded = routes.filter((row) => row.recorded);
    expect((await events()).map(({ action, request }) => [action, request?.route])).toEqual(
      recorded.map(({ action, route }) => [action, route]),
    );
  });

  test('what a middleware of main.ts answers is recorded', async () => {
    const { send, events } = await start(adapter, {}, (app) => {
      app.use((_request: unknown, response: { statusCode: number; end(): void }) => {
        response.statusCode = 429;
        response.end();
      });
    });
    expect(await send('PUT', '/orders/7')).toBe(429);
    expect(await events()).toMatchObject([{ action: 'order.update', outcome: 'failure', request: { status: 429 } }]);
  });

  test('what main.ts sets before its first middleware still counts', async () => {
    const { send } = await start(adapter, {}, (app) => {
      if (name === 'Express') app.getHttpAdapter().getInstance().set('case sensitive routing', true);
    });
    // Nest 11 and later make the router of Express before main.ts can say anything.
    expect(await send('PUT', '/ORDERS/7')).toBe(name === 'Express' && major !== '10' ? 200 : 404);
  });

  test('fifty requests at once keep their notes apart', async () => {
    const { app, send, events } = await start(adapter);
    expect(app.get(AuditService).scope()).toBeUndefined();
    await Promise.all(Array.from({ length: 50 }, (_, i) => send('PUT', `/orders/${i + 1}`)));
    const found = await events();
    expect(new Set(found.map(({ resource }) => resource?.id)).size).toBe(50);
  });

  test('the testing module works', async () => {
    const sink = memorySink();
    const testing = await Test.createTestingModule({
      imports: [AuditModule.forRoot({ sinks: [sink] })],
      controllers: CONTROLLERS,
    }).compile();
    const app = testing.createNestApplication(adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    await fetch(`${await app.getUrl()}/orders/7`, { method: 'PUT' });
    await app.close();
    expect(sink.events).toMatchObject([{ action: 'order.update' }]);
  });
});

test('the Nest that runs is the one of this folder', () => {
  const nest = createRequire(join(process.cwd(), 'package.json'));
  for (const name of ['common', 'core', 'platform-express', 'platform-fastify', 'testing', 'microservices']) {
    expect(nest.resolve(`@nestjs/${name}`)).toContain(`@nestjs+${name}@${major}.`);
  }
  expect(nest.resolve('@whodunit/nestjs')).toContain(`nest${major}/node_modules/@whodunit/nestjs/dist`);
});

test('wrong options stop the start', async () => {
  const module = AuditModule.forRootAsync({ useFactory: () => ({ dispatch: { maxWaitMs: '5' } }) as never });
  const start = NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  await expect(start).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' });
});

test('microservice messages become events', async () => {
  const sink = memorySink();
  @Module({ imports: [AuditModule.forRoot({ sinks: [sink] })], controllers: [MessagesController] })
  class ServiceModule {}
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const options = { transport: Transport.TCP, options: { host: '127.0.0.1', port } } as const;
  const service = await NestFactory.createMicroservice(ServiceModule, { ...options, logger: false });
  await service.listen();
  const client = ClientProxyFactory.create(options);
  expect(await firstValueFrom(client.send('order.refund', {}))).toBe('done');
  await expect(firstValueFrom(client.send({ cmd: 'cancel_order' }, {}))).rejects.toBeDefined();
  await client.close();
  await service.close();
  expect(sink.events).toMatchObject([
    { action: 'order.refund', outcome: 'success', capture: { by: 'nestjs' } },
    { action: 'order.cancel', outcome: 'failure' },
  ]);
});

async function start(adapter: () => never, metadata: object = {}, configure = (_app: never): void => undefined) {
  const sink = memorySink();
  const imports = [AuditModule.forRoot({ service: 'compat', sinks: [sink], dispatch: { maxWaitMs: 5 } })];
  @Module({ imports, controllers: CONTROLLERS, ...metadata })
  class AppModule {}
  const app = await NestFactory.create(AppModule, adapter(), { logger: false, abortOnError: false });
  configure(app as never);
  await app.listen(0, '127.0.0.1');
  ended.push(() => app.close());
  const url = await app.getUrl();
  return {
    app,
    send: async (method: string, path: string) => (await fetch(url + path, { method })).status,
    events: async () => {
      await pause(20);
      await app.get(AuditService).flush();
      return sink.events;
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
