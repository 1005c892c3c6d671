import 'reflect-metadata';
import { Controller, Inject, Injectable, Module, type OnApplicationShutdown, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { type AuditEvent, type Auditor, createAuditor, type Sink, SinkError } from '@whodunit/core';
import { AUDITOR, AuditModule, type AuditModuleOptions, AuditService, InjectAuditor } from '@whodunit/nestjs';
import { memorySink } from '@whodunit/testing';
import request from 'supertest';
import { ADAPTERS, closeApps, pause, startApp } from './support/app';

@Controller('things')
class ThingsController {
  @Put(':id')
  async update() {
    await pause(50);
    return {};
  }
}

const LIMITS = { dispatch: { maxWaitMs: 5 } };
const QUIET = { logger: false, abortOnError: false } as const;

afterEach(closeApps);

describe('AuditModule', () => {
  test.each(ADAPTERS)('works in Test.createTestingModule on %s', async (_name, adapter) => {
    const sink = memorySink();
    const imports = [AuditModule.forRoot({ sinks: [sink], ...LIMITS })];
    const testing = await Test.createTestingModule({ imports, controllers: [ThingsController] }).compile();
    const app = testing.createNestApplication(adapter());
    await app.init();
    await app.getHttpAdapter().getInstance().ready?.();
    await request(app.getHttpServer()).put('/things/7').expect(200);
    await app.close();
    expect(sink.events).toMatchObject([{ action: 'thing.update', resource: { id: '7' } }]);
  });

  test('records requests that Fastify injects', async () => {
    const adapter = ADAPTERS[1]?.[1];
    if (adapter === undefined) throw new Error('no adapter');
    const { app, events } = await startApp({ adapter, controllers: [ThingsController] });
    await app.getHttpAdapter().getInstance().inject({ method: 'PUT', url: '/things/7' });
    expect(await events(1)).toMatchObject([{ action: 'thing.update' }]);
  });

  test('takes options from a factory with what it injects, and from a class', async () => {
    const sinks = { factory: memorySink(), type: memorySink() };
    @Injectable()
    class Config {
      readonly name = 'configured';
      createAuditOptions(): AuditModuleOptions {
        return { service: this.name, sinks: [sinks.type], ...LIMITS };
      }
    }
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}
    const byFactory = AuditModule.forRootAsync({
      imports: [ConfigModule],
      inject: [Config],
      useFactory: async (config: Config) => ({ service: config.name, sinks: [sinks.factory], ...LIMITS }),
    });
    for (const module of [byFactory, AuditModule.forRootAsync({ useClass: Config })]) {
      const app = await NestFactory.createApplicationContext(module, QUIET);
      app.get(AuditService).record({ action: 'thing.make' });
      await app.close();
    }
    expect([sinks.factory, sinks.type].map(({ events }) => events.map(({ service }) => service.name))).toEqual([
      ['configured'],
      ['configured'],
    ]);
  });

  test('is global, unless isGlobal is false; then requests are audited all the same', async () => {
    @Injectable()
    class Far {
      constructor(@InjectAuditor() readonly auditor: Auditor) {}
    }
    @Module({ providers: [Far] })
    class FarModule {}
    const start = (isGlobal: boolean) =>
      NestFactory.create(
        { module: class {}, imports: [AuditModule.forRoot({ sinks: [memorySink()], isGlobal }), FarModule] },
        QUIET,
      );
    const app = await start(true);
    expect(app.get(Far, { strict: false }).auditor).toBe(app.get(AUDITOR));
    await app.close();
    await expect(start(false)).rejects.toThrow('dependencies');
  });

  test('imported twice still makes one event of one request', async () => {
    const adapter = ADAPTERS[0]?.[1];
    if (adapter === undefined) throw new Error('no adapter');
    const second = memorySink();
    const imports = [AuditModule.forRoot({ sinks: [second], ...LIMITS })];
    const { url, events } = await startApp({ adapter, controllers: [ThingsController], imports });
    await fetch(`${url}/things/7`, { method: 'PUT' });
    await pause(50);
    expect([...(await events()), ...second.events]).toHaveLength(1);
  });

  test.each([
    ['a number that came as text', { dispatch: { maxWaitMs: '5' } }, 'dispatch.maxWaitMs'],
    ['a rule without a level', { rules: [{ name: 'x' }] }, 'rules[0].level'],
    ['a list that is none', { redact: { keys: 'password' } }, 'redact.keys'],
    ['a service without a name', { service: { version: '1' } }, 'service.name'],
    ['a number out of range', { journal: { maxEvents: 1 } }, 'maxEvents'],
    ['a misspelt option', { sink: [] }, 'Did you mean `sinks`?'],
    ['an auditor that is none', { auditor: {} }, 'auditor'],
    ['no options at all', undefined, 'no options'],
  ])('refuses %s and names the option', async (_title, options, named) => {
    const module = AuditModule.forRootAsync({ useFactory: () => options as AuditModuleOptions });
    const start = NestFactory.createApplicationContext(module, QUIET);
    await expect(start).rejects.toMatchObject({
      code: 'AUDIT_OPTION_INVALID',
      message: expect.stringContaining(named),
    });
  });
});

describe('when the application starts', () => {
  const startWith = (sink: Sink, onError = () => undefined) =>
    NestFactory.createApplicationContext(AuditModule.forRoot({ sinks: [sink], onError }), {
      logger: false,
      abortOnError: false,
    });

  test('a sink with a wrong configuration stops it', async () => {
    const sink = sinkThat({ open: () => Promise.reject(new SinkError('no such table', { kind: 'gone' })) });
    await expect(startWith(sink)).rejects.toThrow('no such table');
  });

  test('a sink that cannot be reached is reported and tried again', async () => {
    const told: unknown[] = [];
    let tries = 0;
    const sink = sinkThat({
      open: () => (++tries === 1 ? Promise.reject(new SinkError('refused', { kind: 'retryable' })) : Promise.resolve()),
    });
    const app = await startWith(sink, () => void told.push(1) as undefined);
    app.get(AuditService).record({ action: 'thing.make' });
    await app.close();
    expect([told.length, tries, sink.events.length]).toEqual([1, 2, 1]);
  });
});

describe('when the application closes', () => {
  test.each(ADAPTERS)('what %s was still doing is recorded before the sinks close', async (_name, adapter) => {
    const { app, url, sink } = await startApp({ adapter, controllers: [ThingsController] });
    const answer = fetch(`${url}/things/7`, { method: 'PUT', headers: { connection: 'close' } });
    await pause(25);
    await Promise.all([app.close(), answer]);
    expect(sink.events).toMatchObject([{ action: 'thing.update', outcome: 'success' }]);
  });

  test('everything that was recorded is stored and the sink is closed; twice is safe', async () => {
    let closed = 0;
    const sink = sinkThat({ close: () => Promise.resolve(void closed++) });
    @Injectable()
    class Late implements OnApplicationShutdown {
      constructor(@Inject(AuditService) readonly audit: AuditService) {}
      onApplicationShutdown() {
        this.audit.auditor.stats();
      }
    }
    const app = await NestFactory.createApplicationContext(
      { module: class {}, imports: [AuditModule.forRoot({ sinks: [sink] })], providers: [Late] },
      QUIET,
    );
    app.get(AuditService).record({ action: 'thing.make' });
    await app.close();
    await app.close();
    expect([closed, sink.events.length]).toEqual([1, 1]);
    expect(app.get(AuditService).health().status).toBe('closed');
  });

  test('an auditor of the application is flushed and left open', async () => {
    const sink = memorySink();
    const auditor = createAuditor({ sinks: [sink] });
    const app = await NestFactory.createApplicationContext(AuditModule.forRoot({ auditor }), QUIET);
    app.get(AuditService).record({ action: 'thing.make' });
    await app.close();
    expect([sink.events.length, auditor.health().status]).toEqual([1, 'ok']);
    await auditor.close();
  });

  test('a sink that is down does not keep other modules from closing', async () => {
    const sink = sinkThat({ write: () => Promise.reject(new Error('down')) });
    const options = { sinks: [sink], dispatch: { closeTimeoutMs: 50 }, onError: () => undefined };
    const app = await NestFactory.createApplicationContext(AuditModule.forRoot(options), QUIET);
    app.get(AuditService).record({ action: 'thing.make' });
    await app.close();
    expect(app.get(AuditService).stats().sinks['own']?.pending).toBe(1);
  });
});

function sinkThat(does: Partial<Sink>): Sink & { readonly events: AuditEvent[] } {
  const events: AuditEvent[] = [];
  return {
    name: 'own',
    idempotent: true,
    events,
    async write(batch) {
      events.push(...batch);
    },
    ...does,
  };
}
