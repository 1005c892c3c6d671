import type { AuditEvent, Operation, Outcome } from './event.js';

/**
 * Whose events may be read: those of one tenant, or all. A mandatory argument of every read; without one a read is
 * refused, and never means "all".
 */
export type TenantScope = { readonly tenant: string } | { readonly allTenants: true };

/** Which events are asked for. Members are ANDed, lists are ORed; an absent member matches everything. */
export interface AuditQuery {
  /** What the event was about: exact types and ids, never patterns. */
  readonly resource?: {
    readonly type?: string | readonly string[];
    readonly id?: string | readonly string[];
  };
  /** Action, or a pattern with `*`: `auth.*`, `*.delete`. */
  readonly action?: string | readonly string[];
  readonly operation?: Operation | readonly Operation[];
  readonly outcome?: Outcome | readonly Outcome[];
  /** Not before: RFC 3339. */
  readonly from?: string;
  /** Before, this instant not included: RFC 3339. */
  readonly until?: string;
  /** Events of one page, 1 to 1000. @default 100 */
  readonly limit?: number;
  /** `next` of the page before, with the same query otherwise. */
  readonly cursor?: string;
}

/** Some of the events that were asked for. */
export interface AuditPage {
  /** Newest first: by time, events of one instant by id. */
  readonly events: readonly AuditEvent[];
  /** The cursor of the next page; absent when there is none. */
  readonly next?: string;
}

/**
 * A place audit events are read back from. `@whodunit/testing` has one test per clause.
 *
 * - **Q1** newest first, by time and then by id; each id once
 * - **Q2** every page continues where the one before ended, also when events are stored in between
 * - **Q3** each member of a query narrows it; lists are alternatives
 * - **Q4** an event comes back with every field
 * - **S1** a read without a scope, or with an empty tenant, rejects with `AUDIT_READ_DENIED`
 * - **S2** the scope of a tenant gives that tenant's events and no others, whatever the query says: not those without a tenant
 * - **S3** `get` of an id outside of the scope is the same as of one that is not there
 * - **E1** a query that cannot be answered rejects with `AUDIT_QUERY_INVALID`
 */
export interface AuditReader {
  find(query: AuditQuery, scope: TenantScope | undefined): Promise<AuditPage>;
  get(id: string, scope: TenantScope | undefined): Promise<AuditEvent | undefined>;
}
