import { AuditError, type AuditErrorCode } from './errors.js';
import type { AuditEvent } from './event.js';
import type { Outbox } from './outbox.js';
import type { SealedLine } from './sealed-line.js';

export type { SealedLine } from './sealed-line.js';

/** What accompanies one `write`. */
export interface Delivery {
  /** Aborted when the write took longer than `dispatch.writeTimeoutMs`, or when the auditor gives up at close. */
  readonly signal: AbortSignal;
  /** 1 for the first try of this batch, then 2, 3, ... */
  readonly attempt: number;
}

/**
 * A place audit events are stored. `write` resolving **is** the receipt: a sink never buffers, retries or swallows an
 * error; batching, retry, timeout, order and back-pressure live in dispatch. `@whodunit/testing` has one test per clause.
 *
 * - **W1** resolve only when every event is stored, as durably as the sink's README says
 * - **W2** keep order and every field
 * - **W3** an empty batch stores nothing
 * - **W4** a repeated batch obeys `idempotent`
 * - **W5** stop on an aborted signal
 * - **W6** never change an event
 * - **W7** `writeLines`, where there is one, stores what `write` stores
 * - **E1** reject with `SinkError`
 * - **E2** `retryable: false` only when the same batch can never succeed
 * - **E3** name the rest in `failedIds` when a part was stored
 * - **E4** no event content in an error message
 *
 * The caller promises: one `write` at a time unless `concurrency` says more; events valid, redacted, deeply frozen;
 * batches within the limits; `close` after the last `write`.
 */
export interface Sink {
  /** Short, stable, no secrets: it appears in errors, statistics and metrics. Unique within an auditor. */
  readonly name: string;
  /** Does storing the same event id twice leave one copy? */
  readonly idempotent: boolean;
  /** Batches that may be in flight at once (1 to 4). More than 1 gives up order between batches. @default 1 */
  readonly concurrency?: number;
  /** (O1) Bad configuration fails here, at start-up, and not with the first event. */
  open?(): Promise<void>;
  write(events: readonly AuditEvent[], delivery: Delivery): Promise<void>;
  /**
   * Called instead of `write` where there is one, under the same clauses: for a sink that needs nothing of an event but its
   * sealed line. No event is made into an object for it, which saves more than half of what delivery costs.
   */
  writeLines?(lines: readonly SealedLine[], delivery: Delivery): Promise<void>;
  /**
   * Where events wait that ORM packages write in the application's own transactions, when this store can keep them. At most
   * one sink of an auditor has one.
   */
  readonly outbox?: Outbox | undefined;
  /** (L1) Twice is safe. (L2) Later writes reject. (L3) Nothing keeps the process alive. */
  close?(): Promise<void>;
}

/**
 * What kind of failure it is, which decides what dispatch does:
 * - `retryable` network, timeout, overload, anything unknown: full-jitter retry, without end
 * - `endpoint` the address or the credentials are wrong: the breaker opens, nothing is thrown away
 * - `payload` this batch can never be stored: it is split until the bad event stands alone
 * - `gone` the store says it will never take events again: the sink is disabled, loudly
 */
export type SinkErrorKind = 'retryable' | 'endpoint' | 'payload' | 'gone';

const CODES: Record<SinkErrorKind, AuditErrorCode> = {
  retryable: 'AUDIT_SINK_FAILED',
  endpoint: 'AUDIT_SINK_FAILED',
  payload: 'AUDIT_SINK_REJECTED',
  gone: 'AUDIT_SINK_GONE',
};

/** What a sink rejects with. The message must not hold event content (clause E4). */
export class SinkError extends AuditError {
  readonly kind: SinkErrorKind;
  /** Ids that were **not** stored, when the others were. Absent: none was stored. */
  readonly failedIds?: readonly string[];
  /** How long the store asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;

  constructor(
    message: string,
    options: {
      kind: SinkErrorKind;
      /** @default by kind: `AUDIT_SINK_FAILED`, `AUDIT_SINK_REJECTED` or `AUDIT_SINK_GONE` */
      code?: AuditErrorCode;
      failedIds?: readonly string[];
      retryAfterMs?: number;
      cause?: unknown;
    },
  ) {
    super(options.code ?? CODES[options.kind], message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'SinkError';
    this.kind = options.kind;
    if (options.failedIds !== undefined) this.failedIds = options.failedIds;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    Object.defineProperty(this, SINK_BRAND, { value: true });
  }

  /** False only when the same batch can never succeed (clause E2). */
  get retryable(): boolean {
    return this.kind === 'retryable' || this.kind === 'endpoint';
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && SINK_BRAND in value;
  }
}

const SINK_BRAND = Symbol.for('whodunit.SinkError');
