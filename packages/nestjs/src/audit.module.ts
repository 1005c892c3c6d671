import {
  type DynamicModule,
  Inject,
  Logger,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { knowRoutes, startLine } from '@whodunit/core/http';
import { attach, type HttpAdapter } from './attach.js';
import { AuditGuard } from './audit.guard.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { AuditService } from './audit.service.js';
import { closeAuditor, openAuditor } from './lifecycle.js';
import { makeAuditor, type OwnedAuditor } from './make-auditor.js';
import {
  type AuditModuleAsyncOptions,
  type AuditModuleExtras,
  type AuditModuleOptions,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
} from './module-options.js';
import { routesOf } from './routes.js';
import { AUDITOR } from './tokens.js';

const OWNED = Symbol.for('whodunit.nestjs.owned-auditor');

/**
 * Makes one event of every request of a Nest application that does something: `imports: [AuditModule.forRoot({ sinks })]`
 * is all there is to do, on Express and on Fastify. Sinks open when the application starts and close after its server
 * has closed.
 */
@Module({
  providers: [
    { provide: OWNED, useFactory: makeAuditor, inject: [MODULE_OPTIONS_TOKEN] },
    { provide: AUDITOR, useFactory: ({ auditor }: OwnedAuditor) => auditor, inject: [OWNED] },
    AuditService,
    AuditInterceptor,
  ],
  exports: [AUDITOR, AuditService, AuditInterceptor],
})
export class AuditModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown
{
  readonly #owned: OwnedAuditor;
  readonly #host: HttpAdapterHost;
  readonly #config: ApplicationConfig;
  #attached = false;

  constructor(
    @Inject(OWNED) owned: OwnedAuditor,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(ApplicationConfig) config: ApplicationConfig,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    super();
    this.#owned = owned;
    this.#host = host;
    this.#config = config;
    knowRoutes(owned.auditor, modules, () =>
      routesOf({ modules, config, normalizePath: spellingOf(host.httpAdapter) }),
    );
    this.#attach();
    // Nest's testing module makes the adapter only when everything else is there.
    if (!this.#attached) this.#host.init$?.subscribe(() => this.#attach());
  }

  /** With the options of `createAuditor`. @throws AuditError `AUDIT_OPTION_INVALID`, when the application starts */
  static override forRoot(options: AuditModuleOptions & AuditModuleExtras = {}): DynamicModule {
    return { ...ConfigurableModuleClass.forRoot(options), module: AuditModule };
  }

  /** With options that a factory or a class makes, from a configuration service for example. */
  static override forRootAsync(options: AuditModuleAsyncOptions): DynamicModule {
    return { ...ConfigurableModuleClass.forRootAsync(options), module: AuditModule };
  }

  /** @internal Nest calls this before it makes routes, when all global guards are known. */
  configure(_consumer: MiddlewareConsumer): void {
    this.#attach();
    this.#config.getGlobalGuards().unshift(new AuditGuard());
  }

  /** @internal */
  async onModuleInit(): Promise<void> {
    await openAuditor(this.#owned);
  }

  /** @internal Nest calls this when every route is known. */
  onApplicationBootstrap(): void {
    const line = startLine(this.#owned.auditor);
    if (line !== undefined) new Logger('AuditModule').log(line);
  }

  /** @internal Nest calls this when the server has closed: what it was still doing is recorded. */
  async onApplicationShutdown(): Promise<void> {
    try {
      await closeAuditor(this.#owned);
    } catch (error) {
      // Other modules have to shut down too, so this one does not stop them.
      new Logger('AuditModule').error(error instanceof Error ? error.message : 'The auditor did not close.');
    }
  }

  #attach(): void {
    // Absent or null in an application without HTTP, whatever its type says.
    const adapter: HttpAdapter | null | undefined = this.#host.httpAdapter;
    if (adapter === undefined || adapter === null) return;
    attach(adapter, this.#owned.auditor);
    this.#attached = true;
  }
}

/** How an adapter spells the paths of routes, where it has a spelling of its own. */
function spellingOf(adapter: HttpAdapter | null | undefined): ((path: string) => string) | undefined {
  const { normalizePath } = adapter ?? {};
  return normalizePath === undefined ? undefined : (path) => normalizePath.call(adapter, path);
}
