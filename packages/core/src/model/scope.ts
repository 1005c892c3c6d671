import type { Outcome, Reason, Resource, Tenant } from './event.js';
import type { ActorInput } from './options.js';

/**
 * What the current request or job has said about itself so far. It follows every `await`, timer and callback through
 * AsyncLocalStorage; whatever it is told ends up in the event of the request or job.
 */
export interface AuditScope {
  /** Id of the event that this scope will become, and of the request in every event that belongs to it. */
  readonly id: string;
  /** Says who, above all that auth libraries leave on the request. */
  setActor(actor: ActorInput): void;
  setTenant(tenant: Tenant | string): void;
  /** Says to what; members that are left out stay as they are recognised. */
  setResource(resource: Partial<Resource>): void;
  /** Names the action: `order.refund`. */
  setAction(action: string): void;
  setOutcome(outcome: Outcome, reason?: Reason | string): void;
  /** The reason that a person gave, or why it failed. */
  setReason(reason: Reason | string): void;
  /** Adds to `metadata`. A name can be set once; a second value is refused and reported. */
  note(name: string, value: unknown): void;
  /**
   * Records the difference of two states as exact changes: of the resource that the route names, or of the one given,
   * which becomes an event of its own with `parent` set. Compared at once, so later mutation changes nothing.
   */
  change(before: unknown, after: unknown, resource?: Resource): void;
  /** Leaves no event for this request or job. Events recorded by hand stay. */
  skip(): void;
}
