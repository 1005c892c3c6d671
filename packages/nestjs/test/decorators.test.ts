import { BadRequestException, Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import {
  Audit,
  type AuditContext,
  AuditRead,
  AuditReason,
  AuditService,
  currentScope,
  SkipAudit,
} from '@whodunit/nestjs';
import { ADAPTERS, closeApps, startApp } from './support/app';

@Controller('orders')
@Audit({ resource: 'purchase' })
class OrdersController {
  @Post(':id/steps')
  @Audit('order.refund', { resource: 'order', id: 'params.id', name: ({ body }: AuditContext) => Object(body).title })
  @AuditReason('body.reason')
  refund(@Body() body: { readonly fail?: boolean }) {
    if (body.fail === true) throw new BadRequestException();
    return {};
  }
  @Post()
  @Audit('order.place', { id: 'answer.order.number' })
  place() {
    return { order: { number: 42 } };
  }
  @Put(':id')
  @Audit('order.change', { level: 'metadata' })
  change() {
    return {};
  }
  @Put(':id/lines')
  @Audit('order.lines', { resource: 'order' })
  lines() {
    currentScope()?.setAction('order.rewrite');
    currentScope()?.setResource({ id: 'own' });
    return {};
  }
  @Delete(':id')
  @SkipAudit()
  remove() {}
  @Get(':id')
  @AuditRead()
  read(@Param('id') id: string) {
    return { id };
  }
  @Get()
  list() {
    return [];
  }
  @Post(':id/actions')
  archive() {
    return {};
  }
  @Put(':id/broken')
  @Audit('order.odd', {
    id: () => {
      throw new Error('of the application');
    },
  })
  broken() {
    return {};
  }
}

@Controller('quiet')
@SkipAudit()
class QuietController {
  @Put(':id')
  quiet() {
    return {};
  }
  @Post()
  @Audit('quiet.broken')
  loud() {
    return {};
  }
}

@Controller('status')
class StatusController {
  @Get()
  @AuditRead()
  status() {
    return {};
  }
}

class Base {
  @Put(':id')
  @Audit({ level: 'metadata' })
  shared() {
    return {};
  }
}
@Controller('first')
@Audit({ action: 'first.touch' })
class FirstController extends Base {}
@Controller('second')
@Audit({ action: 'second.touch' })
class SecondController extends Base {}

const controllers = [OrdersController, QuietController, StatusController, FirstController, SecondController];

afterEach(closeApps);

describe.each(ADAPTERS)('on %s', (_name, adapter) => {
  const start = () => startApp({ adapter, controllers });
  const send = (url: string, method: string, body?: object) =>
    fetch(url, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });

  test('@Audit names the action and the resource, @AuditReason the reason', async () => {
    const { url, events } = await start();
    await send(`${url}/orders/7/steps`, 'POST', { reason: 'damaged', title: 'Two chairs' });
    expect(await events(1)).toMatchObject([
      {
        action: 'order.refund',
        resource: { type: 'order', id: '7', name: 'Two chairs' },
        reason: { code: 'given', text: 'damaged' },
        capture: { why: expect.stringContaining('named by the application') },
      },
    ]);
  });

  test('a reason that was given does not hide why it failed', async () => {
    const { url, events } = await start();
    await send(`${url}/orders/7/steps`, 'POST', { reason: 'damaged', fail: true });
    expect(await events(1)).toMatchObject([
      { outcome: 'failure', reason: { code: 'http_400' }, metadata: { reason: 'damaged' } },
    ]);
  });

  test('@Audit on a class is for all its handlers, and finds an id in the answer', async () => {
    const { url, events } = await start();
    await send(`${url}/orders`, 'POST', { item: 'chair' });
    expect(await events(1)).toMatchObject([{ action: 'order.place', resource: { type: 'purchase', id: '42' } }]);
  });

  test('@Audit sets the level', async () => {
    const { url, events } = await start();
    await send(`${url}/orders/7`, 'PUT', { item: 'chair' });
    const [event] = await events(1);
    expect(event).toMatchObject({ action: 'order.change', capture: { level: 'metadata' } });
    expect(event?.changes).toBeUndefined();
  });

  test('what the handler tells the scope stands above @Audit', async () => {
    const { url, events } = await start();
    await send(`${url}/orders/7/lines`, 'PUT', {});
    expect(await events(1)).toMatchObject([{ action: 'order.rewrite', resource: { type: 'order', id: 'own' } }]);
  });

  test('@SkipAudit leaves no event, and @Audit on a method takes it back', async () => {
    const { url, events } = await start();
    await send(`${url}/orders/7`, 'DELETE');
    await send(`${url}/quiet/7`, 'PUT', {});
    await send(`${url}/quiet`, 'POST', {});
    expect((await events(1)).map(({ action }) => action)).toEqual(['quiet.broken']);
  });

  test('@AuditRead records reads, also on a route that is silent by its name', async () => {
    const { url, events } = await start();
    await send(`${url}/orders/7`, 'GET');
    await send(`${url}/orders`, 'GET');
    await send(`${url}/status`, 'GET');
    expect(await events(2)).toMatchObject([
      { action: 'order.read', operation: 'read', outcome: 'success', resource: { type: 'purchase', id: '7' } },
      { request: { route: '/status' } },
    ]);
  });

  test('the name of the handler says what the route does not', async () => {
    const { url, events } = await start();
    await send(`${url}/orders/7/actions`, 'POST', {});
    expect(await events(1)).toMatchObject([{ action: expect.stringMatching(/archive$/) }]);
  });

  test('two controllers that inherit one method are told apart', async () => {
    const { url, events } = await start();
    await send(`${url}/first/1`, 'PUT', {});
    await send(`${url}/second/2`, 'PUT', {});
    expect((await events(2)).map(({ action }) => action)).toEqual(['first.touch', 'second.touch']);
  });

  test('a function of the application that throws costs nothing but itself', async () => {
    const errors: string[] = [];
    const { url, events } = await startApp({
      adapter,
      controllers,
      audit: { onError: ({ code }) => errors.push(code) },
    });
    expect((await send(`${url}/orders/7/broken`, 'PUT', {})).status).toBe(200);
    expect(await events(1)).toMatchObject([{ action: 'order.odd', outcome: 'success' }]);
    expect(errors).toEqual(['AUDIT_CAPTURE_FAILED']);
  });

  test('AuditService records by hand, in the scope of the request', async () => {
    @Controller('hand')
    class HandController {
      constructor(private readonly audit: AuditService) {}
      @Put(':id')
      update() {
        this.audit.scope()?.setActor('jane');
        return { id: this.audit.record({ action: 'invoice.send' }) };
      }
    }
    const { url, events, audit } = await startApp({ adapter, controllers: [HandController] });
    const { id } = (await (await send(`${url}/hand/7`, 'PUT', {})).json()) as { id: string };
    const [byHand, request] = await events(2);
    expect(byHand).toMatchObject({ id, action: 'invoice.send', actor: { id: 'jane' }, parent: request?.id });
    expect(request).toMatchObject({ action: 'hand.update', actor: { id: 'jane' } });
    expect(audit.stats().accepted).toBe(2);
    expect(audit.health().status).toBe('ok');
    expect((await audit.recordDurable({ action: 'invoice.send' })).seal?.seq).toBe(2);
  });
});
