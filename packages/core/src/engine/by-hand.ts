import { types } from 'node:util';
import { AuditError } from '../model/errors.js';
import type { Change, Diff, Outcome, Severity } from '../model/event.js';
import type { EventInput } from '../model/input.js';
import { captureOf } from '../pure/build.js';
import { changesBetween } from '../pure/changes.js';
import type { Draft } from '../pure/draft.js';
import { labelOf } from '../pure/json-text.js';
import { valueAt } from '../pure/pointed.js';
import { newWalk, safeText } from '../pure/snapshot.js';
import { categoryOf, normaliseAction, operationOf, severityOf } from '../pure/words.js';
import type { Engine } from './engine.js';
import { actorFrom, nameOf, reasonFrom, type Scope, tenantFrom } from './scope.js';

const OUTCOMES: readonly unknown[] = ['success', 'failure', 'denied', 'unknown'];
const SEVERITIES: readonly unknown[] = ['info', 'low', 'medium', 'high', 'critical'];
const CATEGORIES: readonly unknown[] = ['auth', 'account', 'access', 'data', 'config', 'system', 'audit'];
const OPERATIONS: readonly unknown[] = ['create', 'read', 'update', 'delete', 'execute'];

const BY_HAND = 'recorded by the application';
const captures = {
  none: captureOf('manual', BY_HAND, 'none', undefined),
  metadata: captureOf('manual', BY_HAND, 'metadata', undefined),
  changes: captureOf('manual', BY_HAND, 'changes', undefined),
  full: captureOf('manual', BY_HAND, 'full', undefined),
};

/**
 * The draft of an event that an application records by hand, completed from the current scope. Whatever is wrong with
 * the input is reported and mended, never a reason to lose the event. `undefined` when a rule says so.
 */
export function draftByHand(engine: Engine, input: EventInput, scope: Scope | undefined): Draft | undefined {
  const action = normaliseAction(input.action);
  if (action !== input.action) invalid(engine, '`action` is not lower case, dotted text; it was stored in that form');
  const category = known(engine, 'category', CATEGORIES, input.category, categoryOf(action));
  const operation = known(engine, 'operation', OPERATIONS, input.operation, operationOf(action));
  const outcome: Outcome = known(engine, 'outcome', OUTCOMES, input.outcome, 'success');
  const request = scope?.request();
  const { level, rule } = engine.decideByHand({
    action,
    category,
    operation,
    outcome,
    resource: input.resource?.type,
    method: request?.method,
    route: request?.route,
  });
  if (level === 'none') {
    engine.counts.ruledOut += 1;
    return undefined;
  }
  if (scope !== undefined && input.parent === undefined) scope.hasChildren = true;
  const difference = level === 'metadata' ? undefined : differenceOf(engine, input);
  return {
    id: engine.newId(),
    time: timeOf(engine, input.time),
    action,
    category,
    operation,
    outcome,
    severity: known<Severity>(engine, 'severity', SEVERITIES, input.severity, severityOf(action, outcome)),
    reason: input.reason === undefined ? undefined : reasonFrom(input.reason),
    actor: (input.actor === undefined ? scope?.knownActor() : actorFrom(input.actor)) ?? { type: 'system' },
    tenant: input.tenant === undefined ? scope?.knownTenant() : tenantFrom(input.tenant),
    source: input.source ?? scope?.source(),
    resource: resourceOf(engine, input),
    ...difference,
    request,
    capture: rule === undefined ? captures[level] : captureOf('manual', BY_HAND, level, rule),
    parent: input.parent ?? scope?.id,
    metadata: metadataOf(input),
  };
}

function differenceOf(engine: Engine, input: EventInput): Pick<Draft, 'changes' | 'diff' | 'unordered'> | undefined {
  const { before, after } = input;
  const walk = newWalk(engine.settings.redactor);
  if (input.changes !== undefined) {
    const changes = readyMade(engine, input.changes);
    return changes && { changes, diff: diffOf(input.diff), unordered: true };
  }
  if (before === undefined && after === undefined) return undefined;
  const changes = changesBetween(before, after, walk, engine.fields(input.resource?.type));
  const diff: Diff = walk.cut ? { fidelity: 'partial', why: 'too large to compare whole' } : { fidelity: 'exact' };
  return { changes, diff: input.diff === undefined ? diff : diffOf(input.diff), unordered: walk.unordered };
}

/** Changes that somebody else computed pass the same redaction: by the names in their paths, then by what they hold. */
function readyMade(engine: Engine, changes: unknown): Change[] | undefined {
  if (!Array.isArray(changes)) {
    invalid(engine, '`changes` is not a list; it was left out');
    return undefined;
  }
  const walk = newWalk(engine.settings.redactor);
  return changes.flatMap((change: Partial<Change> | null): Change[] => {
    if (typeof change !== 'object' || change === null || typeof change.path !== 'string') return [];
    const { path } = change;
    const [before, after] = [change.old, change.new].map((value) => valueAt(path, value, walk));
    const op = change.op === 'add' || change.op === 'remove' ? change.op : 'replace';
    return [
      {
        ...(after === undefined ? {} : { new: after }),
        ...(before === undefined ? {} : { old: before }),
        op,
        path: safeText(path),
      } as Change,
    ];
  });
}

function diffOf(diff: Diff | undefined): Diff {
  if (diff === undefined) return { fidelity: 'exact' };
  const fidelity = diff.fidelity === 'exact' || diff.fidelity === 'partial' ? diff.fidelity : 'none';
  return diff.why === undefined ? { fidelity } : { fidelity, why: safeText(String(diff.why)) };
}

function resourceOf(engine: Engine, input: EventInput): Draft['resource'] {
  const { resource, before, after } = input;
  if (typeof resource !== 'object' || resource === null || resource.name !== undefined) return resource ?? undefined;
  const member = engine.resource(resource.type)?.name;
  const name = nameOf(after, member) ?? nameOf(before, member);
  if (name === undefined) return resource;
  const { id, parent, type } = resource;
  return { type, name, ...(id === undefined ? {} : { id }), ...(parent === undefined ? {} : { parent }) };
}

function metadataOf({ metadata, revertOf }: EventInput): Draft['metadata'] {
  if (revertOf === undefined) return metadata;
  const isPlain = typeof metadata === 'object' && metadata !== null && !types.isProxy(metadata);
  return { ...(isPlain ? metadata : {}), revertOf: labelOf(revertOf) };
}

function timeOf(engine: Engine, time: EventInput['time']): number {
  if (time === undefined) return engine.clock.now();
  const milliseconds = new Date(time).getTime();
  const last = 253_402_300_799_999; // 9999-12-31: RFC 3339 has four digits for a year
  if (milliseconds >= 0 && milliseconds <= last) return milliseconds;
  invalid(engine, '`time` is not a date between 1970 and 9999; the current time was stored');
  return engine.clock.now();
}

function known<T extends string>(
  engine: Engine,
  member: string,
  values: readonly unknown[],
  given: T | undefined,
  fallback: T,
): T {
  if (given === undefined) return fallback;
  if (values.includes(given)) return given;
  invalid(engine, `\`${member}\` must be one of ${values.join(', ')}; '${fallback}' was stored`);
  return fallback;
}

function invalid(engine: Engine, problem: string): void {
  engine.report(new AuditError('AUDIT_EVENT_INVALID', `An event recorded by hand was mended: ${problem}.`), problem);
}
