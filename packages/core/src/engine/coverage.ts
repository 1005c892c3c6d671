import { AuditError } from '../model/errors.js';
import { type Coverage, coverageOf } from '../pure/coverage/index.js';
import type { Engine, RouteLister } from './engine.js';

/** The coverage of every application that is known. @throws AuditError when none is */
export function coverageOfAll(engine: Engine): Coverage {
  const { listers } = engine;
  if (listers.size === 0) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'coverage(): no application is known yet. With Express call audit(...).coverage(app); with Nest call it after app.init().',
    );
  }
  return coverageBy(engine, () => [...listers.values()].flatMap((list) => list()));
}

/** The coverage of what is listed. No routes at all is a mistake that must not look like a trail without gaps. */
export function coverageBy(engine: Engine, list: RouteLister): Coverage {
  const listed = list();
  if (listed.length === 0) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'coverage(): the application has no routes. Call it when they are registered, with the application that serves them.',
    );
  }
  const { decide, loadable, settings } = engine;
  return coverageOf(listed, { recognise: settings.recognise, decide, loadable }, [...engine.gaps.values()]);
}
