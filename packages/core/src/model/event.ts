/** Any value that JSON can carry. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** What part of a product an action belongs to. */
export type Category = 'auth' | 'account' | 'access' | 'data' | 'config' | 'system' | 'audit';

/** What an action does to its resource. */
export type Operation = 'create' | 'read' | 'update' | 'delete' | 'execute';

/** How an action ended. `denied`: refused by policy; `unknown`: nobody can tell (the client left, the process died). */
export type Outcome = 'success' | 'failure' | 'denied' | 'unknown';

/** How much attention an event deserves. */
export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

/** How much of a request is recorded: nothing, who and what, that and the changes, that and the bodies. */
export type Level = 'none' | 'metadata' | 'changes' | 'full';

/** Kinds of actor. `anonymous`: nobody signed in; `unresolved`: somebody did, but nobody could say who. */
export type ActorType = 'user' | 'service' | 'apiKey' | 'job' | 'system' | 'anonymous' | 'unresolved';

/** Who did it: a snapshot that outlives the account. */
export interface Actor {
  readonly type: ActorType;
  /** Stable id; never redacted, it is the accountability core. */
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
  /** Identity that was claimed and not verified, e.g. the user name of a failed login. */
  readonly claimed?: string;
  readonly auth?: { readonly method?: string; readonly mfa?: boolean; readonly session?: string };
  /** The person that this actor acts for: impersonation keeps both identities. */
  readonly onBehalfOf?: {
    readonly type?: ActorType;
    readonly id?: string;
    readonly name?: string;
    readonly email?: string;
  };
}

/** For which customer. */
export interface Tenant {
  readonly id: string;
  readonly name?: string;
}

/** From where. `chain` is what the client claimed through forwarding headers: never trusted. */
export interface Source {
  readonly ip?: string;
  readonly chain?: readonly string[];
  readonly userAgent?: string;
}

/** To what. `type` is singular and in the application's own words. */
export interface Resource {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  readonly parent?: { readonly type: string; readonly id: string };
}

/** One field of the resource that changed. */
export interface Change {
  /** RFC 6901 pointer into the resource, e.g. `/address/city`. */
  readonly path: string;
  readonly op: 'add' | 'remove' | 'replace';
  readonly old?: JsonValue;
  readonly new?: JsonValue;
}

/** How true the changes are, and why when they are not exact. */
export interface Diff {
  readonly fidelity: 'exact' | 'partial' | 'none';
  readonly why?: string;
}

/** Why it failed, or the reason that a person gave. */
export interface Reason {
  readonly code: string;
  readonly text?: string;
}

/** The place of an event in its stream; `prev` is the hash of the event before, so that none can go unnoticed. */
export interface Seal {
  /** Id of the writer: one stream per process run. */
  readonly stream: string;
  /** 0, 1, 2, ... without a hole. */
  readonly seq: number;
  /** Base64 of SHA-256(0x00 || canonical JSON of the event before); 32 zero bytes for the first (RFC 6962 leaf hash). */
  readonly prev: string;
  /** When the journal took the event: RFC 3339, UTC, milliseconds. */
  readonly recordedAt: string;
}

/**
 * One thing that happened: plain JSON, deeply frozen, at most 65,535 bytes of canonical JSON (RFC 8785).
 * Unknown top-level members are not allowed; an application's own data goes under `metadata`.
 */
export interface AuditEvent {
  /** Version of this format. */
  readonly v: 1;
  /** UUIDv7 (RFC 9562); also the idempotency key. Not a secret. */
  readonly id: string;
  /** When it happened: RFC 3339, UTC, milliseconds, `Z`. */
  readonly time: string;
  /** Dotted and lower case, resource first: `auth.login`, `project.update`, `order.refund`. */
  readonly action: string;
  readonly category: Category;
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly reason?: Reason;
  readonly severity: Severity;
  readonly actor: Actor;
  readonly tenant?: Tenant;
  readonly source?: Source;
  readonly resource?: Resource;
  readonly changes?: readonly Change[];
  readonly diff?: Diff;
  readonly request?: {
    readonly id: string;
    readonly method: string;
    /** Route template, never a raw URL: `/projects/:id`. */
    readonly route: string;
    /** Absent in an event that was recorded before the response was decided. */
    readonly status?: number;
    readonly durationMs?: number;
  };
  readonly trace?: { readonly traceId: string; readonly spanId?: string };
  readonly service: {
    readonly name: string;
    readonly version?: string;
    readonly environment?: string;
    /** Host and process that recorded it. */
    readonly instance: string;
  };
  /** How this event came to be: by which binding, recognised why, recorded at which level. */
  readonly capture: { readonly by: string; readonly why: string; readonly rule?: string; readonly level: Level };
  /** Id of the event that this one belongs to. */
  readonly parent?: string;
  /** What had to be left out to stay within the size limit, and how many bytes there were before. */
  readonly truncated?: { readonly bytes: number; readonly fields: readonly string[] };
  readonly metadata?: JsonObject;
  /** Given by the journal; every event that reaches a sink has one. */
  readonly seal?: Seal;
}

/** Hard limit of one event in bytes of canonical JSON. */
export const MAX_EVENT_BYTES = 65_535;
