import type {
  Actor,
  Category,
  Change,
  Diff,
  Level,
  Operation,
  Outcome,
  Reason,
  Resource,
  Severity,
  Source,
  Tenant,
} from '../model/event.js';

/** Everything an event says before it is sealed. Values may still be hostile; changes are redacted as they are found. */
export interface Draft {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly action: string;
  readonly category: Category;
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly reason?: Reason | undefined;
  readonly actor: Actor;
  readonly tenant?: Tenant | undefined;
  readonly source?: Source | undefined;
  readonly resource?: Resource | undefined;
  readonly changes?: readonly Change[] | undefined;
  readonly diff?: Diff | undefined;
  readonly request?: RequestFacts | undefined;
  readonly trace?: { readonly traceId: string; readonly spanId?: string } | undefined;
  readonly capture: Capture;
  readonly parent?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** A member name somewhere in `changes` would not be written in canonical order. */
  readonly unordered?: boolean | undefined;
}

/** How an event came to be; made by `captureOf`, as it is the same for thousands of events. */
export interface Capture {
  readonly by: string;
  readonly level: Level;
  readonly rule: string | undefined;
  /** All of it, as canonical JSON. */
  readonly json: string;
}

export interface RequestFacts {
  readonly id: string;
  readonly method: string;
  readonly route: string;
  readonly status?: number | undefined;
  readonly durationMs?: number | undefined;
}
