import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AuditEvent, AuditorOptions } from '@whodunit/core';
import { AuditModule, AuditService } from '@whodunit/nestjs';
import { type MemorySink, memorySink } from '@whodunit/testing';

/** For `describe.each`: everything holds on both. */
export const ADAPTERS: readonly [name: 'Express' | 'Fastify', make: () => AbstractHttpAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

/** Records every read too, so that each ending of a read is seen. */
export const READS: AuditorOptions = { rules: [{ name: 'everything', level: 'changes' }] };

export interface TestApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly port: number;
  readonly sink: MemorySink;
  readonly audit: AuditService;
  /** Every event that is known by now, after at least `count` of them came. */
  events(count?: number): Promise<readonly AuditEvent[]>;
}

export interface TestAppOptions extends ModuleMetadata {
  readonly adapter: () => AbstractHttpAdapter;
  readonly audit?: AuditorOptions | false;
  /** Runs where main.ts of an application would. */
  readonly configure?: (app: INestApplication) => unknown;
}

const open: INestApplication[] = [];

/** Starts a real server, as `main.ts` would. */
export async function startApp({ adapter, audit = {}, configure, ...metadata }: TestAppOptions): Promise<TestApp> {
  const sink = memorySink();
  const options = { service: 'test', sinks: [sink], dispatch: { maxWaitMs: 5 }, onError: raise, ...audit };
  const auditing = audit === false ? [] : [AuditModule.forRoot(options)];
  @Module({ ...metadata, imports: [...(metadata.imports ?? []), ...auditing] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, adapter(), { logger: false, abortOnError: false });
  await configure?.(app);
  await app.listen(0, '127.0.0.1');
  open.push(app);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    port,
    sink,
    audit: audit === false ? (undefined as never) : app.get(AuditService),
    async events(count = 0) {
      for (let waited = 0; sink.events.length < count && waited < 5_000; waited += 5) await pause(5);
      // What should not be there would have come by now; what waits for its slice is made.
      await pause(30);
      if (audit !== false) await app.get(AuditService).flush();
      return [...sink.events];
    },
  };
}

/** For `afterEach`: no application outlives its test. */
export async function closeApps(): Promise<void> {
  for (const app of open.splice(0)) await app.close();
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A failure of whodunit itself fails the test as an unhandled rejection. */
function raise(error: Error): void {
  void Promise.reject(error);
}
