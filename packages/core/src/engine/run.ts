import { AuditError } from '../model/errors.js';
import type { Category, Diff, Operation, Outcome, Reason, Resource, Tenant } from '../model/event.js';
import type { ActorInput } from '../model/options.js';
import { captureOf } from '../pure/build.js';
import type { Draft } from '../pure/draft.js';
import { categoryOf, normaliseAction, operationOf, severityOf } from '../pure/words.js';
import type { Engine } from './engine.js';
import { changesIn, endRows, takeOwnRow, withRow } from './held-rows.js';
import { Scope, type ScopeChange } from './scope.js';

/** What runs: a job by its name, or anything else by its action. */
export interface RunOptions {
  /** Name of a job; the event is `job.run` on resource `job`, and the job is the actor. */
  readonly job?: string;
  /** Action of anything else that runs: a message handler, a GraphQL mutation. @default 'job.run' */
  readonly action?: string;
  readonly category?: Category;
  readonly operation?: Operation;
  readonly actor?: ActorInput;
  readonly tenant?: Tenant | string;
  readonly resource?: Resource;
  /** How it was captured. @default 'run' */
  readonly by?: string;
  /** Why it is this action. @default 'run by the application' */
  readonly why?: string;
}

/** The scope of a run: what is recorded inside has the actor and the tenant of the run, unless it says otherwise. */
export function scopeOfRun(engine: Engine, options: RunOptions, outer: Scope | undefined): Scope {
  const scope = new Scope(engine, outer);
  if (options.actor !== undefined) scope.setActor(options.actor);
  // Within a request, the person who made the request did what the job does.
  else if (options.job !== undefined && outer === undefined) scope.setActor({ type: 'job', id: options.job });
  if (options.tenant !== undefined) scope.setTenant(options.tenant);
  return scope;
}

/** The events of one run: how it ended, and one for every other resource that it changed. */
export function draftOfRun(
  engine: Engine,
  scope: Scope,
  options: RunOptions,
  time: number,
  durationMs: number,
  error: unknown,
): Draft[] {
  if (scope.skipped) {
    endRows(scope, 'unrecorded');
    return [];
  }
  const action = normaliseAction(scope.action ?? options.action ?? 'job.run');
  const category = options.category ?? categoryOf(action);
  const operation = options.operation ?? operationOf(action);
  const outcome = scope.outcome ?? (error === undefined ? 'success' : outcomeOf(error));
  const given = scope.resource?.type === undefined ? undefined : ({ ...scope.resource } as Resource);
  const resource =
    given ?? options.resource ?? (options.job === undefined ? undefined : { type: 'job', id: options.job });
  const verdict = engine.decide({ action, category, operation, outcome, resource: resource?.type });
  const level = verdict.level === 'none' && scope.hasChildren ? 'metadata' : verdict.level;
  if (level === 'none') {
    engine.counts.ruledOut += 1;
    endRows(scope, 'unrecorded');
    return [];
  }
  const row = outcome === 'success' ? takeOwnRow(scope, resource, operation) : undefined;
  const shared = {
    time,
    outcome,
    actor: scope.knownActor() ?? { type: 'system' },
    tenant: scope.knownTenant(),
    source: scope.source(),
    request: scope.request(),
  } as const;
  const own: Draft = {
    ...shared,
    id: scope.id,
    action,
    category,
    operation,
    severity: severityOf(action, outcome),
    reason: scope.reason ?? (error === undefined ? undefined : reasonOf(error)),
    resource: row === undefined ? resource : withRow(resource, row),
    ...(level === 'metadata' ? undefined : (ownChanges(scope.changes) ?? changesIn(row))),
    capture: captureOf(options.by ?? 'run', options.why ?? 'run by the application', level, verdict.rule),
    parent: scope.outer?.id,
    metadata: { ...row?.told?.metadata, ...scope.metadata, durationMs: Math.round(durationMs) },
  };
  endRows(scope, 'recorded', { ...shared, parent: own.id });
  return [own, ...childDrafts(engine, scope, own)];
}

/** One event for every other resource that was changed in a scope. */
export function childDrafts(engine: Engine, scope: Scope, own: Draft): Draft[] {
  const drafts: Draft[] = [];
  for (const change of scope.changes ?? []) {
    if (change.resource === undefined) continue;
    const action = `${normaliseAction(change.resource.type)}.${change.operation}`;
    const category = categoryOf(action);
    const { operation } = change;
    const verdict = engine.decideByHand({
      action,
      category,
      operation,
      outcome: own.outcome,
      resource: change.resource.type,
    });
    if (verdict.level === 'none') continue;
    const name = change.resource.name ?? change.name;
    drafts.push({
      ...own,
      id: engine.newId(),
      action,
      category,
      operation,
      severity: severityOf(action, own.outcome),
      reason: undefined,
      resource: { ...change.resource, ...(name === undefined ? {} : { name }) },
      changes: verdict.level === 'metadata' ? undefined : change.changes,
      diff: verdict.level === 'metadata' ? undefined : fidelityOf(change),
      unordered: change.unordered,
      capture: captureOf(own.capture.by, 'changed in the same scope', verdict.level, verdict.rule),
      parent: own.id,
      metadata: undefined,
    });
  }
  return drafts;
}

/** The changes of the resource that the route or the job names. */
export function ownChanges(
  changes: readonly ScopeChange[] | undefined,
): Pick<Draft, 'changes' | 'diff' | 'unordered'> | undefined {
  const own = changes?.filter((change) => change.resource === undefined);
  const [first] = own ?? [];
  if (own === undefined || first === undefined) return undefined;
  const diff = own.find((change) => change.cut) ?? first;
  return {
    changes: own.flatMap((change) => change.changes),
    diff: fidelityOf(diff),
    unordered: own.some((change) => change.unordered),
  };
}

function fidelityOf(change: ScopeChange): Diff {
  return change.cut ? { fidelity: 'partial', why: 'too large to compare whole' } : { fidelity: 'exact' };
}

/** An error that carries an HTTP status speaks for itself. */
function outcomeOf(error: unknown): Outcome {
  const status = statusOf(error);
  return status === 401 || status === 403 ? 'denied' : 'failure';
}

function reasonOf(error: unknown): Reason {
  const status = statusOf(error);
  if (status !== undefined) return { code: `http_${status}` };
  if (error instanceof AuditError) return { code: error.code };
  return error instanceof Error ? { code: error.name } : { code: 'error' };
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const status: unknown = Reflect.get(error, 'status') ?? Reflect.get(error, 'statusCode');
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : undefined;
}
