import { Logger } from '@nestjs/common';
import { AuditError, type Auditor } from '@whodunit/core';
import { createAuditor, isAuditor } from '@whodunit/core/http';
import { checkConfigured } from './check-configured.js';
import type { AuditModuleOptions } from './module-options.js';

/** The auditor that the module works with, and whether the module has to close it. */
export interface OwnedAuditor {
  readonly auditor: Auditor;
  readonly own: boolean;
}

/** @throws AuditError `AUDIT_OPTION_INVALID` for anything that is wrong with the options */
export function makeAuditor(options: AuditModuleOptions | undefined): OwnedAuditor {
  if (typeof options !== 'object' || options === null) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'AuditModule: there are no options. Return an object from the factory.',
    );
  }
  if (!('auditor' in options)) {
    checkConfigured(options);
    return { auditor: createAuditor({ onError: logError, ...options }), own: true };
  }
  const { auditor, ...rest } = options;
  const [other] = Object.keys(rest);
  if (other !== undefined) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      `AuditModule: \`${other}\` cannot stand beside \`auditor\`. Pass it to createAuditor().`,
    );
  }
  if (!isAuditor(auditor)) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'AuditModule: `auditor` is no auditor. Pass what createAuditor() returned.',
    );
  }
  return { auditor, own: false };
}

const logger = new Logger('AuditModule');

function logError(error: AuditError): void {
  // An own message, but it may carry a name from a configuration: nothing unprintable goes to a terminal.
  logger.error(`${error.code}: ${error.message.replace(/[^\P{C}]/gu, ' ')}`);
}
