import {
  type AuditedPattern,
  auditMatchers,
  memorySink,
  type Recorded,
  sampleEvents,
  untilAudited,
} from '@whodunit/testing';

expect.extend(auditMatchers);

const events = sampleEvents(9);
const delivery = { attempt: 1, signal: new AbortController().signal };

test.each<[string, AuditedPattern]>([
  ['an action', { action: 'project.update' }],
  ['an action by a regular expression', { action: /^project\./g }],
  ['several members', { action: 'auth.login', outcome: 'failure', severity: 'medium', category: 'auth' }],
  ['an actor by id', { actor: 'user-2', action: 'project.update' }],
  ['a part of an actor', { actor: { type: 'anonymous' } }],
  ['a tenant by id', { tenant: 'acme' }],
  ['a reason by code', { reason: 'invalid_credentials' }],
  ['a part of a resource', { resource: { type: 'project' } }],
  [
    'some of the changes, in any order',
    {
      changes: [
        { path: '/budget', new: null },
        { path: '/status', old: 'draft' },
      ],
    },
  ],
  ['a nested value', { metadata: { nested: { list: [2.5], empty: {} } } }],
  ['a member that is not there', { action: 'auth.login', tenant: undefined } as unknown as AuditedPattern],
  ["the runner's own matchers", { actor: expect.objectContaining({ id: expect.stringContaining('user-') }) }],
  ['anything', {}],
])('toHaveAudited finds %s', (_what, pattern) => {
  expect(events).toHaveAudited(pattern);
});

test.each<[string, AuditedPattern]>([
  ['an action that is only similar', { action: 'project.updat' }],
  ['members that are on different events', { action: 'auth.login', resource: { type: 'project' } }],
  ['a change that did not happen', { changes: [{ path: '/status' }, { path: '/owner' }] }],
  ['a member that is there', { action: 'project.update', tenant: undefined } as unknown as AuditedPattern],
  ['another actor', { actor: 'user-200' }],
])('toHaveAudited does not find %s', (_what, pattern) => {
  expect(events).not.toHaveAudited(pattern);
});

test('a memory sink is looked into, with or without a pattern', async () => {
  const sink = memorySink();
  expect(sink).not.toHaveAudited();
  await sink.write(events, delivery);
  expect(sink).toHaveAudited();
  expect(sink).toHaveAudited({ action: 'auth.logout' });
});

test('toHaveAuditedTimes counts the events that match', () => {
  expect(events).toHaveAuditedTimes(9);
  expect(events).toHaveAuditedTimes(2, { action: 'auth.login' });
  expect(events).toHaveAuditedTimes(0, { action: 'auth.signup' });
  expect(events).not.toHaveAuditedTimes(1, { action: 'auth.login' });
});

test('a failure says what was expected and lists what was recorded', () => {
  const message = failureOf(() => expect(events).toHaveAudited({ action: 'project.update', actor: 'user-7' }));
  expect(message).toContain("Expected an audit event with { action: 'project.update', actor: 'user-7' }, found none.");
  expect(message).toContain('Recorded, oldest first (9):');
  expect(message).toContain(
    '  2026-01-05T09:00:01.000Z user-2@example.com project.update project project-2 "Project 2"',
  );
  expect(message).toContain('(status "draft" → "active", budget 1000.5 → null, labels/2');
  expect(message).toContain('FAILURE: invalid_credentials');
});

test('a failure of not.toHaveAudited lists what was found', () => {
  const message = failureOf(() => expect(events).not.toHaveAudited({ action: 'auth.logout' }));
  expect(message).toContain("Expected no audit event with { action: 'auth.logout' }, found 1.");
  expect(message).toContain('  2026-01-05T09:00:08.000Z user-9@example.com auth.logout in Acme Ltd');
  expect(message).not.toContain('project.update');
});

test('a failure of toHaveAuditedTimes says both numbers', () => {
  const message = failureOf(() => expect(events).toHaveAuditedTimes(3, { action: 'auth.login' }));
  expect(message).toContain("Expected 3 audit events with { action: 'auth.login' }, found 2.");
});

test('a failure with nothing recorded asks whether the auditor was flushed', () => {
  expect(failureOf(() => expect([]).toHaveAudited())).toContain('await auditor.flush()');
});

test('a failure with many events shows the last ones', () => {
  const message = failureOf(() => expect(sampleEvents(50)).toHaveAudited({ action: 'none' }));
  expect(message).toContain('  ... 30 before');
  expect(message.split('\n').filter((line) => line.startsWith('  2026-'))).toHaveLength(20);
});

test('a misspelt member of a pattern is refused, also with not', () => {
  const misspelt = { resorce: { type: 'project' } } as AuditedPattern;
  expect(() => expect(events).not.toHaveAudited(misspelt)).toThrow('Did you mean `resource`?');
});

test('what is neither a sink nor a list of events is refused, also with not', () => {
  expect(() => expect(undefined).not.toHaveAudited()).toThrow('expected a memory sink or a list of events');
  expect(() => expect({ events: 'none' }).not.toHaveAudited()).toThrow('expected a memory sink or a list of events');
});

test('toHaveAuditedTimes without a number is refused', () => {
  const wrong = { action: 'auth.login' } as unknown as number;
  expect(() => expect(events).toHaveAuditedTimes(wrong)).toThrow('pass how many times first');
});

test('untilAudited waits for an event and resolves with it, flushing before every look', async () => {
  const sink = memorySink();
  let flushes = 0;
  const auditor = {
    async flush() {
      if (++flushes === 3) await sink.write(events, delivery);
    },
  };
  const event = await untilAudited(sink, { action: 'project.update' }, { auditor });
  expect(event).toBe(events[1]);
  expect(flushes).toBe(3);
});

test('untilAudited gives up after timeoutMs with the message of toHaveAudited', async () => {
  const recorded: Recorded = events.slice(0, 1);
  const waiting = untilAudited(recorded, { action: 'auth.logout' }, { timeoutMs: 30 });
  await expect(waiting).rejects.toThrow("Expected an audit event with { action: 'auth.logout' }, found none.");
  await expect(untilAudited(recorded, {}, { timeout: 1 } as object)).rejects.toThrow('unknown option `timeout`');
});

function failureOf(assertion: () => unknown): string {
  try {
    assertion();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('the assertion passed');
}
