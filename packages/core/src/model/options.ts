import type { AuditError } from './errors.js';
import type { Actor, Category, Level, Operation, Outcome, Tenant } from './event.js';
import type { HttpRequest } from './http.js';
import type { AuditReader } from './reader.js';
import type { RecogniseRule } from './recognise-rule.js';
import type { Sink } from './sink.js';

/** Which events a rule is for. Members are ANDed, lists are ORed; an absent member matches everything. */
export interface RuleMatch {
  /** Action, or a pattern with `*`: `auth.*`, `*.delete`. */
  readonly action?: string | readonly string[];
  readonly category?: Category | readonly Category[];
  readonly operation?: Operation | readonly Operation[];
  readonly outcome?: Outcome | readonly Outcome[];
  /** Resource type, or a pattern with `*`. */
  readonly resource?: string | readonly string[];
  /** HTTP method, upper case. */
  readonly method?: string | readonly string[];
  /** Route template, or a pattern with `*`: `/admin/*`. */
  readonly route?: string | readonly string[];
}

/** First match wins; the built-in rules follow after yours and match everything. */
export interface Rule {
  /** Appears in `capture.rule`. */
  readonly name?: string;
  /** Absent: matches everything. */
  readonly when?: RuleMatch;
  readonly level: Level;
}

/** What is never stored. Extends a built-in list of credential names and patterns, which cannot be emptied. */
export interface RedactOptions {
  /** Field names, at any depth, in any spelling (`apiKey`, `api_key`, `API-KEY` are one). */
  readonly keys?: readonly string[];
  /** RFC 6901 pointers into a body, a diff or metadata, a `*` segment matches any one: `/address/*`. */
  readonly paths?: readonly string[];
  /** Names from the built-in list that are no secret in this application, e.g. `pin` for a map. */
  readonly allow?: readonly string[];
  /** Key of the hashes that stand for fields with the policy `hash`: at least 16 characters, from your secrets store. */
  readonly hashKey?: string;
}

/** What whodunit may know about one resource type of the application. */
export interface ResourceOptions<R extends HttpRequest = HttpRequest> {
  /** Reads the resource before and after an update or delete, for an exact diff; `undefined` when there is none. */
  load?(id: string, request: R): unknown;
  /** Which member holds the resource's name. @default 'name', then 'title' */
  readonly name?: string;
  /** Fields that alone make no change, besides `updatedAt` and its spellings. The same as `quiet` in `fields`. */
  readonly ignore?: readonly string[];
  /** What may be stored of its fields, and what people call them. Only fields of the resource itself, not what is in them. */
  readonly fields?: Readonly<Record<string, FieldPolicy | FieldOptions>>;
}

/**
 * What may be stored of a field. `track`: old and new value. `quiet`: the same, but it makes no change by itself. `mask`: only
 * that it changed. `hash`: a keyed hash, by which two values can be seen to be alike (needs `redact.hashKey`). `drop`:
 * nothing, not even that it changed. Secrets are masked whatever is said here; `redact.allow` is for names that are none.
 */
export type FieldPolicy = 'track' | 'quiet' | 'mask' | 'hash' | 'drop';

/** What whodunit may know of one field. */
export interface FieldOptions {
  /** @default 'track' */
  readonly policy?: FieldPolicy;
  /** What people call the field; stored in `metadata.labels` of events in which it changed. */
  readonly label?: string;
  /**
   * The name behind an id: of the owner for `ownerId`. Asked when the field changed, at most 250 ms; stored in
   * `metadata.names` as it was then.
   */
  name?(id: string): string | undefined | Promise<string | undefined>;
}

/** Who records. */
export interface ServiceOptions {
  readonly name: string;
  readonly version?: string;
  /** @default NODE_ENV */
  readonly environment?: string;
  /** @default host name and process id */
  readonly instance?: string;
}

/** Bounds of the memory journal. 20 % of both is kept for auth, account, access and config events. */
export interface JournalOptions {
  /** @default 10000 */
  readonly maxEvents?: number;
  /** @default 33554432 */
  readonly maxBytes?: number;
}

/** How events travel from the journal to each sink. */
export interface DispatchOptions {
  /** A batch is written when it holds this many events, ... @default 400 */
  readonly maxBatchEvents?: number;
  /** ... or this many bytes, ... @default 1048576 */
  readonly maxBatchBytes?: number;
  /** ... or when its first event has waited this long. 0 writes at once. @default 1000 */
  readonly maxWaitMs?: number;
  /** A write that takes longer is aborted and tried again. @default 10000 */
  readonly writeTimeoutMs?: number;
  /** First ceiling of the full-jitter retry delay. @default 500 */
  readonly minRetryMs?: number;
  /** Last ceiling of the full-jitter retry delay. @default 60000 */
  readonly maxRetryMs?: number;
  /** The longest `Retry-After` of a sink that is honoured. @default 300000 */
  readonly maxRetryAfterMs?: number;
  /** How long a breaker stays open before one probe. @default 30000 */
  readonly breakerOpenMs?: number;
  /** How long `close` tries to send what is left. @default 10000 */
  readonly closeTimeoutMs?: number;
}

/** What an application tells `createAuditor`, `audit` and `AuditModule.forRoot`. Every member is optional. */
export interface AuditorOptions<R extends HttpRequest = HttpRequest> {
  /** @default the package name that npm or pnpm set, else 'app' */
  readonly service?: string | ServiceOptions;
  /** Where events are stored. In development: console and memory when absent; in production it must be given. */
  readonly sinks?: readonly Sink[];
  /** Where events are read back from, for `history` and `baseline`. Not closed by the auditor. */
  readonly reader?: AuditReader;
  readonly rules?: readonly Rule[];
  /** What requests of this application mean, where whodunit cannot know: the first rule that matches has the last word. */
  readonly recognise?: readonly RecogniseRule[];
  readonly redact?: RedactOptions;
  readonly resources?: Readonly<Record<string, ResourceOptions<R>>>;
  /** Says who, when the usual places (`req.user`, session, `req.auth` ...) do not. At most 250 ms. */
  actor?(request: R): ActorInput | undefined | Promise<ActorInput | undefined>;
  /** Says for which customer. At most 250 ms. */
  tenant?(request: R): Tenant | string | undefined | Promise<Tenant | string | undefined>;
  readonly journal?: JournalOptions;
  readonly dispatch?: DispatchOptions;
  /** Told of every failure of whodunit itself, rate-limited. @default one line on stderr */
  onError?(error: AuditError): void;
}

/** An actor, or just the id of a user. */
export type ActorInput = string | Actor;
