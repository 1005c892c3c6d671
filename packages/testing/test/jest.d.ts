import type { AuditMatchers } from '@whodunit/testing';

declare global {
  namespace jest {
    interface Matchers<R> extends AuditMatchers<R> {}
  }
}
