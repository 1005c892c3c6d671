import type { Auditor, AuditorOptions } from '@whodunit/core';
import { createAuditor, isAuditor, observe } from '@whodunit/core/http';
import type { Request, RequestHandler } from 'express';
import { expressBinding } from './binding.js';

/** Options of `createAuditor`, with Express's own request in `actor`, `tenant` and `resources.*.load`. */
export type ExpressAuditOptions = AuditorOptions<Request>;

/** The middleware, and the auditor behind it: `middleware.auditor.record(...)`, `.flush()`, `.close()`. */
export type Audit = RequestHandler & { readonly auditor: Auditor };

/**
 * Express middleware, for 4 and 5, that makes one event of every request that does something: the only line that an
 * application adds. It may stand before or after auth and body parsers, and be mounted twice; the response is not
 * touched and never waits.
 *
 * @param options what `createAuditor` takes, or an auditor that the application made itself
 * @throws AuditError `AUDIT_OPTION_INVALID` for anything that is wrong with the options
 */
export function audit(options: ExpressAuditOptions | Auditor = {}): Audit {
  const auditor = isAuditor(options) ? options : createAuditor(options);
  const middleware: RequestHandler = (req, res, next) => {
    observe(auditor, expressBinding, req, { req, res }, next);
  };
  return Object.assign(middleware, { auditor });
}
