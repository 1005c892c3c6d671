import { type AuditError, type AuditorOptions, SinkError } from '@whodunit/core';
import { auditorWith } from '../src/engine/auditor';
import { fakeClock } from './support/fake-clock';
import { recordingSink } from './support/sinks';

const retryable = () => new SinkError('down', { kind: 'retryable' });
const payload = (failedIds?: string[]) => new SinkError('bad', { kind: 'payload', ...(failedIds && { failedIds }) });

function setUp(sink: ReturnType<typeof recordingSink>, options: Partial<AuditorOptions<never>> = {}) {
  const clock = fakeClock();
  const errors: AuditError[] = [];
  const auditor = auditorWith(
    { service: 'test', sinks: [sink], onError: (error) => void errors.push(error), ...options },
    clock,
  );
  const record = (count: number, action = 'a.b') =>
    Array.from({ length: count }, () => auditor.record({ action }) as string);
  return { auditor, clock, errors, record };
}

describe('dispatch', () => {
  test('writes a batch when its first event has waited, or when it is full', async () => {
    const sink = recordingSink();
    const { clock, record } = setUp(sink, { dispatch: { maxBatchEvents: 5, maxWaitMs: 1_000 } });
    record(2);
    await clock.advance(999);
    expect(sink.calls).toHaveLength(0);
    await clock.advance(1);
    expect(sink.calls.map((call) => call.ids.length)).toEqual([2]);
    record(7);
    await clock.advance(0);
    expect(sink.calls.map((call) => call.ids.length)).toEqual([2, 5]);
    await clock.advance(1_000);
    expect(sink.calls.map((call) => call.ids.length)).toEqual([2, 5, 2]);
  });

  test('keeps one write in flight, and as many as the sink says when it says more', async () => {
    for (const concurrency of [1, 3]) {
      let running = 0;
      let most = 0;
      const waiting: (() => void)[] = [];
      const sink = Object.assign(
        recordingSink(async () => {
          most = Math.max(most, ++running);
          await new Promise<void>((resolve) => waiting.push(resolve));
          running -= 1;
        }),
        { concurrency },
      );
      const { clock, record, auditor } = setUp(sink, { dispatch: { maxBatchEvents: 2, maxWaitMs: 0 } });
      record(10);
      for (let i = 0; i < 20; i++) {
        await clock.advance(1);
        for (const resolve of waiting.splice(0)) resolve();
      }
      expect(most).toBe(concurrency);
      expect(auditor.stats().sinks['recording']?.delivered).toBe(10);
    }
  });

  test('retries without end and in order, waiting longer each time, up to the ceiling', async () => {
    const sink = recordingSink((_events, _delivery, call) => {
      if (call <= 12) throw retryable();
    });
    const dispatch = { maxBatchEvents: 2, maxWaitMs: 0, minRetryMs: 100, maxRetryMs: 400, breakerOpenMs: 1 };
    const { clock, record, auditor } = setUp(sink, { dispatch });
    const ids = record(5);
    await clock.advance(60_000);
    expect(sink.events.map((event) => event.id)).toEqual(ids);
    expect(sink.calls.slice(0, 13).map((call) => call.attempt)).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
    expect(auditor.stats().sinks['recording']).toMatchObject({ delivered: 5, retried: 12, lost: 0, pending: 0 });
  });

  test('treats what nobody knows, a synchronous throw and a rejected undefined as worth another try', async () => {
    const thrown = [new Error('secret content'), undefined, 'text', { odd: true }];
    const sink = recordingSink((_events, _delivery, call) => {
      if (call <= thrown.length) throw thrown[call - 1];
    });
    const { clock, record, errors } = setUp(sink, { dispatch: { maxWaitMs: 0, minRetryMs: 1, maxRetryMs: 1 } });
    record(1);
    await clock.advance(1_000);
    expect(sink.events).toHaveLength(1);
    expect(errors.map((error) => error.code)).toEqual(['AUDIT_SINK_FAILED']);
    expect(errors[0]?.message).not.toContain('secret content');
  });

  test('honours Retry-After up to its limit', async () => {
    const sink = recordingSink((_events, _delivery, call) => {
      if (call === 1) throw new SinkError('later', { kind: 'retryable', retryAfterMs: 5_000 });
      if (call === 2) throw new SinkError('much later', { kind: 'retryable', retryAfterMs: 86_400_000 });
    });
    const { clock, record } = setUp(sink, { dispatch: { maxWaitMs: 0, maxRetryAfterMs: 7_000 } });
    record(1);
    await clock.advance(4_999);
    expect(sink.calls).toHaveLength(1);
    await clock.advance(1);
    expect(sink.calls).toHaveLength(2);
    await clock.advance(6_999);
    expect(sink.calls).toHaveLength(2);
    await clock.advance(1);
    expect(sink.events).toHaveLength(1);
  });

  test('opens the breaker after five failures and then asks once every 30 s', async () => {
    let isUp = false;
    const sink = recordingSink(() => {
      if (!isUp) throw retryable();
    });
    const { clock, record, auditor } = setUp(sink, { dispatch: { maxWaitMs: 0, minRetryMs: 10, maxRetryMs: 10 } });
    record(3);
    await clock.advance(1_000);
    expect(sink.calls).toHaveLength(5);
    expect(auditor.stats().sinks['recording']?.breaker).toBe('open');
    expect(auditor.health()).toMatchObject({
      status: 'degraded',
      reasons: [expect.stringContaining('its breaker is open')],
    });
    await clock.advance(10 * 30_000);
    expect(sink.calls.length).toBeLessThanOrEqual(15);
    isUp = true;
    await clock.advance(31_000);
    expect(sink.events).toHaveLength(3);
    expect(auditor.health().status).toBe('ok');
  });

  test('opens the breaker at once for a wrong address or wrong credentials, and loses nothing', async () => {
    let isRight = false;
    const sink = recordingSink(() => {
      if (!isRight) throw new SinkError('401', { kind: 'endpoint' });
    });
    const { clock, record, auditor } = setUp(sink, { dispatch: { maxWaitMs: 0, minRetryMs: 1, maxRetryMs: 1 } });
    record(3);
    await clock.advance(29_000);
    expect(sink.calls).toHaveLength(1);
    isRight = true;
    await clock.advance(5_000);
    expect(sink.events).toHaveLength(3);
    expect(auditor.stats().sinks['recording']?.lost).toBe(0);
  });

  test.each([0, 1, 199, 200, 398, 399])(
    'finds a poison event at place %i of 400 in few writes, stores the rest in order and seals the gap',
    async (place) => {
      let poison = '';
      const sink = recordingSink((events) => {
        if (events.some((event) => event.id === poison)) throw payload();
      });
      const { clock, record, auditor, errors } = setUp(sink, { dispatch: { maxWaitMs: 10 } });
      const ids = record(400);
      poison = ids[place] as string;
      await clock.advance(1_000);
      const good = ids.filter((id) => id !== poison);
      expect(sink.events.slice(0, 399).map((event) => event.id)).toEqual(good);
      expect(sink.events[399]).toMatchObject({
        action: 'audit.gap',
        reason: { code: 'sink_rejected' },
        metadata: { count: 1, from: place, to: place, sink: 'recording' },
      });
      expect(sink.calls.length).toBeLessThanOrEqual(1 + 14);
      expect(auditor.stats().sinks['recording']).toMatchObject({ delivered: 400, lost: 1, pending: 0 });
      expect(errors.map((error) => error.code)).toContain('AUDIT_SINK_REJECTED');
    },
  );

  test('survives a batch in which every event is poison', async () => {
    const sink = recordingSink((events) => {
      if (events.some((event) => event.action === 'a.b')) throw payload();
    });
    const { clock, record, auditor } = setUp(sink, { dispatch: { maxWaitMs: 10 } });
    record(40);
    await clock.advance(10_000);
    record(1, 'c.d');
    await clock.advance(10_000);
    expect(auditor.stats().sinks['recording']).toMatchObject({ lost: 40, pending: 0 });
    expect(sink.events.filter((event) => event.action === 'c.d')).toHaveLength(1);
    const gaps = sink.events.filter((event) => event.action === 'audit.gap');
    expect(gaps.reduce((sum, gap) => sum + Number(gap.metadata?.['count']), 0)).toBe(40);
  });

  test('takes a sink at its word about the part that was not stored', async () => {
    const seen: string[][] = [];
    let failed: string[] = [];
    const sink = recordingSink((events, _delivery, call) => {
      seen.push(events.map((event) => event.id));
      if (call === 1) throw new SinkError('part', { kind: 'retryable', failedIds: failed });
    });
    const { clock, record, auditor } = setUp(sink, { dispatch: { maxWaitMs: 10, minRetryMs: 1, maxRetryMs: 1 } });
    const ids = record(4);
    failed = [ids[1] as string, ids[3] as string];
    await clock.advance(1_000);
    expect(seen[1]).toEqual(failed);
    expect(auditor.stats().sinks['recording']?.delivered).toBe(4);
  });

  test('disables a sink that is gone, loudly, and goes on with the others', async () => {
    const gone = recordingSink(() => {
      throw new SinkError('410', { kind: 'gone' });
    }, 'gone');
    const well = recordingSink(undefined, 'well');
    const { clock, record, auditor, errors } = setUp(gone, { sinks: [gone, well], dispatch: { maxWaitMs: 10 } });
    record(3);
    await clock.advance(1_000);
    record(2);
    await clock.advance(1_000);
    expect(gone.calls).toHaveLength(1);
    expect(well.events.filter((event) => event.action === 'a.b')).toHaveLength(5);
    expect(well.events.find((event) => event.action === 'audit.gap')).toMatchObject({
      reason: { code: 'sink_gone' },
      metadata: { count: 3, sink: 'gone' },
    });
    expect(errors.map((error) => error.code)).toContain('AUDIT_SINK_GONE');
    expect(auditor.health().status).toBe('degraded');
  });

  test('aborts a write that takes too long, and tries again', async () => {
    const signals: AbortSignal[] = [];
    const sink = recordingSink((_events, { signal }, call) => {
      signals.push(signal);
      if (call === 1)
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      if (call === 2) return new Promise(() => undefined); // ignores the signal
      return undefined;
    });
    const { clock, record, errors } = setUp(sink, {
      dispatch: { maxWaitMs: 0, writeTimeoutMs: 10_000, minRetryMs: 1, maxRetryMs: 1 },
    });
    record(1);
    await clock.advance(9_999);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(30_000);
    expect(signals[0]?.aborted).toBe(true);
    expect(sink.events).toHaveLength(1);
    expect(errors[0]?.code).toBe('AUDIT_SINK_TIMEOUT');
  });

  test('does not let a dead sink delay another, and drops nothing of the healthy one when the journal is full', async () => {
    const dead = recordingSink(() => {
      throw retryable();
    }, 'dead');
    const well = recordingSink(undefined, 'well');
    const { clock, record, auditor } = setUp(dead, {
      sinks: [dead, well],
      journal: { maxEvents: 100 },
      dispatch: { maxWaitMs: 0 },
    });
    for (let i = 0; i < 50; i++) {
      record(20);
      await clock.advance(1);
    }
    expect(well.events.filter((event) => event.action === 'a.b')).toHaveLength(1_000);
    const { sinks, dropped } = auditor.stats();
    expect(dropped.journal_full).toBe(0);
    expect((sinks['dead']?.lost ?? 0) + (sinks['dead']?.pending ?? 0)).toBe(1_000);
  });

  test('seals what a lagging sink lost once it works again: sent = stored + gaps', async () => {
    let isUp = false;
    const lagging = recordingSink(() => {
      if (!isUp) throw retryable();
    }, 'lagging');
    const well = recordingSink(undefined, 'well');
    const { clock, record } = setUp(lagging, {
      sinks: [lagging, well],
      journal: { maxEvents: 100 },
      dispatch: { maxWaitMs: 0 },
    });
    for (let i = 0; i < 20; i++) {
      record(20);
      await clock.advance(1);
    }
    isUp = true;
    await clock.advance(120_000);
    const gaps = lagging.events.filter((event) => event.action === 'audit.gap');
    const lost = gaps.reduce((sum, gap) => sum + Number(gap.metadata?.['count']), 0);
    const stored = lagging.events.filter((event) => event.action === 'a.b').length;
    expect(gaps.length).toBeGreaterThan(0);
    expect(stored + lost).toBe(400);
  });

  test('counts and seals what the full journal refused: accepted + gaps = sent', async () => {
    let isUp = false;
    const sink = recordingSink(() => {
      if (!isUp) throw retryable();
    });
    const { clock, record, auditor, errors } = setUp(sink, { journal: { maxEvents: 100 }, dispatch: { maxWaitMs: 0 } });
    record(300);
    const logins = record(10, 'auth.login').filter((id) => id !== undefined);
    expect(logins).toHaveLength(10);
    expect(auditor.stats()).toMatchObject({ accepted: 91, dropped: { journal_full: 220 } });
    expect(errors.filter((error) => error.code === 'AUDIT_JOURNAL_FULL')).toHaveLength(1);
    isUp = true;
    await clock.advance(120_000);
    record(1, 'c.d');
    await clock.advance(1_000);
    const gap = sink.events.find((event) => event.action === 'audit.gap');
    expect(gap).toMatchObject({ reason: { code: 'journal_full' }, metadata: { count: 220 } });
    expect(sink.events.map((event) => event.seal?.seq)).toEqual(sink.events.map((_, i) => i));
  });

  test('opens a sink again that did not open, and writes nothing before', async () => {
    let opened = 0;
    const sink = Object.assign(recordingSink(), {
      async open() {
        if (++opened < 3) throw retryable();
      },
    });
    const { clock, record, auditor } = setUp(sink, { dispatch: { maxWaitMs: 0, minRetryMs: 100, maxRetryMs: 100 } });
    await expect(auditor.open()).rejects.toMatchObject({ code: 'AUDIT_SINK_FAILED' });
    record(1);
    await clock.advance(150);
    expect([opened, sink.calls.length]).toEqual([1, 0]);
    await clock.advance(1_000);
    expect([opened, sink.events.length]).toEqual([3, 1]);
  });

  test('reports failures at a bounded rate and says how many there were in between', async () => {
    const sink = recordingSink(() => {
      throw retryable();
    });
    const { clock, record, errors } = setUp(sink, {
      dispatch: { maxWaitMs: 0, minRetryMs: 500, maxRetryMs: 500, breakerOpenMs: 10 },
    });
    record(1);
    await clock.advance(180_000);
    expect(sink.calls.length).toBeGreaterThan(300);
    expect(errors.length).toBeLessThanOrEqual(4);
    expect(errors[1]?.message).toMatch(/\(\d+ more like it in between\)$/);
  });
});
