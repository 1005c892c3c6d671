import 'reflect-metadata';
import { Inject } from '@nestjs/common';
import type { RunOptions } from '@whodunit/core';
import { AuditService } from './audit.service.js';

const SERVICE = Symbol.for('whodunit.nestjs.service');

/** What `@AuditJob` takes besides the name of the job. */
export type AuditJobOptions = Omit<RunOptions, 'job' | 'action'>;

/**
 * Makes every run of a method of a provider one event (`job.run`) with how it ended: for `@Cron`, `@Interval` and the
 * `process` of a queue, none of which pass an interceptor. Stands above or below the other decorator.
 */
export function AuditJob(job: string, options: AuditJobOptions = {}): MethodDecorator {
  return (target: object, _name: string | symbol, descriptor: PropertyDescriptor) => {
    const method: unknown = descriptor.value;
    if (typeof method !== 'function') return;
    // Injects into the property, so that no constructor has to ask for it.
    Inject(AuditService)(target, SERVICE);
    const audited = async function (this: { readonly [SERVICE]: AuditService }, ...given: unknown[]): Promise<unknown> {
      return this[SERVICE].run({ by: 'nestjs', why: 'a job', ...options, job }, (): unknown =>
        Reflect.apply(method, this, given),
      );
    };
    Object.defineProperty(audited, 'name', { value: method.name, configurable: true });
    for (const key of Reflect.getMetadataKeys(method)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, method), audited);
    }
    descriptor.value = audited;
  };
}
