/** Every default of the auditor's options, in one place; the `@default` tags and the README table are checked against it. */
export const DEFAULTS = Object.freeze({
  journal: Object.freeze({ maxEvents: 10_000, maxBytes: 33_554_432 }),
  dispatch: Object.freeze({
    maxBatchEvents: 400,
    maxBatchBytes: 1_048_576,
    maxWaitMs: 1_000,
    writeTimeoutMs: 10_000,
    minRetryMs: 500,
    maxRetryMs: 60_000,
    maxRetryAfterMs: 300_000,
    breakerOpenMs: 30_000,
    closeTimeoutMs: 10_000,
  }),
});
