import { type AuditEvent, eventLine } from '@whodunit/core';
import { sampleEvent, sampleEvents } from '@whodunit/testing';
import { migrate, postgresSink } from '../src/index.js';
import { TestDatabase } from './support/database.js';
import { deliver } from './support/deliver.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await TestDatabase.create();
  await migrate({ pool: database.pool });
});
afterEach(() => database.dispose());

const open = async () => {
  const sink = postgresSink({ pool: database.pool });
  await sink.open?.();
  return sink;
};

test('the columns say what the event says', async () => {
  const event = sampleEvent({
    tenant: { id: 'acme' },
    resource: { type: 'order', id: '17' },
    parent: 'not a uuid',
    source: { ip: 'not an address' },
  });
  await deliver(await open(), [event]);
  const [row] = await database.rows('SELECT * FROM whodunit.events');
  expect(row).toEqual({
    id: event.id,
    time: new Date(event.time),
    recorded_at: new Date(event.seal?.recordedAt ?? ''),
    stream: event.seal?.stream,
    seq: String(event.seal?.seq),
    action: event.action,
    category: event.category,
    operation: event.operation,
    outcome: event.outcome,
    severity: event.severity,
    actor_type: event.actor.type,
    actor_id: event.actor.id,
    tenant_id: 'acme',
    resource_type: 'order',
    resource_id: '17',
    request_id: event.request?.id,
    parent: 'not a uuid',
    ip: 'not an address',
    line: eventLine(event),
    event: JSON.parse(eventLine(event)),
  });
});

test('an event without a seal is stored', async () => {
  const { seal: _, ...event } = sampleEvent();
  await deliver(await open(), [event]);
  expect(await database.column('SELECT stream FROM whodunit.events')).toEqual([null]);
});

test('delivered three times, it is there once', async () => {
  const sink = await open();
  const events = sampleEvents(100);
  for (let attempt = 1; attempt <= 3; attempt++) await deliver(sink, events);
  await deliver(sink, [...events.slice(0, 5), ...events.slice(0, 5)]);
  expect(await database.lines()).toEqual(events.map(eventLine));
});

test('four writers with the same events at once leave one of each', async () => {
  const sink = postgresSink({ pool: database.pool, concurrency: 4 });
  await sink.open?.();
  const events = sampleEvents(200);
  await Promise.all([1, 2, 3, 4].map(() => deliver(sink, events)));
  expect(await database.lines()).toEqual(events.map(eventLine));
});

const altered = (event: AuditEvent): AuditEvent => ({ ...event, outcome: 'unknown', severity: 'critical' });

test('another event under an id that is taken is a conflict, and overwrites nothing', async () => {
  const sink = await open();
  const events = sampleEvents(10);
  await deliver(sink, events.slice(0, 5));
  const batch = events.map((event, index) => (index === 3 ? altered(event) : event));
  await expect(deliver(sink, batch)).rejects.toMatchObject({
    name: 'SinkError',
    code: 'AUDIT_SINK_CONFLICT',
    kind: 'payload',
    failedIds: [events[3]?.id],
  });
  expect(await database.lines()).toEqual(events.map(eventLine));
});

test('two different events under one id in one batch are a conflict', async () => {
  const event = sampleEvent();
  const writing = deliver(await open(), [event, altered(event)]);
  await expect(writing).rejects.toMatchObject({ code: 'AUDIT_SINK_CONFLICT', failedIds: [event.id] });
  expect(await database.lines()).toEqual([eventLine(event)]);
});

test('a place in the stream that is taken by another event of that moment is a conflict', async () => {
  const sink = await open();
  const event = sampleEvent();
  await deliver(sink, [event]);
  const forged = { ...event, id: '019b8d6e-7a00-7000-8000-0000000000aa' };
  await expect(deliver(sink, [forged])).rejects.toMatchObject({
    code: 'AUDIT_SINK_CONFLICT',
    failedIds: [forged.id],
  });
  expect(await database.lines()).toEqual([eventLine(event)]);
});

test.each([
  ['quotes and backslashes', `' " \\ \\\\ $1 $$ \\n`],
  ['line ends', 'a\r\nb\u2028c\u2029d\u0085'],
  ['NUL, and its escape as text', 'a\u0000b \\u0000 \\\\u0000'],
  ['half of a surrogate pair', 'a\ud800b\udc00 \\ud800'],
  ['NUL next to a tag character', '\u0000\u{e0041}\u0000'],
  ['emoji', '👩‍👩‍👧 𝒳 ﬃ e\u0301'],
  ['control and bidi characters', '\u001b[31m\u009b\u202e\u2066\u200b\ufeff'],
])('the line is stored exactly: %s', async (_, text) => {
  const event = sampleEvent({ resource: { type: 'project', id: text }, metadata: { [text]: [text], note: text } });
  await deliver(await open(), [event, ...sampleEvents(3).slice(1)]);
  expect((await database.lines())[0]).toBe(eventLine(event));
});

test('what jsonb refuses is replaced in the searchable copy alone', async () => {
  const event = sampleEvent({
    metadata: { nul: 'a\u0000b', half: '\ud800x', text: '\\u0000', pair: '\u{1f600}\u{e0041}' },
  });
  await deliver(await open(), [event]);
  const [copy] = await database.column(`SELECT event->'metadata' FROM whodunit.events`);
  expect(copy).toEqual({ nul: 'a\ufffdb', half: '\ufffdx', text: '\\u0000', pair: '\u{1f600}\u{e0041}' });
});

test('texts too long for an index are cut in their column and whole in the line', async () => {
  const long = Array.from({ length: 20_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('');
  const event = sampleEvent({
    action: `a.${'x'.repeat(5000)}`,
    actor: { type: 'user', id: long },
    tenant: { id: long },
    resource: { type: long.slice(0, 3000), id: long.slice(3000, 6000) },
  });
  await deliver(await open(), [event]);
  expect(await database.lines()).toEqual([eventLine(event)]);
  expect(await database.column('SELECT actor_id FROM whodunit.events')).toEqual([long.slice(0, 200)]);
});

test('a batch of 2,000 events is stored whole', async () => {
  const events = sampleEvents(2000);
  await deliver(await open(), events);
  expect(await database.lines()).toEqual(events.map(eventLine));
});

test('a client instead of a pool will do', async () => {
  const client = await database.pool.connect();
  const sink = postgresSink({ pool: client });
  await sink.open?.();
  await deliver(sink, sampleEvents(3));
  await sink.close?.();
  expect((await client.query('SELECT count(*)::int AS n FROM whodunit.events')).rows).toEqual([{ n: 3 }]);
  client.release();
});

test('closing leaves the pool that was given open, and ends the one that was not', async () => {
  const given = await open();
  await given.close?.();
  expect(await database.column('SELECT 1')).toEqual([1]);

  const owned = postgresSink({ connectionString: database.url });
  await owned.open?.();
  const connections = () =>
    database.column(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'whodunit' AND datname = $1`, [
      database.name,
    ]);
  expect(await connections()).toHaveLength(1);
  await owned.close?.();
  for (let i = 0; i < 100 && (await connections()).length > 0; i++) await new Promise((done) => setTimeout(done, 20));
  expect(await connections()).toEqual([]);
});
