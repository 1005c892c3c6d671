import 'reflect-metadata';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  Module,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, EventPattern, MessagePattern, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { Cron, ScheduleModule } from '@nestjs/schedule';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  Audit,
  type AuditContext,
  AuditInterceptor,
  AuditJob,
  AuditModule,
  AuditReason,
  AuditService,
  SkipAudit,
} from '@whodunit/nestjs';
import { memorySink } from '@whodunit/testing';
import { firstValueFrom, from, lastValueFrom, toArray } from 'rxjs';
import { WebSocket } from 'ws';
import { ADAPTERS, closeApps, pause, startApp } from './support/app';

@Injectable()
class PeerGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const holder = context.getType() === 'ws' ? context.switchToWs().getClient() : context.switchToRpc().getContext();
    holder.user = { id: 'billing', tenantId: 'acme' };
    return true;
  }
}

@Controller()
@UseGuards(PeerGuard)
@UseInterceptors(AuditInterceptor)
class OrdersController {
  constructor(private readonly audit: AuditService) {}

  @MessagePattern('order.refund')
  @AuditReason('body.reason')
  refund(body: { readonly id: string }) {
    this.audit.scope()?.setResource({ type: 'order', id: body.id });
    return { ok: true };
  }
  @MessagePattern({ cmd: 'cancel_order' })
  @Audit({ id: 'body.id', actor: ({ body }: AuditContext) => ({ type: 'service', id: String(Object(body).by) }) })
  cancel() {
    throw new ForbiddenException();
  }
  @MessagePattern('order.watch')
  watch() {
    return from([1, 2, 3]);
  }
  @EventPattern('order.created')
  async created() {
    await pause(5);
    this.audit.record({ action: 'invoice.create' });
  }
  @MessagePattern({ cmd: 'get_orders' })
  list() {
    return [];
  }
  @MessagePattern('order.ping')
  @SkipAudit()
  ping() {
    return 'pong';
  }
}

@WebSocketGateway()
@UseGuards(PeerGuard)
@UseInterceptors(AuditInterceptor)
class OrdersGateway {
  @SubscribeMessage('refundOrder')
  @Audit({ id: 'body.id' })
  refund() {
    return { event: 'done', data: 1 };
  }
}

@Injectable()
class Jobs {
  runs = 0;
  constructor(private readonly audit: AuditService) {}

  @Cron('* * * * * *')
  @AuditJob('nightly-close', { tenant: 'acme' })
  close() {
    this.runs += 1;
    this.audit.scope()?.note('run', this.runs);
  }
  @AuditJob('nightly-open')
  async open(how: string): Promise<string> {
    await pause(1);
    if (how === 'badly') throw new RangeError('boom');
    return how;
  }
}

afterEach(closeApps);

describe('a message of a microservice', () => {
  const withService = async (use: (client: ReturnType<typeof ClientProxyFactory.create>) => Promise<void>) => {
    const sink = memorySink();
    @Module({ imports: [AuditModule.forRoot({ sinks: [sink] })], controllers: [OrdersController] })
    class ServiceModule {}
    const options = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } } as const;
    const service = await NestFactory.createMicroservice(ServiceModule, {
      ...options,
      logger: false,
      abortOnError: false,
    });
    await service.listen();
    const { port } = service.unwrap<import('node:net').Server>().address() as import('node:net').AddressInfo;
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
    try {
      await use(client);
    } finally {
      await client.close();
      await service.close();
    }
    return sink.events;
  };

  test('is one event with the actor that a guard left', async () => {
    const events = await withService(async (client) => {
      const message = { id: '7', reason: 'damaged', user: { id: 'forged' } };
      expect(await firstValueFrom(client.send('order.refund', message))).toEqual({ ok: true });
    });
    expect(events).toMatchObject([
      {
        action: 'order.refund',
        outcome: 'success',
        actor: { type: 'user', id: 'billing' },
        tenant: { id: 'acme' },
        resource: { type: 'order', id: '7' },
        capture: { by: 'nestjs', why: 'a message: order.refund' },
        metadata: { reason: 'damaged' },
      },
    ]);
  });

  test('that a handler refuses is denied, with the actor that @Audit finds', async () => {
    const events = await withService(async (client) => {
      await expect(firstValueFrom(client.send({ cmd: 'cancel_order' }, { id: '7', by: 'crm' }))).rejects.toBeDefined();
    });
    expect(events).toMatchObject([
      {
        action: 'order.cancel',
        outcome: 'denied',
        actor: { type: 'service', id: 'crm' },
        resource: { type: 'order', id: '7' },
      },
    ]);
  });

  test('that answers with many values keeps them all and is one event', async () => {
    const events = await withService(async (client) => {
      expect(await lastValueFrom(client.send('order.watch', {}).pipe(toArray()))).toEqual([1, 2, 3]);
    });
    expect(events).toMatchObject([{ action: 'order.watch', outcome: 'success' }]);
  });

  test('that expects no answer has what its handler recorded as its children', async () => {
    const events = await withService(async (client) => {
      await lastValueFrom(client.emit('order.created', {}), { defaultValue: undefined });
      await pause(100);
    });
    const [invoice, message] = events;
    expect(message).toMatchObject({ action: 'order.created' });
    expect(invoice).toMatchObject({ action: 'invoice.create', parent: message?.id, actor: { id: 'billing' } });
  });

  test('that reads, or is skipped, is no event', async () => {
    const events = await withService(async (client) => {
      expect(await firstValueFrom(client.send({ cmd: 'get_orders' }, {}))).toEqual([]);
      expect(await firstValueFrom(client.send('order.ping', {}))).toBe('pong');
    });
    expect(events).toEqual([]);
  });
});

test.each(ADAPTERS)('a WebSocket message on %s is one event', async (_name, adapter) => {
  const { port, events } = await startApp({
    adapter,
    providers: [OrdersGateway],
    configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
  });
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const answer = await new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ event: 'refundOrder', data: { id: '7' } })));
    socket.on('message', (text) => resolve(JSON.parse(String(text))));
  });
  socket.close();
  expect(answer).toEqual({ event: 'done', data: 1 });
  expect(await events(1)).toMatchObject([
    { action: 'order.refund', outcome: 'success', actor: { id: 'billing' }, resource: { type: 'order', id: '7' } },
  ]);
});

describe('a method with @AuditJob', () => {
  const start = () => {
    const [, adapter] = ADAPTERS[0] ?? [];
    if (adapter === undefined) throw new Error('no adapter');
    return startApp({ adapter, providers: [Jobs], imports: [ScheduleModule.forRoot()] });
  };

  test('that cron runs is one event each time', async () => {
    const { events } = await start();
    const [event] = await events(1);
    expect(event).toMatchObject({
      action: 'job.run',
      actor: { type: 'job', id: 'nightly-close' },
      tenant: { id: 'acme' },
      resource: { type: 'job', id: 'nightly-close' },
      metadata: { run: 1 },
    });
  });

  test('returns and throws what it always did', async () => {
    const { app, sink, audit } = await start();
    const jobs = app.get(Jobs);
    expect(await jobs.open('well')).toBe('well');
    await expect(jobs.open('badly')).rejects.toThrow(RangeError);
    await audit.flush();
    const own = sink.events.filter(({ actor }) => actor.id === 'nightly-open');
    expect(own).toMatchObject([{ outcome: 'success' }, { outcome: 'failure', reason: { code: 'RangeError' } }]);
  });
});
