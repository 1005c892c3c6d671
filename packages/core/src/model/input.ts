import type {
  Category,
  Change,
  Diff,
  Operation,
  Outcome,
  Reason,
  Resource,
  Severity,
  Source,
  Tenant,
} from './event.js';
import type { ActorInput } from './options.js';

/**
 * What an application says when it records an event by hand. Only `action` must be there; the rest is filled in from the
 * current scope (actor, tenant, source, request) and from the action's own words.
 */
export interface EventInput {
  /** Dotted and lower case, resource first: `order.refund`. */
  readonly action: string;
  /** @default by action: `auth.*` is auth, `role.*` is access, ... else data */
  readonly category?: Category;
  /** @default by the action's last word: `delete` is delete, `refund` is execute */
  readonly operation?: Operation;
  /** @default 'success' */
  readonly outcome?: Outcome;
  readonly reason?: Reason | string;
  /** @default by action and outcome */
  readonly severity?: Severity;
  readonly actor?: ActorInput;
  readonly tenant?: Tenant | string;
  readonly source?: Source;
  readonly resource?: Resource;
  /** State before and after; the difference becomes `changes`, marked `exact`. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** Ready-made changes, instead of `before` and `after`. */
  readonly changes?: readonly Change[];
  readonly diff?: Diff;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** When it happened. @default now */
  readonly time?: Date | string;
  /** Id of the event that this one belongs to. @default the event of the current request or job */
  readonly parent?: string;
  /** Id of the event that this one undoes; stored as `metadata.revertOf`. */
  readonly revertOf?: string;
}
