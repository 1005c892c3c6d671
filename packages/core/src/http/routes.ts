import { type Auditor, engineOf } from '../engine/auditor.js';
import { coverageBy, coverageOfAll } from '../engine/coverage.js';
import type { Engine, RouteLister } from '../engine/engine.js';
import { type Coverage, coverageLine } from '../pure/coverage/index.js';

/** More applications than this on one auditor are a leak of somebody's tests; the oldest are forgotten. */
const MAX_APPLICATIONS = 32;

/** Tells an auditor how the routes of an application are listed; once for each application. */
export function knowRoutes(auditor: Auditor, application: object, list: RouteLister): void {
  const { listers } = engineOf(auditor);
  const [oldest] = listers.keys();
  if (listers.size >= MAX_APPLICATIONS && oldest !== undefined) listers.delete(oldest);
  listers.set(application, list);
}

/** The coverage of these routes alone. @throws AuditError `AUDIT_OPTION_INVALID` when there are none */
export function coverageWith(auditor: Auditor, list: RouteLister): Coverage {
  return coverageBy(engineOf(auditor), list);
}

const told = new WeakSet<Engine>();

/**
 * What a developer sees when the application starts: how many routes are recorded, and which are not. Once for an auditor,
 * and never in production or in tests. Never throws.
 */
export function startLine(auditor: Auditor): string | undefined {
  const engine = engineOf(auditor);
  const places = [engine.settings.service.environment, process.env['NODE_ENV']];
  // The runner of node:test sets no NODE_ENV.
  const isQuiet =
    places.some((place) => place === 'production' || place === 'test') || 'NODE_TEST_CONTEXT' in process.env;
  if (isQuiet || told.has(engine)) return undefined;
  told.add(engine);
  try {
    const coverage = coverageOfAll(engine);
    return coverage.routes.length === 0 ? undefined : coverageLine(coverage);
  } catch {
    return undefined;
  }
}
