import { type MemorySink, memorySink, type SinkHarness, sampleEvents, testSink } from '@whodunit/testing';
import { fallback, tee, when } from '../src/engine/combine.js';
import type { AuditEvent } from '../src/model/event.js';
import { type Sink, SinkError, type SinkErrorKind } from '../src/model/sink.js';

/** A memory sink that can be made to fail or to hang, and remembers what it was asked. */
function flaky(name: string, options: { readonly idempotent?: boolean; readonly concurrency?: number } = {}) {
  const memory: MemorySink = memorySink({ name, idempotent: options.idempotent ?? true });
  const asked: (readonly string[])[] = [];
  const state = { opened: 0, closed: 0, failure: undefined as (() => Promise<void>) | undefined };
  const sink = {
    name,
    idempotent: memory.idempotent,
    ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
    async open() {
      state.opened++;
    },
    async write(events, delivery) {
      asked.push(events.map(({ id }) => id));
      await state.failure?.();
      await memory.write(events, delivery);
    },
    async close() {
      state.closed++;
      await memory.close?.();
    },
  } satisfies Sink;
  const fail = (kind: SinkErrorKind = 'retryable', more: { failedIds?: string[]; retryAfterMs?: number } = {}) => {
    state.failure = () => Promise.reject(new SinkError(`sink \`${name}\` is down.`, { kind, ...more }));
  };
  const recover = () => {
    state.failure = undefined;
  };
  return { sink, memory, asked, state, fail, recover, ids: () => memory.events.map(({ id }) => id) };
}

const write = (sink: Sink, events: readonly AuditEvent[], signal = new AbortController().signal, attempt = 1) =>
  sink.write(events, { signal, attempt });

async function rejection(writing: Promise<unknown> | undefined): Promise<SinkError> {
  const error = await Promise.resolve(writing).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SinkError) return error;
  throw new Error(`expected a SinkError, got ${String(error)}`);
}

const EVENTS = sampleEvents(6);
const IDS = EVENTS.map(({ id }) => id);

let warnings: jest.SpyInstance;
beforeEach(() => {
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
});
afterEach(() => warnings.mockRestore());

describe('when', () => {
  const isLogin = (event: AuditEvent) => event.action.startsWith('auth.');

  testSink({ test, create: () => harnessOf([flaky('memory')], ([one]) => when(() => true, one)) });

  test('passes matching events on in order, and stores nothing of the rest', async () => {
    const one = flaky('siem');
    const sink = when(isLogin, one.sink);
    await write(sink, EVENTS);
    expect(one.ids()).toEqual(EVENTS.filter(isLogin).map(({ id }) => id));
    expect(one.memory.events.length).toBeLessThan(EVENTS.length);
  });

  test('does not bother the sink when nothing matches, and still rejects after close', async () => {
    const one = flaky('siem');
    const sink = when(() => false, one.sink);
    await write(sink, EVENTS);
    expect(one.asked).toEqual([]);
    await sink.close?.();
    expect((await rejection(write(sink, EVENTS))).code).toBe('AUDIT_CLOSED');
  });

  test('passes on how the sink failed', async () => {
    const one = flaky('siem');
    one.fail('payload', { failedIds: [IDS[0] ?? ''] });
    expect(
      await rejection(
        write(
          when(() => true, one.sink),
          EVENTS,
        ),
      ),
    ).toMatchObject({ kind: 'payload', failedIds: [IDS[0]] });
  });

  test('a predicate that throws rejects the batch before anything is written, without content', async () => {
    const one = flaky('siem');
    const sink = when((event) => {
      if (event.id === IDS[3]) throw new TypeError('no tenant');
      return true;
    }, one.sink);
    expect(await rejection(write(sink, EVENTS))).toMatchObject({ kind: 'payload', cause: { message: 'no tenant' } });
    expect(one.asked).toEqual([]);
    await write(sink, EVENTS.slice(0, 3));
    expect(one.ids()).toEqual(IDS.slice(0, 3));
  });

  test('has a name of its own and the flags of its sink', () => {
    const sink = when(isLogin, flaky('siem', { idempotent: false, concurrency: 3 }).sink);
    expect(sink).toMatchObject({ name: 'when(siem)', idempotent: false, concurrency: 3 });
  });
});

describe('fallback', () => {
  testSink({ test, create: () => harnessOf([flaky('http'), flaky('file')], ([one, two]) => fallback(one, two)) });

  test('goes to the second only when the first rejects', async () => {
    const [one, two] = [flaky('http'), flaky('file')];
    const sink = fallback(one.sink, two.sink);
    await write(sink, EVENTS.slice(0, 2));
    one.fail('endpoint');
    await write(sink, EVENTS.slice(2, 4));
    one.recover();
    await write(sink, EVENTS.slice(4));
    expect(one.ids()).toEqual([...IDS.slice(0, 2), ...IDS.slice(4)]);
    expect(two.ids()).toEqual(IDS.slice(2, 4));
  });

  test.each(['retryable', 'endpoint', 'payload', 'gone'] as const)(
    'takes over whatever the first says: %s',
    async (kind) => {
      const [one, two] = [flaky('http'), flaky('file')];
      one.fail(kind);
      await write(fallback(one.sink, two.sink), EVENTS);
      expect(two.ids()).toEqual(IDS);
    },
  );

  test('takes over what the first did not store, and no more', async () => {
    const [one, two] = [flaky('http'), flaky('file')];
    one.fail('payload', { failedIds: [IDS[1] ?? '', IDS[4] ?? ''] });
    await write(fallback(one.sink, two.sink), EVENTS);
    expect(two.ids()).toEqual([IDS[1], IDS[4]]);
  });

  test('rejects when both do: with what neither stored, the milder kind, both reasons and the shorter wait', async () => {
    const [one, two] = [flaky('http'), flaky('file')];
    const sink = fallback(one.sink, two.sink);
    one.fail('endpoint', { failedIds: IDS.slice(2), retryAfterMs: 9000 });
    two.fail('retryable', { failedIds: IDS.slice(4), retryAfterMs: 4000 });
    const error = await rejection(write(sink, EVENTS));
    expect(error).toMatchObject({ kind: 'retryable', failedIds: IDS.slice(4), retryAfterMs: 4000 });
    expect(error.message).toContain('sink `http` is down. sink `file` is down.');
    expect(error.cause).toBeInstanceOf(AggregateError);
    two.fail('payload');
    expect(await rejection(write(sink, EVENTS))).toMatchObject({ kind: 'endpoint', failedIds: IDS.slice(2) });
    one.fail('gone');
    expect((await rejection(write(sink, EVENTS))).kind).toBe('endpoint');
    two.fail('gone');
    expect((await rejection(write(sink, EVENTS))).kind).toBe('gone');
    expect((await rejection(write(sink, EVENTS))).failedIds).toBeUndefined();
  });

  test('a first that hangs leaves the next try of that batch to the second, and gets its turn again', async () => {
    const [one, two] = [flaky('http'), flaky('file')];
    const sink = fallback(one.sink, two.sink);
    const hanging = () => {
      const stop = new AbortController();
      one.state.failure = () =>
        new Promise((_resolve, reject) =>
          stop.signal.addEventListener('abort', () =>
            reject(new SinkError('hung.', { kind: 'retryable', code: 'AUDIT_SINK_TIMEOUT' })),
          ),
        );
      setTimeout(() => stop.abort(), 20);
      return stop.signal;
    };
    expect(await rejection(write(sink, EVENTS, hanging()))).toMatchObject({
      kind: 'retryable',
      code: 'AUDIT_SINK_TIMEOUT',
    });
    expect(two.asked).toEqual([]);
    await write(sink, EVENTS, undefined, 2);
    expect(two.ids()).toEqual(IDS);
    expect(one.asked).toHaveLength(1);

    const later = sampleEvents(3, (i) => ({ id: `later-${i}` }));
    await rejection(write(sink, later, hanging()));
    two.fail();
    await rejection(write(sink, later, undefined, 2));
    one.recover();
    await write(sink, later, undefined, 3);
    expect(one.ids()).toEqual(later.map(({ id }) => id));
  });

  test('tells when it begins, once until the first is back', async () => {
    const [one, two] = [flaky('http'), flaky('file')];
    const told: unknown[] = [];
    const sink = fallback(one.sink, two.sink, (error) => told.push(error));
    one.fail();
    for (let i = 0; i < 3; i++) await write(sink, EVENTS);
    expect(told).toHaveLength(1);
    one.recover();
    await write(sink, EVENTS);
    one.fail();
    await write(sink, EVENTS);
    expect(told).toEqual([expect.any(SinkError), expect.any(SinkError)]);
    expect(warnings).not.toHaveBeenCalled();
  });

  test('warns when nobody listens, and a listener that throws costs no event', async () => {
    const [one, two] = [flaky('http'), flaky('file')];
    one.fail();
    await write(fallback(one.sink, two.sink), EVENTS);
    expect(warnings).toHaveBeenCalledWith(expect.stringContaining('sink `http` is down.'), 'AuditWarning');
    const throwing = fallback(one.sink, two.sink, () => {
      throw new Error('pager');
    });
    await write(throwing, EVENTS);
    expect(warnings).toHaveBeenLastCalledWith(expect.stringContaining('onFallback threw'), 'AuditWarning');
    expect(two.ids()).toEqual(IDS);
  });

  test('is as idempotent and as concurrent as the weaker of the two', () => {
    const sink = fallback(flaky('http', { idempotent: false, concurrency: 4 }).sink, flaky('file').sink);
    expect(sink).toMatchObject({ name: 'fallback(http,file)', idempotent: false, concurrency: 1 });
  });
});

describe('tee', () => {
  testSink({ test, create: () => harnessOf([flaky('file'), flaky('http')], ([one, two]) => tee(one, two)) });
  testSink({
    test: (title, run) => test(`without idempotence: ${title}`, run),
    create: () => {
      const sinks = [flaky('file', { idempotent: false }), flaky('http', { idempotent: false })];
      return harnessOf(sinks, ([one, two]) => tee(one, two));
    },
  });

  test('writes every event to all', async () => {
    const sinks = [flaky('a'), flaky('b'), flaky('c')];
    await write(tee(...sinks.map(({ sink }) => sink)), EVENTS);
    for (const one of sinks) expect(one.ids()).toEqual(IDS);
  });

  test('a retry goes only to the sinks that do not have the event yet', async () => {
    const [one, two] = [flaky('a', { idempotent: false }), flaky('b', { idempotent: false })];
    const sink = tee(one.sink, two.sink);
    two.fail();
    for (let i = 1; i <= 5; i++) expect((await rejection(write(sink, EVENTS, undefined, i))).failedIds).toBeUndefined();
    two.recover();
    await write(sink, EVENTS, undefined, 6);
    expect(one.ids()).toEqual(IDS);
    expect(two.ids()).toEqual(IDS);
    expect(one.asked).toHaveLength(1);
  });

  test('names what some sink did not store, in the order of the batch, and goes on from there', async () => {
    const [one, two] = [flaky('a', { idempotent: false }), flaky('b', { idempotent: false })];
    const sink = tee(one.sink, two.sink);
    const [first = '', second = '', third = ''] = IDS;
    one.state.failure = async () => {
      await write(one.memory, EVENTS.slice(0, 1));
      throw new SinkError('partly.', { kind: 'retryable', failedIds: [third, second] });
    };
    const error = await rejection(write(sink, EVENTS.slice(0, 3)));
    expect(error.failedIds).toEqual([second, third]);
    one.recover();
    await write(sink, EVENTS.slice(1, 3), undefined, 2);
    expect(one.ids()).toEqual([first, second, third]);
    expect(two.ids()).toEqual([first, second, third]);
  });

  test('is retried for as long as any of its sinks may take the batch', async () => {
    const [one, two] = [flaky('a'), flaky('b')];
    const sink = tee(one.sink, two.sink);
    const kinds = async (first: SinkErrorKind, second: SinkErrorKind) => {
      one.fail(first, { retryAfterMs: 1000 });
      two.fail(second, { retryAfterMs: 7000 });
      const error = await rejection(write(sink, EVENTS));
      expect(error.retryAfterMs).toBe(7000);
      return error.kind;
    };
    expect(await kinds('payload', 'retryable')).toBe('retryable');
    expect(await kinds('gone', 'retryable')).toBe('retryable');
    expect(await kinds('payload', 'endpoint')).toBe('endpoint');
    expect(await kinds('payload', 'payload')).toBe('payload');
    expect(await kinds('gone', 'gone')).toBe('gone');
    expect(await kinds('gone', 'payload')).toBe('endpoint');
    one.recover();
    two.fail('gone');
    expect((await rejection(write(sink, EVENTS))).kind).toBe('endpoint');
  });

  test('takes what is no SinkError for something that may pass, and keeps it as the cause', async () => {
    const one = flaky('a');
    one.state.failure = () => Promise.reject(new Error('secret content'));
    const error = await rejection(write(tee(one.sink), EVENTS));
    expect(error).toMatchObject({ kind: 'retryable', cause: { message: 'secret content' } });
    expect(error.message).not.toContain('secret content');
  });

  test('is as idempotent and as concurrent as the weakest', () => {
    const sink = tee(flaky('a', { concurrency: 4 }).sink, flaky('b', { concurrency: 2 }).sink);
    expect(sink).toMatchObject({ name: 'tee(a,b)', idempotent: true, concurrency: 2 });
    expect(tee(sink, flaky('c', { idempotent: false }).sink)).toMatchObject({
      name: 'tee(tee(a,b),c)',
      idempotent: false,
    });
  });
});

describe('every combination', () => {
  const make = { fallback, tee } as const;

  test.each(Object.entries(make))('%s opens and closes all its sinks, also when one throws', async (_name, combine) => {
    const [one, two] = [flaky('a'), flaky('b')];
    const refusing = { ...one.sink, open: () => Promise.reject(new SinkError('no table.', { kind: 'endpoint' })) };
    const sink = combine(refusing, two.sink);
    expect((await rejection(sink.open?.())).message).toBe('no table.');
    expect(two.state.opened).toBe(1);
    await sink.close?.();
    await sink.close?.();
    expect([one.state.closed, two.state.closed]).toEqual([2, 2]);
    expect((await rejection(write(sink, EVENTS))).code).toBe('AUDIT_CLOSED');
  });

  test('says so when several of its sinks fail to close', async () => {
    const broken = (name: string) => ({ ...flaky(name).sink, close: () => Promise.reject(new Error(name)) });
    const error = await rejection(tee(broken('a'), flaky('b').sink, broken('c')).close?.());
    expect(error.message).toContain('2 of its sinks failed to close');
    expect(error.cause).toMatchObject({ errors: [{ message: 'a' }, { message: 'c' }] });
  });

  test('sinks without open and close are fine', async () => {
    const bare: Sink = { name: 'bare', idempotent: true, write: async () => undefined };
    for (const sink of [when(() => true, bare), fallback(bare, bare), tee(bare)]) {
      await sink.open?.();
      await write(sink, EVENTS);
      await sink.close?.();
    }
  });

  test('is refused when it is given something else than sinks', () => {
    const sink = flaky('a').sink;
    for (const act of [
      () => when('auth' as never, sink),
      () => when(() => true, undefined as never),
      () => fallback(sink, {} as never),
      () => fallback(sink, sink, 'log' as never),
      () => tee(),
      () => tee(sink, [sink] as never),
    ]) {
      expect(act).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }));
    }
  });
});

/** The kit's hands on a combination: its store is what all the memories hold, or the first that holds anything. */
function harnessOf(
  sinks: readonly ReturnType<typeof flaky>[],
  combine: (sinks: readonly [Sink, Sink]) => Sink,
): SinkHarness {
  const [one, two = one] = sinks;
  if (one === undefined || two === undefined) throw new Error('no sinks');
  return {
    sink: combine([one.sink, two.sink]),
    stored: () => (one.memory.events.length > 0 ? one.memory.events : two.memory.events),
    breakBackend: () => {
      for (const sink of sinks) sink.fail();
    },
    repairBackend: () => {
      for (const sink of sinks) sink.recover();
    },
    dispose: () => {},
  };
}
