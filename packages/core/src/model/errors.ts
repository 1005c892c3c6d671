/** Every code of whodunit. A code never changes its meaning; messages may. */
export type AuditErrorCode =
  | 'AUDIT_OPTION_INVALID'
  | 'AUDIT_EVENT_INVALID'
  | 'AUDIT_CAPTURE_FAILED'
  | 'AUDIT_JOURNAL_FULL'
  | 'AUDIT_SINK_FAILED'
  | 'AUDIT_SINK_REJECTED'
  | 'AUDIT_SINK_TIMEOUT'
  | 'AUDIT_SINK_GONE'
  | 'AUDIT_SINK_CONFLICT'
  | 'AUDIT_WEBHOOK_REFUSED'
  | 'AUDIT_NOT_STORED'
  | 'AUDIT_WRITE_UNSEEN'
  | 'AUDIT_READ_DENIED'
  | 'AUDIT_QUERY_INVALID'
  | 'AUDIT_REVERT_REFUSED'
  | 'AUDIT_REVERT_CONFLICT'
  | 'AUDIT_CLOSED';

const BRAND = Symbol.for('whodunit.AuditError');

/**
 * What whodunit throws and reports. `code` is for programs; the message says what is wrong, then what to do, and never
 * holds the content of an event. `instanceof` works across the CommonJS and the ES module build.
 */
export class AuditError extends Error {
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AuditError';
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // Subclasses keep the ordinary meaning; the brand is only what both builds of this class share.
    // biome-ignore lint/complexity/noThisInStatic: `this` is the class on the right of instanceof, which may be a subclass
    if (this !== AuditError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
