import { AsyncLocalStorage } from 'node:async_hooks';
import { AuditError } from '../model/errors.js';
import type { Actor, Change, Outcome, Reason, Resource, Source, Tenant } from '../model/event.js';
import type { ActorInput } from '../model/options.js';
import type { AuditScope } from '../model/scope.js';
import { changesBetween } from '../pure/changes.js';
import type { RequestFacts } from '../pure/draft.js';
import { readMember } from '../pure/members.js';
import { newWalk } from '../pure/snapshot.js';
import type { Engine } from './engine.js';
import type { HeldRows } from './rows.js';

/** The difference of two states, told by the application or an ORM package. */
export interface ScopeChange {
  /** Absent: the resource that the route or the job names. */
  readonly resource: Resource | undefined;
  readonly operation: 'create' | 'update' | 'delete';
  readonly name: string | undefined;
  readonly changes: readonly Change[];
  readonly cut: boolean;
  /** See `Draft.unordered`. */
  readonly unordered: boolean;
}

const STORAGE = Symbol.for('whodunit.scope');
const registry = globalThis as unknown as { [STORAGE]?: AsyncLocalStorage<Scope> };
// One per process, also when an application loads the CommonJS and the ES module build.
registry[STORAGE] ??= new AsyncLocalStorage<Scope>();

export const scopes: AsyncLocalStorage<Scope> = registry[STORAGE];

/** The scope of the current request or job; `undefined` outside of one. */
export function currentScope(): AuditScope | undefined {
  return scopes.getStore();
}

/** What a scope collects. Bindings extend it with what they know of the request. */
export class Scope implements AuditScope {
  readonly engine: Engine;
  readonly outer: Scope | undefined;
  #id: string | undefined;
  actor: ActorInput | undefined;
  tenant: Tenant | string | undefined;
  resource: Partial<Resource> | undefined;
  action: string | undefined;
  outcome: Outcome | undefined;
  reason: Reason | undefined;
  metadata: Record<string, unknown> | undefined;
  changes: ScopeChange[] | undefined;
  skipped = false;
  /** Some event names this scope's event as its parent. */
  hasChildren = false;
  /** Rows that changed in it and may be what its own event is about. */
  rows: HeldRows | undefined;
  /** What became of it. */
  fate: 'open' | 'recorded' | 'unrecorded' = 'open';

  constructor(engine: Engine, outer?: Scope) {
    this.engine = engine;
    this.outer = outer;
  }

  get id(): string {
    this.#id ??= this.engine.newId();
    return this.#id;
  }

  setActor(actor: ActorInput): void {
    this.actor = typeof actor === 'object' && actor !== null ? { ...actor } : actor;
  }

  setTenant(tenant: Tenant | string): void {
    this.tenant = typeof tenant === 'object' && tenant !== null ? { ...tenant } : tenant;
  }

  setResource(resource: Partial<Resource>): void {
    this.resource = { ...this.resource, ...resource };
  }

  setAction(action: string): void {
    this.action = action;
  }

  setOutcome(outcome: Outcome, reason?: Reason | string): void {
    this.outcome = outcome;
    if (reason !== undefined) this.setReason(reason);
  }

  setReason(reason: Reason | string): void {
    this.reason = reasonFrom(reason);
  }

  note(name: string, value: unknown): void {
    this.metadata ??= Object.create(null) as Record<string, unknown>;
    if (name in this.metadata) {
      const message = 'A note was set twice in one scope; the first value stays. Use another name for the second.';
      this.engine.report(new AuditError('AUDIT_EVENT_INVALID', message), 'note');
      return;
    }
    this.metadata[name] = value;
  }

  change(before: unknown, after: unknown, resource?: Resource): void {
    const walk = newWalk(this.engine.settings.redactor);
    const type = resource?.type ?? this.resource?.type;
    const changes = changesBetween(before, after, walk, this.engine.fields(type));
    const operation = isAbsent(before) ? 'create' : isAbsent(after) ? 'delete' : 'update';
    if (operation === 'update' && changes.length === 0) return;
    const name = nameOf(after, this.engine.resource(type)?.name) ?? nameOf(before, this.engine.resource(type)?.name);
    this.changes ??= [];
    this.changes.push({
      resource: resource && { ...resource },
      operation,
      name,
      changes,
      cut: walk.cut,
      unordered: walk.unordered,
    });
  }

  skip(): void {
    this.skipped = true;
  }

  /** Who it is as far as is known now. */
  knownActor(): Actor | undefined {
    return this.actor === undefined ? this.outer?.knownActor() : actorFrom(this.actor);
  }

  knownTenant(): Tenant | undefined {
    return this.tenant === undefined ? this.outer?.knownTenant() : tenantFrom(this.tenant);
  }

  source(): Source | undefined {
    return this.outer?.source();
  }

  request(): RequestFacts | undefined {
    return this.outer?.request();
  }
}

export function actorFrom(actor: ActorInput): Actor {
  if (typeof actor === 'string') return { type: 'user', id: actor };
  return typeof actor === 'object' && actor !== null && typeof actor.type === 'string' ? actor : { type: 'unresolved' };
}

export function tenantFrom(tenant: Tenant | string): Tenant | undefined {
  if (typeof tenant === 'string') return tenant === '' ? undefined : { id: tenant };
  return typeof tenant === 'object' && tenant !== null && tenant.id !== undefined ? tenant : undefined;
}

export function reasonFrom(reason: Reason | string): Reason {
  if (typeof reason === 'string') return { code: 'given', text: reason };
  return { ...reason };
}

/** The name that people know a resource by, from its own state. */
export function nameOf(state: unknown, member?: string): string | undefined {
  if (typeof state !== 'object' || state === null) return undefined;
  const name =
    member === undefined ? (readMember(state, 'name') ?? readMember(state, 'title')) : readMember(state, member);
  return typeof name === 'string' && name !== '' && name !== '[accessor]' ? name : undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
