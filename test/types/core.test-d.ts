/** What core's types must accept, and what they must refuse: an unused `@ts-expect-error` is an error. */
import {
  type Actor,
  AuditError,
  type AuditEvent,
  type AuditorOptions,
  type CoverageGap,
  createAuditor,
  currentScope,
  type EventInput,
  eventLine,
  type RouteCoverage,
  type Rule,
  type Sink,
  SinkError,
} from '@whodunit/core';

declare const event: AuditEvent;
declare function accept<T>(value: T): void;

// A sink needs a name, a word about idempotence, and one method.
const sink = { name: 'mine', idempotent: true, write: async () => undefined } satisfies Sink;
// @ts-expect-error: whether a repeated event leaves one copy must be stated
({ name: 'mine', write: async () => undefined }) satisfies Sink;
// @ts-expect-error: write is asynchronous: resolving is the receipt
({ name: 'mine', idempotent: true, write: () => 1 }) satisfies Sink;

// Options: every one is optional, unknown ones and wrong values are refused.
createAuditor();
const auditor = createAuditor({ service: 'shop', sinks: [sink], dispatch: { maxWaitMs: 0 } });
createAuditor({
  service: { name: 'shop', version: '1.0.0' },
  resources: { project: { load: (id: string) => ({ id }) } },
});
// @ts-expect-error: misspelt
createAuditor({ sink: [sink] });
// @ts-expect-error: units are in the name
createAuditor({ dispatch: { maxWait: 1000 } });
// @ts-expect-error: a level is one of four words
createAuditor({ rules: [{ level: 'everything' }] });
// @ts-expect-error: a list of sinks, also for one
createAuditor({ sinks: sink });
const options: AuditorOptions = { sinks: [sink] };
// @ts-expect-error: options are read, never written
options.sinks = [];

// Coverage is read, and says what may be missing.
const coverage = auditor.coverage();
accept<readonly RouteCoverage[]>(coverage.unaudited);
accept<readonly CoverageGap[] | undefined>(coverage.routes[0]?.gaps);
// @ts-expect-error: an action is not known of every route
accept<string | undefined>(coverage.routes[0].action.toUpperCase());
// @ts-expect-error: rows are not taken away
coverage.routes.pop();

// A rule says how much; everything else about it is optional.
({ level: 'none' }) satisfies Rule;
// @ts-expect-error: a rule without a level decides nothing
({ name: 'health checks' }) satisfies Rule;

// Recording: only the action must be said.
accept<string | undefined>(auditor.record({ action: 'order.refund' }));
accept<Promise<AuditEvent>>(auditor.recordDurable({ action: 'order.refund', actor: 'user-1', tenant: 'acme' }));
accept<Promise<number>>(auditor.run({ job: 'nightly' }, () => 1));
// @ts-expect-error: an event without an action
auditor.record({ resource: { type: 'order' } });
// @ts-expect-error: outcomes are four words
auditor.record({ action: 'order.refund', outcome: 'ok' });
// @ts-expect-error: a resource has a type
({ action: 'order.refund', resource: { id: '1' } }) satisfies EventInput;
// @ts-expect-error: a kind of actor that does not exist
({ type: 'robot', id: '1' }) satisfies Actor;

// Events are frozen, all the way down.
accept<string>(eventLine(event));
// @ts-expect-error: frozen
event.action = 'other';
// @ts-expect-error: frozen below the top
event.actor.id = 'other';
// @ts-expect-error: frozen lists
event.changes?.push({ path: '/a', op: 'add' });
// @ts-expect-error: an application's own data goes under metadata
event.colour;

// The scope is there only inside of a request or a job.
currentScope()?.setActor({ type: 'user', id: 'user-1' });
// @ts-expect-error: perhaps there is none
currentScope().skip();

// Errors have codes that a switch can be complete about.
new AuditError('AUDIT_CLOSED', 'closed');
// @ts-expect-error: not a code
new AuditError('CLOSED', 'closed');
new SinkError('refused', { kind: 'payload', failedIds: [event.id] });
// @ts-expect-error: not a kind
new SinkError('refused', { kind: 'fatal' });
// @ts-expect-error: the kind decides what dispatch does, so it must be said
new SinkError('refused', {});
