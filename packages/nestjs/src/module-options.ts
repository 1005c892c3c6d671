import { type ConfigurableModuleAsyncOptions, ConfigurableModuleBuilder } from '@nestjs/common';
import type { Auditor, AuditorOptions } from '@whodunit/core';

/**
 * What `createAuditor` takes; or an auditor that the application made itself, and closes itself: the module then only
 * flushes it at shutdown.
 */
export type AuditModuleOptions = AuditorOptions | { readonly auditor: Auditor };

/** What a class given to `forRootAsync({ useClass })` or `{ useExisting }` does. */
export interface AuditOptionsFactory {
  createAuditOptions(): AuditModuleOptions | Promise<AuditModuleOptions>;
}

/** How Nest should make the module, besides the options of the auditor. */
export interface AuditModuleExtras {
  /** Makes `AuditService` injectable everywhere. Requests are audited either way. @default true */
  readonly isGlobal?: boolean;
}

/** What `AuditModule.forRootAsync` takes. */
export type AuditModuleAsyncOptions = ConfigurableModuleAsyncOptions<AuditModuleOptions, 'createAuditOptions'> &
  AuditModuleExtras;

/** @internal */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<AuditModuleOptions>({
  optionsInjectionToken: Symbol.for('whodunit.nestjs.options'),
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createAuditOptions')
  .setExtras<AuditModuleExtras>({ isGlobal: true }, (definition, { isGlobal }) => ({
    ...definition,
    global: isGlobal !== false,
  }))
  .build();
