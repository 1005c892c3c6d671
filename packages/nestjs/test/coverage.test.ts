import {
  All,
  Body,
  Controller,
  Delete,
  Get,
  Logger,
  Module,
  Patch,
  Post,
  Put,
  RequestMethod,
  VERSION_NEUTRAL,
  Version,
  VersioningType,
} from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { createAuditor } from '@whodunit/core';
import { Audit, AuditModule, AuditRead, AuditService, SkipAudit } from '@whodunit/nestjs';
import { memorySink } from '@whodunit/testing';
import { ADAPTERS, closeApps, startApp } from './support/app';

abstract class Archiving {
  @Post(':id/archive')
  archive() {
    return {};
  }
}

@Controller('orders')
class OrdersController extends Archiving {
  @Get()
  list() {
    return [];
  }
  @Post()
  create(@Body() body: object) {
    return { ...body, id: '17' };
  }
  @Patch(':orderId')
  update() {
    return {};
  }
  @Delete([':id', ':id/items/:itemId'])
  remove() {
    return {};
  }
  @Post(':id/steps')
  @Audit('order.refund', { resource: 'order', id: 'params.id' })
  refund() {
    return {};
  }
  @Post(':id/actions')
  approve() {
    return {};
  }
  @Post('search')
  search() {
    return [];
  }
  @Put(':id/seen')
  @Audit({ level: 'metadata' })
  seen() {
    return {};
  }
}

@Controller(['carts', 'baskets'])
class CartsController {
  @Put(':id')
  @SkipAudit()
  replace() {
    return {};
  }
  @Get(':id/print')
  @AuditRead()
  print() {
    return {};
  }
}

@Controller({ path: 'tickets', version: '1' })
class TicketsController {
  @Post(':id/lock')
  lock() {
    return {};
  }
  @Version(['2', VERSION_NEUTRAL])
  @Post(':id/unlock')
  unlock() {
    return {};
  }
}

@Controller('sessions')
class SessionsController {
  @Post()
  begin() {
    return {};
  }
  @All('all/:id')
  everything() {
    return {};
  }
}

@Module({ controllers: [SessionsController] })
class SignInModule {}

const APP = {
  imports: [SignInModule, RouterModule.register([{ path: 'auth', module: SignInModule }])],
  controllers: [OrdersController, CartsController, TicketsController],
};

afterEach(closeApps);

describe.each(ADAPTERS)('on %s, the coverage', (_name, adapter) => {
  test('has every handler that changes something, with what decorators say', async () => {
    const { audit } = await startApp({ adapter, ...APP });
    const coverage = audit.coverage();
    expect(
      coverage.routes.map((row) => [String(row), row.handler, row.action, row.resource, row.idParam, row.level]),
    ).toEqual([
      ['POST /orders', 'OrdersController.create', 'order.create', 'order', undefined, 'changes'],
      ['PATCH /orders/:orderId', 'OrdersController.update', 'order.update', 'order', 'orderId', 'changes'],
      ['DELETE /orders/:id', 'OrdersController.remove', 'order.delete', 'order', 'id', 'changes'],
      ['DELETE /orders/:id/items/:itemId', 'OrdersController.remove', 'item.delete', 'item', 'itemId', 'changes'],
      ['POST /orders/:id/steps', 'OrdersController.refund', 'order.refund', 'order', 'id', 'changes'],
      ['POST /orders/:id/actions', 'OrdersController.approve', 'action.approve', 'action', undefined, 'changes'],
      ['PUT /orders/:id/seen', 'OrdersController.seen', 'order.mark_seen', 'order', 'id', 'metadata'],
      ['POST /orders/:id/archive', 'OrdersController.archive', 'order.archive', 'order', 'id', 'changes'],
      ['PUT /carts/:id', 'CartsController.replace', 'cart.update', 'cart', 'id', 'none'],
      ['PUT /baskets/:id', 'CartsController.replace', 'basket.update', 'basket', 'id', 'none'],
      ['POST /tickets/:id/lock', 'TicketsController.lock', 'ticket.lock', 'ticket', 'id', 'changes'],
      ['POST /tickets/:id/unlock', 'TicketsController.unlock', 'ticket.unlock', 'ticket', 'id', 'changes'],
      ['POST /auth/sessions', 'SessionsController.begin', 'auth.login', 'session', undefined, 'changes'],
      ['ALL /auth/sessions/all/:id', 'SessionsController.everything', undefined, 'session', 'id', 'changes'],
    ]);
    expect(coverage.unaudited.map((row) => row.unrecorded)).toEqual(['@SkipAudit', '@SkipAudit']);
    expect(coverage.quiet.map(String)).toEqual(['POST /orders/search']);
  });

  test.each([
    ['plain', () => undefined],
    [
      'with a global prefix and what it excludes',
      (app: App) =>
        app.setGlobalPrefix('api/v3', {
          exclude: [{ path: 'tickets/:id/lock', method: RequestMethod.POST }, 'baskets/*path'],
        }),
    ],
    [
      'with versions in the URI',
      (app: App) => app.enableVersioning({ type: VersioningType.URI, prefix: 'version-', defaultVersion: '9' }),
    ],
    [
      'with versions in the URI below a prefix',
      (app: App) => app.setGlobalPrefix('/api').enableVersioning({ type: VersioningType.URI }),
    ],
  ] as const)('tells of each just what the event of a real request says, %s', async (_how, configure) => {
    const { audit, events, url } = await startApp({ adapter, ...APP, configure });
    const { routes } = audit.coverage();
    for (const { method, route } of routes) {
      const answer = await fetch(`${url}${route.replace(/:\w+/g, '17')}`, {
        method: method === 'ALL' ? 'PUT' : method,
      });
      expect([route, answer.ok]).toEqual([route, true]);
    }
    const recorded = routes.filter((row) => row.recorded);
    const told = await events(recorded.length);
    expect(told.map((event) => event.request?.route)).toEqual(recorded.map((row) => row.route));
    for (const [i, row] of recorded.entries()) {
      const event = told[i];
      if (event === undefined || row.method === 'ALL') continue;
      expect([event.action, event.resource?.type, event.capture.level]).toEqual([row.action, row.resource, row.level]);
      expect(event.capture.why).toBe(`${row.why}; actor: nobody is signed in`);
      // A create is answered with its id.
      const isKnown = row.idParam !== undefined || row.action === 'order.create';
      expect(event.resource?.id).toBe(isKnown ? '17' : undefined);
    }
  });

  test('has one row for each handler that a header chooses between', async () => {
    @Controller('orders')
    class VersionedController {
      @Version('1')
      @Post(':id/actions')
      archive() {
        return {};
      }
      @Version('2')
      @Post(':id/actions')
      approve() {
        return {};
      }
    }
    const { audit } = await startApp({
      adapter,
      controllers: [VersionedController],
      configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });
    expect(audit.coverage().routes.map((row) => [String(row), row.action])).toEqual([
      ['POST /orders/:id/actions', 'action.archive'],
      ['POST /orders/:id/actions', 'action.approve'],
    ]);
  });

  test('needs no server: an application that was initialised is enough', async () => {
    const sink = memorySink();
    const testing = await Test.createTestingModule({
      imports: [AuditModule.forRoot({ sinks: [sink] })],
      controllers: [OrdersController],
    }).compile();
    const app = testing.createNestApplication(adapter());
    app.setGlobalPrefix('api');
    await app.init();
    expect(app.get(AuditService).coverage().routes.map(String)).toContain('PATCH /api/orders/:orderId');
    expect(sink.events).toEqual([]);
    await app.close();
  });
});

type App = Parameters<NonNullable<Parameters<typeof startApp>[0]['configure']>>[0];

test('the coverage of an application without controllers throws, as nothing was looked at', async () => {
  const { audit } = await startApp({ adapter: ADAPTERS[0]?.[1] as never });
  expect(() => audit.coverage()).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }));
});

test('an application that starts in development logs one line on what is recorded, and in tests none', async () => {
  const log = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  for (const environment of ['development', 'test']) {
    process.env['NODE_ENV'] = environment;
    const auditor = createAuditor({ service: { name: 'shop', environment }, sinks: [memorySink()] });
    @Module({ imports: [AuditModule.forRoot({ auditor })], controllers: [CartsController] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.init();
    await app.close();
    await auditor.close();
  }
  const told = log.mock.calls.map(([text]) => text as string).filter((text) => text.includes('mutating'));
  log.mockRestore();
  expect(told).toEqual([
    '0 of 2 mutating routes are recorded. Not recorded: PUT /carts/:id (@SkipAudit), PUT /baskets/:id (@SkipAudit). auditor.coverage() has the details.',
  ]);
});
