import { Inject, Injectable } from '@nestjs/common';
import {
  type AuditEvent,
  type Auditor,
  type AuditorHealth,
  type AuditorStats,
  type AuditScope,
  type Coverage,
  currentScope,
  type EventInput,
  type RunOptions,
} from '@whodunit/core';
import { AUDITOR } from './tokens.js';

/** The auditor, as Nest injects it. */
@Injectable()
export class AuditService {
  /** The auditor itself, for what takes one. */
  readonly auditor: Auditor;

  constructor(@Inject(AUDITOR) auditor: Auditor) {
    this.auditor = auditor;
  }

  /** Records one event. Never throws, never waits. See `Auditor.record`. */
  record(input: EventInput): string | undefined {
    return this.auditor.record(input);
  }

  /**
   * Records one event and resolves when every sink has stored it. See `Auditor.recordDurable`.
   *
   * @throws AuditError `AUDIT_NOT_STORED`, `AUDIT_JOURNAL_FULL`, `AUDIT_CLOSED`
   */
  recordDurable(input: EventInput, options?: { readonly timeoutMs?: number }): Promise<AuditEvent> {
    return this.auditor.recordDurable(input, options);
  }

  /** Runs a job in a scope of its own and records how it ended. Resolves and rejects with what `fn` does. */
  run<T>(options: RunOptions, fn: () => T | Promise<T>): Promise<T> {
    return this.auditor.run(options, fn);
  }

  /** What the current request, message or job says about itself; `undefined` outside of one. */
  scope(): AuditScope | undefined {
    return currentScope();
  }

  /** Sends what was recorded so far. @throws AuditError `AUDIT_NOT_STORED` */
  flush(): Promise<void> {
    return this.auditor.flush();
  }

  /** Counted truth since the auditor was made. */
  stats(): AuditorStats {
    return this.auditor.stats();
  }

  /** Whether the trail can be relied on right now. */
  health(): AuditorHealth {
    return this.auditor.health();
  }

  /**
   * Every route of a controller that changes something, what its event will be called and why, and which leave none. After
   * `app.init()`. See `Auditor.coverage`.
   *
   * @throws AuditError `AUDIT_OPTION_INVALID` when there are no routes
   */
  coverage(): Coverage {
    return this.auditor.coverage();
  }
}
