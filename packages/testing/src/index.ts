export type { BrokenHarness, SinkClause, SinkHarness, TestFunction, TestSinkOptions } from './conformance/harness.js';
export { testSink } from './conformance/test-sink.js';
export { type FaultSink, type FaultSinkOptions, faultSink } from './fault-sink.js';
export type { SinkFault } from './faults.js';
export { type AuditMatchers, auditMatchers, type MatcherAnswer, type Recorded } from './matchers/audit-matchers.js';
export type { AuditedPattern } from './matchers/pattern.js';
export { type UntilAuditedOptions, untilAudited } from './matchers/until-audited.js';
export { type MemorySink, type MemorySinkOptions, memorySink } from './memory-sink.js';
export { type SampleOverrides, sampleEvent, sampleEvents } from './sample-events.js';
