import {
  type AuditError,
  type AuditorOptions,
  consoleSink,
  createAuditor,
  currentScope,
  describeEvent,
  type EventInput,
  SinkError,
} from '@whodunit/core';
import { sampleEvent } from '@whodunit/testing';
import { recordingSink } from './support/sinks';

function setUp(options: Partial<AuditorOptions> = {}, sink = recordingSink()) {
  const errors: AuditError[] = [];
  const auditor = createAuditor({
    service: 'test',
    sinks: [sink],
    onError: (error) => void errors.push(error),
    ...options,
  });
  return { auditor, sink, errors };
}

describe('record', () => {
  test('fills in what the action says, and returns the id', async () => {
    const { auditor, sink } = setUp();
    const id = auditor.record({ action: 'role.assign', actor: 'u1', tenant: 't1', reason: 'asked by support' });
    await auditor.close();
    expect(sink.events).toEqual([
      expect.objectContaining({
        id,
        action: 'role.assign',
        category: 'access',
        operation: 'update',
        outcome: 'success',
        severity: 'high',
        actor: { type: 'user', id: 'u1' },
        tenant: { id: 't1' },
        reason: { code: 'given', text: 'asked by support' },
        capture: { by: 'manual', level: 'changes', why: 'recorded by the application' },
      }),
    ]);
  });

  test.each<[string, unknown, boolean?]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an action that is no text', { action: 42 }],
    ['an action in another spelling', { action: 'Order Refund!' }],
    ['an unknown outcome', { action: 'a.b', outcome: 'maybe' }],
    ['a time that is none', { action: 'a.b', time: 'yesterday' }],
    ['a time in the year 20000', { action: 'a.b', time: new Date(1e15) }],
    ['changes that are no list', { action: 'a.b', changes: 'x' }],
    ['a list of nonsense as changes', { action: 'a.b', changes: [null, 1, {}, { path: 1 }] }, true],
    ['an actor that is none', { action: 'a.b', actor: 7 }, true],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('trap');
          },
        },
      ),
    ],
    [
      'getters that throw',
      {
        action: 'a.b',
        get metadata() {
          throw new Error('no');
        },
      },
    ],
  ])('given %s records an event all the same, reports it, and never throws', async (_, input, quietly = false) => {
    const { auditor, sink, errors } = setUp();
    expect(auditor.record(input as EventInput)).toEqual(expect.any(String));
    await auditor.close();
    expect(sink.events).toHaveLength(1);
    expect(sink.events[0]?.action).toMatch(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/);
    expect(errors.length).toBe(quietly ? 0 : 1);
  });

  test('redacts ready-made changes by the names in their paths', async () => {
    const { auditor, sink } = setUp();
    auditor.record({
      action: 'user.update',
      changes: [
        { path: '/profile/password', op: 'replace', old: 'a', new: 'b' },
        { path: '/profile', op: 'add', new: { apiKey: 'k', city: 'x' } },
        { path: '/name', op: 'replace', old: 'a', new: 'Bearer abcdef123' },
      ],
    });
    await auditor.close();
    expect(sink.events[0]?.changes).toEqual([
      { path: '/profile/password', op: 'replace', old: { $redacted: true }, new: { $redacted: true } },
      { path: '/profile', op: 'add', new: { apiKey: { $redacted: true }, city: 'x' } },
      { path: '/name', op: 'replace', old: 'a', new: '[redacted]' },
    ]);
  });

  test('obeys a rule of the application, and no built-in one', async () => {
    const { auditor, sink } = setUp({
      rules: [
        { when: { action: 'noise.*' }, level: 'none' },
        { when: { resource: 'secret_plan' }, level: 'metadata' },
      ],
    });
    expect(auditor.record({ action: 'noise.made' })).toBeUndefined();
    auditor.record({ action: 'report.read' });
    auditor.record({ action: 'x.update', resource: { type: 'secret_plan' }, before: { a: 1 }, after: { a: 2 } });
    await auditor.close();
    expect(sink.events.map((event) => [event.action, event.changes])).toEqual([
      ['report.read', undefined],
      ['x.update', undefined],
    ]);
    expect(auditor.stats()).toMatchObject({ accepted: 2, ruledOut: 1 });
  });

  test('does not see what the caller does to its objects afterwards', async () => {
    const { auditor, sink } = setUp();
    const metadata = { list: [1], nested: { a: 1 } };
    auditor.record({ action: 'a.b', metadata });
    metadata.list.push(2);
    metadata.nested.a = 9;
    await auditor.close();
    expect(sink.events[0]?.metadata).toEqual({ list: [1], nested: { a: 1 } });
    expect(Object.isFrozen(metadata.nested)).toBe(false);
  });
});

describe('recordDurable', () => {
  test('resolves to the sealed event when every sink has it, without waiting for a batch', async () => {
    const second = recordingSink(undefined, 'second');
    const first = recordingSink();
    const { auditor } = setUp({ sinks: [first, second] });
    const event = await auditor.recordDurable({ action: 'money.move' });
    expect(first.events).toEqual([event]);
    expect(second.events).toEqual([event]);
    expect(event.seal?.seq).toBe(0);
    await auditor.close();
  });

  test('rejects when it is not stored in time, and the event may still be stored later', async () => {
    let isUp = false;
    const sink = recordingSink(() => {
      if (!isUp) throw new Error('down');
    });
    const { auditor } = setUp({ dispatch: { minRetryMs: 5, maxRetryMs: 5, breakerOpenMs: 5 } }, sink);
    await expect(auditor.recordDurable({ action: 'a.b' }, { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'AUDIT_NOT_STORED',
    });
    isUp = true;
    await auditor.close();
    expect(sink.events).toHaveLength(1);
  });

  test('rejects when a sink will never have it, when a rule turns it down, and after close', async () => {
    const sink = recordingSink(() => {
      throw new SinkError('bad', { kind: 'payload' });
    });
    const { auditor } = setUp({ rules: [{ when: { action: 'x.y' }, level: 'none' }] }, sink);
    await expect(auditor.recordDurable({ action: 'x.y' })).rejects.toMatchObject({ code: 'AUDIT_NOT_STORED' });
    await expect(auditor.recordDurable({ action: 'a.b' })).rejects.toMatchObject({ code: 'AUDIT_NOT_STORED' });
    await auditor.close();
    await expect(auditor.recordDurable({ action: 'a.b' })).rejects.toMatchObject({ code: 'AUDIT_CLOSED' });
  });
});

describe('run', () => {
  test('records a job with its outcome, and what happens inside belongs to it', async () => {
    const { auditor, sink } = setUp();
    const answer = await auditor.run({ job: 'nightly-close' }, async () => {
      await Promise.resolve();
      auditor.record({ action: 'invoice.create', resource: { type: 'invoice', id: '1' } });
      currentScope()?.change({ state: 'open' }, { state: 'closed' }, { type: 'month', id: '2026-01' });
      currentScope()?.note('closed', 3);
      return 42;
    });
    await auditor.close();
    const [inside, job, month] = sink.events;
    expect(answer).toBe(42);
    expect(job).toMatchObject({
      action: 'job.run',
      category: 'system',
      outcome: 'success',
      actor: { type: 'job', id: 'nightly-close' },
      resource: { type: 'job', id: 'nightly-close' },
      metadata: { closed: 3 },
    });
    expect(inside).toMatchObject({
      action: 'invoice.create',
      parent: job?.id,
      actor: { type: 'job', id: 'nightly-close' },
    });
    expect(month).toMatchObject({
      action: 'month.update',
      parent: job?.id,
      changes: [{ path: '/state', op: 'replace', old: 'open', new: 'closed' }],
    });
  });

  test('records a failure, rethrows the very error, and restores the scope around it', async () => {
    const { auditor, sink } = setUp();
    const error = Object.assign(new Error('no'), { status: 403 });
    await auditor.run({ action: 'report.build', actor: 'u1' }, async () => {
      const outer = currentScope();
      await expect(auditor.run({ job: 'inner' }, () => Promise.reject(error))).rejects.toBe(error);
      expect(currentScope()).toBe(outer);
    });
    await auditor.close();
    expect(sink.events.map((event) => [event.action, event.outcome, event.reason?.code])).toEqual([
      ['job.run', 'denied', 'http_403'],
      ['report.build', 'success', undefined],
    ]);
    expect(sink.events[0]?.parent).toBe(sink.events[1]?.id);
    expect(currentScope()).toBeUndefined();
  });

  test('keeps the scopes of a thousand jobs at once apart', async () => {
    const { auditor, sink } = setUp();
    const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        auditor.run({ job: `job-${i}`, tenant: `tenant-${i}` }, async () => {
          await pause();
          currentScope()?.note('i', i);
          await pause();
          auditor.record({ action: 'inside.job', metadata: { i } });
        }),
      ),
    );
    await auditor.close();
    const jobs = new Map(sink.events.filter((event) => event.action === 'job.run').map((event) => [event.id, event]));
    for (const event of sink.events.filter(({ action }) => action === 'inside.job')) {
      expect(jobs.get(event.parent ?? '')?.metadata?.['i']).toBe(event.metadata?.['i']);
    }
    for (const job of jobs.values()) expect(job.tenant?.id).toBe(`tenant-${job.metadata?.['i']}`);
    expect(jobs.size).toBe(1_000);
  });
});

describe('a scope', () => {
  test('takes a note once, and reports a second value', async () => {
    const { auditor, sink, errors } = setUp();
    await auditor.run({ job: 'j' }, () => {
      currentScope()?.note('a', 1);
      currentScope()?.note('a', 2);
      currentScope()?.note('__proto__', 3);
    });
    await auditor.close();
    expect(JSON.stringify(sink.events[0]?.metadata)).toContain('"__proto__":3');
    expect(sink.events[0]?.metadata?.['a']).toBe(1);
    expect(errors[0]?.code).toBe('AUDIT_EVENT_INVALID');
  });

  test('can say who, to what, how it ended and why, or that nothing is recorded', async () => {
    const { auditor, sink } = setUp();
    await auditor.run({ job: 'a' }, () => {
      const scope = currentScope();
      scope?.setActor({ type: 'service', id: 's1' });
      scope?.setTenant({ id: 't1', name: 'T' });
      scope?.setResource({ type: 'order', id: '7' });
      scope?.setAction('order.refund');
      scope?.setOutcome('denied', { code: 'limit', text: 'above the limit' });
      scope?.change({ total: 1 }, { total: 2 });
    });
    await auditor.run({ job: 'b' }, () => currentScope()?.skip());
    await auditor.close();
    expect(sink.events).toHaveLength(1);
    expect(sink.events[0]).toMatchObject({
      action: 'order.refund',
      actor: { type: 'service', id: 's1' },
      tenant: { id: 't1', name: 'T' },
      resource: { type: 'order', id: '7' },
      outcome: 'denied',
      reason: { code: 'limit', text: 'above the limit' },
      changes: [{ path: '/total', op: 'replace', old: 1, new: 2 }],
      diff: { fidelity: 'exact' },
    });
  });
});

describe('the end', () => {
  test('close sends what is left, closes the sinks, and is safe twice', async () => {
    let closed = 0;
    const sink = Object.assign(recordingSink(), { close: async () => void closed++ });
    const { auditor, errors } = setUp({}, sink);
    for (let i = 0; i < 5_000; i++) auditor.record({ action: 'a.b' });
    await Promise.all([auditor.close(), auditor.close()]);
    expect([sink.events.length, closed, auditor.health().status]).toEqual([5_000, 1, 'closed']);
    expect(auditor.record({ action: 'a.b' })).toBeUndefined();
    expect(auditor.stats().dropped.closed).toBe(1);
    expect(errors.map((error) => error.code)).toEqual(['AUDIT_CLOSED']);
  });

  test('close gives up at its deadline, says so, and closes the sinks all the same', async () => {
    let closed = 0;
    const sink = Object.assign(
      recordingSink(() => new Promise(() => undefined)),
      { close: async () => void closed++ },
    );
    const { auditor } = setUp({ dispatch: { closeTimeoutMs: 50 } }, sink);
    auditor.record({ action: 'a.b' });
    await expect(auditor.close()).rejects.toMatchObject({ code: 'AUDIT_NOT_STORED' });
    expect(closed).toBe(1);
  });

  test('flush resolves when everything so far is stored, and rejects when it cannot be', async () => {
    const { auditor, sink } = setUp();
    auditor.record({ action: 'a.b' });
    await auditor.flush();
    expect(sink.events).toHaveLength(1);
    await auditor.close();
    const dead = setUp(
      { dispatch: { closeTimeoutMs: 30 } },
      recordingSink(() => Promise.reject(new Error('down'))),
    );
    dead.auditor.record({ action: 'a.b' });
    await expect(dead.auditor.flush()).rejects.toMatchObject({ code: 'AUDIT_NOT_STORED' });
    await expect(dead.auditor.close()).rejects.toMatchObject({ code: 'AUDIT_NOT_STORED' });
  });
});

describe('the console', () => {
  test('describes an event in one line that no terminal interprets', () => {
    const line = describeEvent({
      ...sampleEvent(),
      resource: { type: 'a', id: '1', name: '\u001b]0;title\u0007%s\nnext\u202e' },
    });
    expect(line).not.toMatch(/[\p{C}]/u);
    expect(line).toContain('%s');
  });

  test('is where events go in development, and never in production', async () => {
    expect(() => createAuditor({ service: { name: 'a', environment: 'production' } })).toThrow(/`sinks` is missing/);
    const auditor = createAuditor({ service: { name: 'a', environment: 'development' } });
    expect(Object.keys(auditor.stats().sinks)).toEqual(['console']);
    await auditor.close();
    await expect(
      consoleSink().write([], { signal: new AbortController().signal, attempt: 1 }),
    ).resolves.toBeUndefined();
  });
});

test('open rejects with what can never work before what does not work yet', async () => {
  const failing = (name: string, kind: 'retryable' | 'endpoint') =>
    Object.assign(recordingSink(undefined, name), { open: () => Promise.reject(new SinkError(name, { kind })) });
  const { auditor } = setUp({
    sinks: [failing('away', 'retryable'), failing('wrong', 'endpoint')],
    dispatch: { minRetryMs: 1, maxRetryMs: 1 },
  });
  await expect(auditor.open()).rejects.toThrow('wrong');
  await auditor.close();
});
