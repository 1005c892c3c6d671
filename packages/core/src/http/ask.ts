import { actorFrom, tenantFrom } from '../engine/scope.js';
import { AuditError } from '../model/errors.js';
import type { Operation } from '../model/event.js';
import { load, UNREAD } from './before.js';
import type { Known } from './draft-of.js';
import type { Plan } from './plan.js';
import type { RequestScope } from './request-scope.js';

/** A resolver of the application may take this long; then the event goes without. */
const ASK_TIMEOUT_MS = 250;

/** Asks the application what only it can say: who, for which customer, and what the resource is like now. */
export async function ask(scope: RequestScope, plan: Plan, naming: Promise<void> | undefined): Promise<Known> {
  const { actor, tenant } = scope.engine.settings;
  const request = scope.carrier as never;
  const [who, which, states] = await Promise.all([
    actor === undefined ? undefined : bounded(scope, 'actor', () => actor(request)),
    tenant === undefined ? undefined : bounded(scope, 'tenant', () => tenant(request)),
    statesOf(scope, plan.recognition.operation),
    naming,
  ]);
  return {
    ...(who === undefined ? {} : { actor: actorFrom(who) }),
    ...(which === undefined ? {} : { tenant: tenantFrom(which) }),
    ...states,
  };
}

/** The resource before and after, when its loader could tell both. */
async function statesOf(scope: RequestScope, operation: Operation): Promise<Pick<Known, 'states' | 'hidden'>> {
  if (scope.hidden !== undefined) return { hidden: await scope.hidden };
  if (scope.loading === undefined || scope.ending().status >= 400) return {};
  const { before: reading, id, type } = scope.loading;
  const before = await reading;
  if (before === UNREAD) return {};
  const after = operation === 'delete' ? undefined : await load(scope, type, id);
  return after === UNREAD ? {} : { states: { before, after } };
}

async function bounded<T>(scope: RequestScope, option: string, call: () => T | Promise<T>): Promise<T | undefined> {
  const { clock, report } = scope.engine;
  let cancel = (): void => undefined;
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.after(ASK_TIMEOUT_MS, () => {
      report(
        new AuditError(
          'AUDIT_CAPTURE_FAILED',
          `The option \`${option}\` took longer than ${ASK_TIMEOUT_MS} ms; the event goes without. Make it quicker.`,
        ),
        option,
      );
      resolve(undefined);
    });
  });
  try {
    return await Promise.race([call(), late]);
  } catch (cause) {
    report(
      new AuditError(
        'AUDIT_CAPTURE_FAILED',
        `The option \`${option}\` failed; the event goes without. See \`cause\`.`,
        { cause },
      ),
      option,
    );
    return undefined;
  } finally {
    cancel();
  }
}
