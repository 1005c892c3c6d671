import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type AuditError, type AuditEvent, eventLine } from '@whodunit/core';
import { sampleEvents } from '@whodunit/testing';
import { httpSink, type WebhookReceiverOptions, type WebhookResult, webhookReceiver } from '../src/index.js';
import { post, webhook } from './support/sending.js';
import { startListener } from './support/server.js';
import { LOOPBACK, NEW_SECRET, rejection, SECRET, write } from './support/writing.js';

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  jest.useRealTimers();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const LINES = `${sampleEvents(3).map(eventLine).join('\n')}\n`;

/** A receiver behind node:http, and everything that it did. */
async function receiver(
  options: Partial<WebhookReceiverOptions> = {},
  onBatch: (events: readonly AuditEvent[]) => void | Promise<void> = () => {},
) {
  const batches: (readonly AuditEvent[])[] = [];
  const results: WebhookResult[] = [];
  const errors: AuditError[] = [];
  const { receive } = webhookReceiver({ secrets: [SECRET], onError: (error) => errors.push(error), ...options });
  const server = await startListener((request, response) => {
    const keep = async (events: readonly AuditEvent[]) => {
      await onBatch(events);
      batches.push(events);
    };
    void receive(request, response, keep).then((result) => results.push(result));
  });
  cleanUps.push(server.stop);
  return { ...server, batches, results, errors };
}

describe('what is genuine', () => {
  test.each([
    { body: 'ndjson', gzip: false },
    { body: 'ndjson', gzip: true },
    { body: 'json', gzip: false },
    { body: 'json', gzip: true },
  ] as const)('arrives as the events that were written: %j', async (options) => {
    const { url, batches, results } = await receiver();
    const sink = httpSink({ url, secrets: [SECRET], ...LOOPBACK, ...options });
    const events = sampleEvents(20, { metadata: { text: 'Zoë \u2028 日本 🚀' } });
    await write(sink, events.slice(0, 1));
    await write(sink, events);
    await sink.close?.();
    expect(batches).toEqual([events.slice(0, 1), events]);
    expect(batches[1]?.map(eventLine)).toEqual(events.map(eventLine));
    expect(results).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
  });

  test('passes with the old and with the new secret while they are rotated', async () => {
    const { url, batches } = await receiver({ secrets: [SECRET, NEW_SECRET] });
    for (const secrets of [[SECRET], [SECRET, NEW_SECRET], [NEW_SECRET]]) {
      const sink = httpSink({ url, secrets, ...LOOPBACK });
      await write(sink, sampleEvents(batches.length + 1));
      await sink.close?.();
    }
    expect(batches).toHaveLength(3);
  });

  test('is answered only when it is stored', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { url } = await receiver({}, () => held);
    let answered = false;
    const posting = post(url, webhook(LINES)).then((answer) => {
      answered = true;
      return answer;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answered).toBe(false);
    release();
    expect((await posting).status).toBe(204);
  });
});

describe('a copy', () => {
  test('of an accepted request changes nothing and is told what an honest retry wants to know', async () => {
    const { url, batches, results } = await receiver();
    const copied = webhook(LINES);
    for (let i = 0; i < 3; i++) expect((await post(url, copied)).status).toBe(204);
    expect(batches).toHaveLength(1);
    expect(results.map(({ outcome }) => outcome)).toEqual(['accepted', 'duplicate', 'duplicate']);
  });

  test('with a new timestamp, which is what a retry is, is not handed over again', async () => {
    const { url, batches } = await receiver();
    await post(url, webhook(LINES, { id: 'msg_1', ageSeconds: 60 }));
    expect((await post(url, webhook(LINES, { id: 'msg_1' }))).status).toBe(204);
    expect(batches).toHaveLength(1);
  });

  test('with another body is refused', async () => {
    const { url, batches, results } = await receiver();
    await post(url, webhook(LINES, { id: 'msg_1' }));
    const answer = await post(url, webhook(`${eventLine(sampleEvents(1)[0] as AuditEvent)}\n`, { id: 'msg_1' }));
    expect(answer.status).toBe(409);
    expect(batches).toHaveLength(1);
    expect(results[1]).toMatchObject({ outcome: 'refused', status: 409 });
  });

  test('that arrives while the first is being stored waits for its outcome', async () => {
    let calls = 0;
    let fail = true;
    const { url, batches } = await receiver({}, async () => {
      calls++;
      await new Promise((resolve) => setTimeout(resolve, 60));
      if (fail) throw new Error('disk full');
    });
    const copied = webhook(LINES);
    const failed = await Promise.all([post(url, copied), post(url, copied), post(url, copied)]);
    expect(failed.map(({ status }) => status).sort()).toEqual([500, 503, 503]);
    expect(calls).toBe(1);
    fail = false;
    const stored = await Promise.all([post(url, copied), post(url, copied), post(url, copied)]);
    expect(stored.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(calls).toBe(2);
    expect(batches).toHaveLength(1);
  });

  test('from outside the tolerance is refused by its timestamp', async () => {
    const { url, batches } = await receiver();
    const copied = webhook(LINES);
    expect((await post(url, copied)).status).toBe(204);
    jest.useFakeTimers({
      now: Date.now() + 302_000,
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'],
    });
    expect((await post(url, copied)).status).toBe(401);
    expect((await post(url, webhook(LINES, { ageSeconds: -302 }))).status).toBe(401);
    expect(batches).toHaveLength(1);
  });
});

describe('the memory of ids', () => {
  test('never forgets an id while a copy would pass, says later when it is full, and goes on when ids are old', async () => {
    const { url, batches } = await receiver({ maxRememberedIds: 2 });
    const first = webhook(LINES, { id: 'msg_1' });
    expect((await post(url, first)).status).toBe(204);
    expect((await post(url, webhook(LINES, { id: 'msg_2' }))).status).toBe(204);
    const answer = await post(url, webhook(LINES, { id: 'msg_3' }));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect((await post(url, first)).status).toBe(204);
    expect(batches).toHaveLength(2);
    jest.useFakeTimers({
      now: Date.now() + 302_000,
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'],
    });
    expect((await post(url, webhook(LINES, { id: 'msg_3' }))).status).toBe(204);
    expect((await post(url, webhook(LINES, { id: 'msg_3' }))).status).toBe(204);
    expect(batches).toHaveLength(3);
  });
});

describe('what is not genuine', () => {
  test('is refused with 401, which no sender takes for a reason to throw events away', async () => {
    const { url, batches, results } = await receiver();
    const genuine = webhook(LINES);
    const without = (name: string) =>
      Object.fromEntries(Object.entries(genuine.headers).filter(([key]) => key !== name));
    const forged = [
      webhook(LINES, { secret: NEW_SECRET }),
      webhook(LINES, { ageSeconds: 302 }),
      webhook(LINES, { ageSeconds: -302 }),
      { ...genuine, body: Buffer.from(LINES.replace('auth', 'auto')) },
      ...Object.keys(genuine.headers).map((name) => ({ ...genuine, headers: without(name) })),
    ];
    for (const request of forged) expect((await post(url, request)).status).toBe(401);
    expect(batches).toHaveLength(0);
    expect(results.every(({ outcome }) => outcome === 'refused')).toBe(true);
    const sink = httpSink({ url, secrets: [NEW_SECRET], ...LOOPBACK });
    expect((await rejection(write(sink, sampleEvents(1)))).kind).toBe('endpoint');
    await sink.close?.();
  });

  test('is not remembered: the genuine request with the same id passes afterwards', async () => {
    const { url, batches } = await receiver();
    await post(url, webhook(LINES, { id: 'msg_1', secret: NEW_SECRET }));
    expect((await post(url, webhook(LINES, { id: 'msg_1' }))).status).toBe(204);
    expect(batches).toHaveLength(1);
  });
});

describe('what is too large or broken', () => {
  const LARGE = Buffer.from(LINES.repeat(40));

  test('is refused with 413 before and after decompression, and never held in memory whole', async () => {
    const { url, batches } = await receiver({ maxBodyBytes: 10_000 });
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const repeated = webhook(LARGE);
    expect(LARGE.length).toBeGreaterThan(10_000);
    expect(gzipSync(LARGE).length).toBeLessThan(10_000);
    expect((await post(url, repeated)).status).toBe(413);
    expect((await post(url, repeated, { headers: { 'transfer-encoding': 'chunked' } })).status).toBe(413);
    const gzip = { 'content-encoding': 'gzip' };
    expect((await post(url, repeated, { wire: gzipSync(LARGE), headers: gzip })).status).toBe(413);
    expect((await post(url, webhook(bomb), { wire: bomb, headers: gzip })).status).toBe(413);
    expect((await post(url, webhook(LINES), { wire: gzipSync(LINES), headers: gzip })).status).toBe(204);
    expect(batches).toHaveLength(1);
  });

  test('makes the sink split the batch', async () => {
    const { url, batches } = await receiver({ maxBodyBytes: 10_000 });
    const sink = httpSink({ url, secrets: [SECRET], ...LOOPBACK });
    expect(await rejection(write(sink, sampleEvents(60)))).toMatchObject({
      kind: 'payload',
      code: 'AUDIT_SINK_REJECTED',
    });
    await write(sink, sampleEvents(3));
    await sink.close?.();
    expect(batches).toHaveLength(1);
  });

  test('is cut off when it does not end', async () => {
    const { port, results } = await receiver({ maxBodyBytes: 10_000 });
    const socket = connect(port, '127.0.0.1');
    let sent = 0;
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = `2710\r\n${'x'.repeat(10_000)}\r\n`;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const more = () => {
      while (!socket.destroyed && sent < 500_000_000) {
        sent += 10_000;
        if (!socket.write(chunk)) return void socket.once('drain', more);
      }
    };
    socket.resume();
    more();
    await closed;
    expect(results).toMatchObject([{ outcome: 'refused', status: 413 }]);
    expect(sent).toBeLessThan(100_000_000);
  });

  test.each([
    ['no JSON', 'hello\n'],
    ['half an event', LINES.slice(0, -20)],
    ['other values', '1\n2\n'],
    ['another object', '{"type":"contact.created"}'],
    ['an array of something', '[{"id":1,"action":"x"}]'],
    ['null', 'null'],
  ])('is refused with 400 when it is %s, although signed', async (_title, body) => {
    const { url, batches } = await receiver();
    expect((await post(url, webhook(body))).status).toBe(400);
    expect(batches).toHaveLength(0);
  });

  test('is refused when its encoding is unknown or broken', async () => {
    const { url } = await receiver();
    expect((await post(url, webhook(LINES), { headers: { 'content-encoding': 'br' } })).status).toBe(415);
    expect((await post(url, webhook(LINES), { headers: { 'content-encoding': 'gzip' } })).status).toBe(400);
    expect(await post(url, webhook(''), { method: 'GET' })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });

  test('leaves nothing behind when the sender goes away in the middle', async () => {
    const { port, results } = await receiver();
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    for (let i = 0; i < 100 && results.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(results).toMatchObject([{ outcome: 'refused', status: 400 }]);
  });
});

describe('when the events cannot be stored', () => {
  test('the sender is told 500, the owner the cause, and the retry is taken', async () => {
    let fail = true;
    const { url, batches, results, errors } = await receiver({}, () => {
      if (fail) throw new Error('disk full');
    });
    const sink = httpSink({ url, secrets: [SECRET], ...LOOPBACK });
    const events = sampleEvents(4);
    const error = await rejection(write(sink, events));
    expect(error.kind).toBe('retryable');
    expect(error.message).not.toContain('disk full');
    expect(errors).toMatchObject([{ code: 'AUDIT_NOT_STORED', cause: { message: 'disk full' } }]);
    fail = false;
    await write(sink, events);
    await sink.close?.();
    expect(batches).toEqual([events]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'accepted']);
  });

  test('one line on stderr says so when nobody listens', async () => {
    const lines: string[] = [];
    const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    cleanUps.push(() => stderr.mockRestore());
    const { receive } = webhookReceiver({ secrets: [SECRET] });
    const { url, stop } = await startListener((request, response) => {
      void receive(request, response, () => {
        throw new Error('disk full');
      });
    });
    cleanUps.push(stop);
    expect((await post(url, webhook(LINES))).status).toBe(500);
    expect(lines).toEqual([expect.stringMatching(/^webhook receiver: onEvents failed[^\n]+\n$/)]);
  });
});

describe('behind a body parser', () => {
  test('the bytes of express.raw() and the text of express.text() are taken, an object is a mistake that is told', async () => {
    const parsed: unknown[] = [Buffer.from(LINES), LINES, { parsed: true }, undefined];
    const errors: AuditError[] = [];
    const outcomes: string[] = [];
    const { receive } = webhookReceiver({ secrets: [SECRET], onError: (error) => errors.push(error) });
    const { url, stop } = await startListener((request, response) => {
      request.resume();
      request.on('end', () => {
        const withBody = Object.assign(request, { body: parsed.shift() });
        void receive(withBody, response, () => {}).then(({ outcome }) => outcomes.push(outcome));
      });
    });
    cleanUps.push(stop);
    for (let i = 0; i < 4; i++) await post(url, webhook(LINES));
    expect(outcomes).toEqual(['accepted', 'accepted', 'failed', 'failed']);
    expect(errors.map(({ message }) => message)).toEqual(Array(2).fill(expect.stringContaining('express.raw()')));
  });

  test('a parser that passed the request on unread is no hindrance', async () => {
    const { receive } = webhookReceiver({ secrets: [SECRET] });
    const { url, stop } = await startListener((request, response) => {
      void receive(Object.assign(request, { body: {} }), response, () => {});
    });
    cleanUps.push(stop);
    expect((await post(url, webhook(LINES))).status).toBe(204);
  });
});
