import { type FaultSinkOptions, faultSink, sampleEvents, testSink } from '@whodunit/testing';

const events = sampleEvents(4);
const delivery = { attempt: 1, signal: new AbortController().signal };

describe('while nothing is broken it keeps the contract, and so does the memory sink in it', () => {
  testSink({
    test,
    create() {
      const sink = faultSink();
      return {
        sink,
        stored: () => sink.events,
        breakBackend: () => sink.break(),
        repairBackend: () => sink.repair(),
        stallBackend: () => sink.break('hang'),
        dispose: () => sink.clear(),
      };
    },
  });
});

test('fault `reject` rejects the first `times` writes, with the kind and the wait that were asked for', async () => {
  const sink = faultSink({ fault: 'reject', times: 2, kind: 'endpoint', retryAfterMs: 70 });
  const error = { name: 'SinkError', kind: 'endpoint', retryAfterMs: 70, retryable: true };
  await expect(sink.write(events, delivery)).rejects.toMatchObject(error);
  await expect(sink.write(events, delivery)).rejects.toMatchObject(error);
  expect(sink.events).toEqual([]);
  await sink.write(events, delivery);
  expect(sink.events).toEqual(events);
  expect(sink.writes).toEqual([4, 4, 4]);
});

test('fault `throw` throws instead of rejecting', () => {
  const sink = faultSink({ fault: 'throw' });
  expect(() => void sink.write(events, delivery)).toThrow('sink `faulty` threw, because the test asked for it.');
});

test('fault `hang` settles only when the signal is aborted', async () => {
  const stop = new AbortController();
  const writing = faultSink({ fault: 'hang' }).write(events, { attempt: 1, signal: stop.signal });
  expect(await isPending(writing)).toBe(true);
  stop.abort();
  await expect(writing).rejects.toMatchObject({ kind: 'retryable' });
});

test('fault `stuck` never settles, whatever the signal says', async () => {
  const writing = faultSink({ fault: 'stuck' }).write(events, { attempt: 1, signal: AbortSignal.abort() });
  expect(await isPending(writing)).toBe(true);
});

test('fault `part` stores the first half and names the rest in failedIds', async () => {
  const sink = faultSink({ fault: 'part' });
  const failedIds = events.slice(2).map(({ id }) => id);
  await expect(sink.write(events, delivery)).rejects.toMatchObject({ failedIds });
  expect(sink.events).toEqual(events.slice(0, 2));
});

test('fault `lost-receipt` stores everything and rejects all the same', async () => {
  const sink = faultSink({ fault: 'lost-receipt', times: 1, idempotent: false });
  await expect(sink.write(events, delivery)).rejects.toMatchObject({ kind: 'retryable' });
  expect(sink.events).toEqual(events);
  await sink.write(events, delivery);
  expect(sink.events).toHaveLength(8);
});

test('a batch that holds a poison id is rejected whole, with kind `payload`', async () => {
  const [good, bad] = events as [(typeof events)[0], (typeof events)[0]];
  const sink = faultSink({ poison: [bad.id] });
  await expect(sink.write(events, delivery)).rejects.toMatchObject({ kind: 'payload', retryable: false });
  await sink.write([good], delivery);
  expect(sink.events).toEqual([good]);
});

test('break and repair work at any time; writes that go right take at least delayMs', async () => {
  const sink = faultSink({ delayMs: 30 });
  sink.break('reject', 1);
  await expect(sink.write(events, delivery)).rejects.toThrow('failed, because the test asked for it');
  const start = performance.now();
  await sink.write(events, delivery);
  expect(performance.now() - start).toBeGreaterThan(25);
  sink.break();
  sink.repair();
  await sink.write(events, delivery);
  expect(sink.events).toHaveLength(4);
});

test('an aborted signal ends the delay, and nothing is stored', async () => {
  const sink = faultSink({ delayMs: 60_000 });
  const writing = sink.write(events, { attempt: 1, signal: AbortSignal.timeout(20) });
  await expect(writing).rejects.toMatchObject({ kind: 'retryable' });
  expect(sink.events).toEqual([]);
});

test('an option that is wrong is refused', () => {
  expect(() => faultSink({ delay: 5 } as FaultSinkOptions)).toThrow('unknown option `delay`');
  expect(() => faultSink({ fault: 'hangs' } as unknown as FaultSinkOptions)).toThrow(
    "one of 'reject', 'throw', 'hang'",
  );
});

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const later = new Promise((resolve) => setTimeout(resolve, 50, pending));
  return (await Promise.race([promise, later])) === pending;
}
