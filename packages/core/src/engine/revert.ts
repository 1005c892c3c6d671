import { AuditError } from '../model/errors.js';
import type { Change } from '../model/event.js';
import type { EventInput } from '../model/input.js';
import type { RevertApplyOptions, RevertDryRun, RevertPlan } from '../model/revert.js';
import { dryRunOf } from '../pure/history/dry-run.js';
import type { Plan } from '../pure/history/planned.js';
import { normaliseAction } from '../pure/words.js';
import type { Engine } from './engine.js';
import { submitByHand } from './remains.js';
import { scopes } from './scope.js';

/** A plan that can be carried out, by the application's own hand. */
export function revertPlanOf(
  engine: Engine,
  plan: Plan,
  { id, type }: { readonly type: string; readonly id: string },
): RevertPlan {
  const { kind, operations, refusals, revertOf, revertTo } = plan;
  const { resource, tenant } = revertOf;
  const made: RevertPlan = Object.freeze({
    kind,
    resource: { type, id, ...(resource?.name === undefined ? {} : { name: resource.name }) },
    ...(tenant === undefined ? {} : { tenant }),
    revertOf: revertOf.id,
    ...(revertTo === undefined ? {} : { revertTo: revertTo.id }),
    operations: Object.freeze([...operations]),
    refusals: Object.freeze([...refusals]),
    dryRun: (current) => dryRunOf(plan, current),
    async apply(current, write, options = {}) {
      const dryRun = dryRunOf(plan, current);
      refuse(made, dryRun);
      if (kind === 'nothing') return undefined;
      const input = inputOf(made, current, dryRun, options);
      try {
        await write(dryRun.patch, made);
      } catch (error) {
        const { after: _after, before: _before, changes: _changes, diff: _diff, ...rest } = input;
        const code = error instanceof Error ? error.name : 'error';
        submitByHand(engine, { ...rest, outcome: 'failure', reason: { code } });
        throw error;
      }
      const entry = submitByHand(engine, input);
      return entry === undefined || entry === 'ruled out' ? undefined : entry.sealed.id;
    },
  } satisfies RevertPlan);
  return made;
}

const ACTS = {
  update: { verb: 'update', operation: 'update' },
  // It begins a new life of the resource, which `create` says.
  recreate: { verb: 'restore', operation: 'create' },
  delete: { verb: 'delete', operation: 'delete' },
} as const;

function inputOf(
  plan: RevertPlan,
  current: unknown,
  { patch }: RevertDryRun,
  { actor, reason }: RevertApplyOptions,
): EventInput {
  const { verb, operation } = ACTS[plan.kind as keyof typeof ACTS];
  const told = {
    update: { changes: plan.operations.map(changeOf), diff: { fidelity: 'exact' } as const },
    recreate: { after: patch },
    delete: { before: current },
  }[plan.kind as keyof typeof ACTS];
  const isForTenant = plan.tenant !== undefined && scopes.getStore()?.knownTenant() === undefined;
  return {
    action: `${normaliseAction(plan.resource.type)}.${verb}`,
    operation,
    resource: plan.resource,
    revertOf: plan.revertOf,
    ...told,
    ...(plan.revertTo === undefined ? {} : { metadata: { revertTo: plan.revertTo } }),
    ...(actor === undefined ? {} : { actor }),
    ...(reason === undefined ? {} : { reason }),
    ...(isForTenant ? { tenant: plan.tenant } : {}),
  } as EventInput;
}

function changeOf({ from, op, path, to }: RevertPlan['operations'][number]): Change {
  return { path, op, ...(from === undefined ? {} : { old: from }), ...(to === undefined ? {} : { new: to }) };
}

/** A plan is carried out whole or not at all. */
function refuse({ refusals }: RevertPlan, { conflicts }: RevertDryRun): void {
  const [refusal] = refusals;
  if (refusal !== undefined) {
    throw new AuditError(
      'AUDIT_REVERT_REFUSED',
      `The plan cannot be carried out: ${refusal.code}${placeOf(refusal.path)}, ${refusal.why}. See \`refusals\`; \`fields\` leaves out what cannot be undone.`,
    );
  }
  const [conflict] = conflicts;
  if (conflict !== undefined) {
    throw new AuditError(
      'AUDIT_REVERT_CONFLICT',
      `The resource is not as the event left it: ${conflict.code}${placeOf(conflict.path)}, ${conflict.why}. See \`dryRun\`, and decide by hand.`,
    );
  }
}

function placeOf(path: string | undefined): string {
  return path === undefined || path === '' ? '' : ` at ${path}`;
}
