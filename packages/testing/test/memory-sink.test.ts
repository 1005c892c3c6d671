import { type MemorySinkOptions, memorySink, sampleEvent, sampleEvents } from '@whodunit/testing';

const delivery = { attempt: 1, signal: new AbortController().signal };

test('events are the ones that were written, oldest first', async () => {
  const sink = memorySink();
  const events = sampleEvents(3);
  await sink.write(events.slice(0, 2), delivery);
  await sink.write(events.slice(2), delivery);
  expect(sink.events).toEqual(events);
  expect(sink).toMatchObject({ name: 'memory', idempotent: true });
});

test('an event that comes again leaves one copy, or both when idempotent is false', async () => {
  const [once, twice] = [memorySink(), memorySink({ name: 'copies', idempotent: false })];
  for (const sink of [once, twice]) {
    await sink.write([sampleEvent()], delivery);
    await sink.write([sampleEvent()], delivery);
  }
  expect(once.events).toHaveLength(1);
  expect(twice.events).toHaveLength(2);
});

test('clear forgets every event, and the same event is taken again', async () => {
  const sink = memorySink();
  const { events } = sink;
  await sink.write([sampleEvent()], delivery);
  sink.clear();
  expect(events).toEqual([]);
  await sink.write([sampleEvent()], delivery);
  expect(events).toHaveLength(1);
});

test('what was stored can be read after close, and nothing is added', async () => {
  const sink = memorySink();
  await sink.write([sampleEvent()], delivery);
  await sink.close?.();
  await expect(sink.write(sampleEvents(2), delivery)).rejects.toMatchObject({ code: 'AUDIT_CLOSED' });
  expect(sink.events).toHaveLength(1);
});

test('a misspelt option is refused', () => {
  expect(() => memorySink({ idempotant: true } as MemorySinkOptions)).toThrow('Did you mean `idempotent`?');
});
