import { AuditError } from '../model/errors.js';
import type { EventInput } from '../model/input.js';
import { normaliseAction } from '../pure/words.js';
import { draftByHand } from './by-hand.js';
import type { Engine } from './engine.js';
import type { Entry } from './journal.js';
import { scopes } from './scope.js';

/** Records what an application says by hand. `undefined`: it was lost, which is counted and reported. */
export function submitByHand(engine: Engine, input: EventInput): Entry | 'ruled out' | undefined {
  try {
    const draft = draftByHand(engine, input, scopes.getStore());
    return draft === undefined ? 'ruled out' : engine.submit(draft);
  } catch (error) {
    return submitRemains(engine, input, error);
  }
}

/** Capture code failed: what is certain is recorded all the same, and the failure is reported. */
export function submitRemains(engine: Engine, input: EventInput, problem: unknown): Entry | undefined {
  const name = problem instanceof Error ? problem.name : typeof problem;
  engine.report(
    new AuditError(
      'AUDIT_CAPTURE_FAILED',
      `An event could not be captured whole (${name}); its action was recorded. See \`cause\`.`,
      { cause: problem },
    ),
  );
  try {
    const action = normaliseAction(actionOf(input));
    const draft = draftByHand(engine, { action, metadata: { capture_error: name } }, undefined);
    return draft && engine.submit(draft);
  } catch {
    engine.counts.dropped.capture_failed += 1;
    return undefined;
  }
}

/** The action of an input that may be anything, a proxy that throws included. */
function actionOf(input: unknown): unknown {
  try {
    return (input as { action?: unknown } | null | undefined)?.action;
  } catch {
    return undefined;
  }
}
