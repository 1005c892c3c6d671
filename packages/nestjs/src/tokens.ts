import { Inject } from '@nestjs/common';

/** Token of the auditor. One per process, also where an application loads both builds of this package. */
export const AUDITOR: unique symbol = Symbol.for('whodunit.nestjs.auditor');

/** Injects the auditor itself: `constructor(@InjectAuditor() private readonly auditor: Auditor) {}`. */
export function InjectAuditor(): PropertyDecorator & ParameterDecorator {
  return Inject(AUDITOR);
}
