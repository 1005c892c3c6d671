import { engineOf } from '../engine/auditor.js';
import type { Engine } from '../engine/engine.js';
import { live } from '../engine/live.js';
import type { Scope } from '../engine/scope.js';
import { AuditError } from '../model/errors.js';
import type { WriteSettings } from './options.js';

let hinted = false;

/**
 * Who records a write: the auditor of the request or job that made it, else the one that the package was given, else that
 * of the process. `undefined` when there is none yet, which is said once.
 */
export function engineFor({ auditor, isStrict }: WriteSettings, scope: Scope | undefined): Engine | undefined {
  if (scope !== undefined) return scope.engine;
  if (auditor !== undefined) return engineOf(auditor);
  if (live.size === 1) for (const engine of live) return engine;
  const problem =
    live.size === 0
      ? 'a write came before there was an auditor, and was not recorded. Make the auditor first, or make the write inside auditor.run().'
      : 'a write came outside of any request or job, and there are several auditors. Say which one by the option `auditor`.';
  if (isStrict) throw new AuditError('AUDIT_OPTION_INVALID', problem);
  if (!hinted) process.emitWarning(`whodunit: ${problem}`);
  hinted = true;
  return undefined;
}
