import type { Auditor, AuditorOptions, Coverage } from '@whodunit/core';
import { coverageWith, createAuditor, isAuditor, observe } from '@whodunit/core/http';
import type { Application, Request, RequestHandler } from 'express';
import { knowApplication } from './applications.js';
import { expressBinding } from './binding.js';
import { routesOf } from './routes.js';

/** Options of `createAuditor`, with Express's own request in `actor`, `tenant` and `resources.*.load`. */
export type ExpressAuditOptions = AuditorOptions<Request>;

/** The middleware, and the auditor behind it: `middleware.auditor.record(...)`, `.flush()`, `.close()`. */
export type Audit = RequestHandler & {
  readonly auditor: Auditor;
  /**
   * Every route of an application that changes something, what its event will be called and why, and which leave none: for a
   * test, `expect(auditing.coverage(app).unaudited).toEqual([])`. Looks at what is registered and runs none of it, so it
   * needs no request; mounted routers and sub-applications are included. `auditing.auditor.coverage()` is the same once a
   * request has told which application it is.
   *
   * @throws AuditError `AUDIT_OPTION_INVALID` when this is no application, or when it has no routes yet
   */
  coverage(app: Application): Coverage;
};

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
  let last: unknown;
  const middleware: RequestHandler = (req, res, next) => {
    if (req.app !== last) {
      last = req.app;
      knowApplication(req.app, auditor);
    }
    observe(auditor, expressBinding, req, { req, res }, next);
  };
  const coverage = (app: Application): Coverage => coverageWith(auditor, () => routesOf(app, auditor, false));
  return Object.assign(middleware, { auditor, coverage });
}
