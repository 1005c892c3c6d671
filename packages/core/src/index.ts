export { type Auditor, createAuditor } from './engine/auditor.js';
export { fallback, tee, when } from './engine/combine.js';
export { consoleSink, describeEvent } from './engine/console-sink.js';
export type { SinkStats } from './engine/dispatch/contract.js';
export type { AuditorHealth, AuditorStats } from './engine/health.js';
export type { RunOptions } from './engine/run.js';
export { currentScope } from './engine/scope.js';
export { type Check, checkOptions, is } from './model/check.js';
export { DEFAULTS } from './model/defaults.js';
export { AuditError, type AuditErrorCode } from './model/errors.js';
export {
  type Actor,
  type ActorType,
  type AuditEvent,
  type Category,
  type Change,
  type Diff,
  type JsonObject,
  type JsonValue,
  type Level,
  MAX_EVENT_BYTES,
  type Operation,
  type Outcome,
  type Reason,
  type Resource,
  type Seal,
  type Severity,
  type Source,
  type Tenant,
} from './model/event.js';
export type {
  BaselineCounts,
  BaselineOptions,
  Doubt,
  DoubtCode,
  FieldBlame,
  FieldTouch,
  HistoryDiff,
  HistoryOptions,
  HistoryPoint,
  HistoryState,
  HistoryStatus,
  HistoryVersion,
  ResourceHistory,
} from './model/history.js';
export type { ClientAddress, HttpRequest } from './model/http.js';
export type { EventInput } from './model/input.js';
export type {
  ActorInput,
  AuditorOptions,
  DispatchOptions,
  JournalOptions,
  RedactOptions,
  ResourceOptions,
  Rule,
  RuleMatch,
  ServiceOptions,
} from './model/options.js';
export type { Claimed, Outbox, Query, UnsealedLine } from './model/outbox.js';
export type { AuditPage, AuditQuery, AuditReader, TenantScope } from './model/reader.js';
export type { RecogniseMatch, RecogniseMeaning, RecogniseRule } from './model/recognise-rule.js';
export type {
  RefusalCode,
  RevertApplyOptions,
  RevertChoice,
  RevertConflict,
  RevertDryRun,
  RevertKind,
  RevertOperation,
  RevertPatch,
  RevertPlan,
  RevertRefusal,
} from './model/revert.js';
export type { AuditScope } from './model/scope.js';
export { type Delivery, type SealedLine, type Sink, SinkError, type SinkErrorKind } from './model/sink.js';
export { eventLine, sealedLine } from './pure/canonical.js';
export type { Coverage, CoverageGap, RouteCoverage, WriteGap } from './pure/coverage/index.js';
export { findIn, scopeOf } from './pure/find.js';
