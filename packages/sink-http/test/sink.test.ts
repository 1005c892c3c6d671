import { type AddressInfo, createServer, type Socket } from 'node:net';
import { eventLine } from '@whodunit/core';
import { sampleEvents } from '@whodunit/testing';
import { httpSink } from '../src/index.js';
import { startListener, startServer } from './support/server.js';
import { LOOPBACK, rejection, SECRET, write } from './support/writing.js';

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A sink, and the server that it writes to. */
async function pair(answer?: Parameters<typeof startServer>[0], options: Partial<Parameters<typeof httpSink>[0]> = {}) {
  const server = await startServer(answer);
  const sink = httpSink({ url: server.url, ...LOOPBACK, ...options });
  cleanUps.push(server.stop, () => sink.close?.());
  return { server, sink };
}

describe('what is sent', () => {
  test('one POST per batch, with the sealed lines as they are', async () => {
    const { server, sink } = await pair();
    const events = sampleEvents(3, { metadata: { name: 'Zoë \u202e 日本 🚀' } });
    await write(sink, events);
    const [request] = server.received;
    expect(server.received).toHaveLength(1);
    expect(request).toMatchObject({ method: 'POST', path: '/hooks', body: `${events.map(eventLine).join('\n')}\n` });
    expect(request?.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'user-agent': 'whodunit' });
    expect(request?.headers['content-length']).toBe(String(request?.wireBytes));
    expect(request?.headers['webhook-signature']).toBeUndefined();
  });

  test('one JSON array of the same lines when asked for', async () => {
    const { server, sink } = await pair(undefined, { body: 'json' });
    const events = sampleEvents(3);
    await write(sink, events);
    await write(sink, events.slice(0, 1));
    expect(server.received[0]?.headers['content-type']).toBe('application/json');
    expect(server.received[0]?.body).toBe(`[${events.map(eventLine).join(',')}]`);
    expect(server.received[1]?.body).toBe(`[${eventLine(sampleEvents(1)[0] as never)}]`);
  });

  test('gzip, several times smaller', async () => {
    const { server, sink } = await pair(undefined, { gzip: true });
    const events = sampleEvents(400);
    await write(sink, events);
    const [request] = server.received;
    expect(request?.headers['content-encoding']).toBe('gzip');
    expect(request?.body).toBe(`${events.map(eventLine).join('\n')}\n`);
    expect(request?.wireBytes).toBeLessThan((request?.body.length ?? 0) / 4);
  });

  test('headers of the application, and the user of the URL as Basic authentication', async () => {
    const { server, sink } = await pair(undefined, { headers: { 'X-Team': 'red', 'User-Agent': 'shop' } });
    const withUser = httpSink({ url: server.url.replace('//', '//ann%40shop:p%3Ass@'), ...LOOPBACK });
    await write(sink, sampleEvents(1));
    await write(withUser, sampleEvents(1));
    await withUser.close?.();
    expect(server.received[0]?.headers).toMatchObject({ 'x-team': 'red', 'user-agent': 'shop' });
    expect(server.received[1]?.headers.authorization).toBe(`Basic ${Buffer.from('ann@shop:p:ss').toString('base64')}`);
  });

  test('the query of the URL, and every batch right after the other on one connection', async () => {
    const { server } = await pair();
    const sink = httpSink({ url: `${server.url}?source=a%20b`, ...LOOPBACK, secrets: [SECRET] });
    cleanUps.push(() => sink.close?.());
    const events = sampleEvents(1000);
    for (let i = 0; i < 50; i++) await write(sink, events.slice(i * 20, i * 20 + 20));
    expect(server.received[0]?.path).toBe('/hooks?source=a%20b');
    expect(server.connections()).toBe(1);
    const lines = server.received.flatMap(({ body }) => body.split('\n').filter(Boolean));
    expect(lines).toEqual(events.map(eventLine));
  });

  test('batches under way at once never share memory', async () => {
    const { server, sink } = await pair((response) => setTimeout(() => response.writeHead(204).end(), 5), {
      concurrency: 4,
    });
    const events = sampleEvents(400);
    const batches = Array.from({ length: 40 }, (_, i) => events.slice(i * 10, i * 10 + 10));
    await Promise.all(batches.map((batch) => write(sink, batch)));
    const lines = server.received.flatMap(({ body }) => body.split('\n').filter(Boolean));
    expect(lines.sort()).toEqual(events.map(eventLine).sort());
    expect(server.connections()).toBeLessThanOrEqual(4);
  });

  test('a batch of many megabytes', async () => {
    const { server, sink } = await pair();
    const events = sampleEvents(200, { metadata: { text: 'é'.repeat(25_000) } });
    await write(sink, events);
    await write(sink, sampleEvents(2));
    expect(server.received[0]?.wireBytes).toBeGreaterThan(10_000_000);
    expect(server.received[0]?.body).toBe(`${events.map(eventLine).join('\n')}\n`);
    expect(server.received[1]?.body).toBe(`${sampleEvents(2).map(eventLine).join('\n')}\n`);
  });
});

describe('a receiver that misbehaves', () => {
  test('that never answers is left when the signal says so, and may have stored the batch', async () => {
    const { server, sink } = await pair(() => {});
    const error = await rejection(write(sink, sampleEvents(2), AbortSignal.timeout(100)));
    expect(error).toMatchObject({ kind: 'retryable', code: 'AUDIT_SINK_TIMEOUT' });
    expect(error.message).toContain('may have stored');
    expect(server.received).toHaveLength(1);
  });

  test('that takes no connection is left when the signal says so', async () => {
    // A listener whose process never accepts would need a full backlog; a lookup that never answers hangs as well.
    const sink = httpSink({ url: 'https://audit.example/hooks', lookup: () => {} });
    const error = await rejection(write(sink, sampleEvents(1), AbortSignal.timeout(50)));
    expect(error.code).toBe('AUDIT_SINK_TIMEOUT');
    await sink.close?.();
  });

  test('that stored the batch and was slow to say so gets the same webhook-id again', async () => {
    let slow = true;
    const { server, sink } = await pair((response) => {
      if (!slow) response.writeHead(204).end();
    });
    const events = sampleEvents(3);
    await rejection(write(sink, events, AbortSignal.timeout(80)));
    slow = false;
    await sink.write(structuredClone(events), { signal: new AbortController().signal, attempt: 2 });
    await write(sink, events.slice(1));
    const ids = server.received.map(({ headers }) => headers['webhook-id']);
    expect(ids[0]).toMatch(/^msg_[\w-]{32}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test('that resets the connection is tried again', async () => {
    const server = await startListener((request) => request.socket.resetAndDestroy());
    const sink = httpSink({ url: server.url, ...LOOPBACK });
    cleanUps.push(server.stop, () => sink.close?.());
    const error = await rejection(write(sink, sampleEvents(2)));
    expect(error).toMatchObject({
      kind: 'retryable',
      code: 'AUDIT_SINK_FAILED',
      message: expect.stringContaining('ECONNRESET'),
    });
  });

  test('that is up and down loses nothing, and takes nothing twice that it confirmed', async () => {
    const { server, sink } = await pair();
    const events = sampleEvents(60);
    let failures = 0;
    for (let i = 0; i < 12; i++) {
      const batch = events.slice(i * 5, i * 5 + 5);
      if (i % 3 === 1) {
        await server.stop();
        expect((await rejection(write(sink, batch))).kind).toBe('retryable');
        failures++;
        await server.start();
      }
      await write(sink, batch);
    }
    expect(failures).toBe(4);
    const lines = server.received.flatMap(({ body }) => body.split('\n').filter(Boolean));
    expect(lines).toEqual(events.map(eventLine));
  });

  test('whose answer never ends is not read on, and its 2xx still is the receipt', async () => {
    let written = 0;
    const { server, sink } = await pair((response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const more = () => {
        while (!response.destroyed && written < 500_000_000) {
          written += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'x'))) return void response.once('drain', more);
        }
      };
      more();
    });
    await write(sink, sampleEvents(2));
    expect(server.received).toHaveLength(1);
    expect(written).toBeLessThan(20_000_000);
  });

  test('whose answer trickles for ever is not waited for', async () => {
    const { sink } = await pair((response) => void response.writeHead(200).write('.'));
    await write(sink, sampleEvents(2));
  });

  test('that answers 2xx and is aborted in the middle of its body has given its receipt', async () => {
    const { sink } = await pair((response) => void response.writeHead(200).write('.'));
    await write(sink, sampleEvents(2), AbortSignal.timeout(200));
  });

  test('that answers before it has read the batch is understood, and the connection is not used again', async () => {
    const server = await startListener(
      (_request, response) => void response.writeHead(429, { 'retry-after': '7' }).end(),
    );
    const sink = httpSink({ url: server.url, ...LOOPBACK });
    cleanUps.push(server.stop, () => sink.close?.());
    const events = sampleEvents(200, { metadata: { text: 'x'.repeat(50_000) } });
    for (let i = 0; i < 2; i++) {
      expect((await rejection(write(sink, events))).kind).toBe('retryable');
    }
  });

  test('that speaks something else than HTTP is retried, and none of its bytes get into the error', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.write('SSH-2.0-secret-banner\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const sink = httpSink({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ...LOOPBACK });
    const error = await rejection(write(sink, sampleEvents(1)));
    for (const socket of sockets) socket.destroy();
    server.close();
    await sink.close?.();
    expect(error.kind).toBe('retryable');
    expect(error.cause).toBeUndefined();
    expect(error.message).not.toContain('banner');
  });

  test('that refuses connections is retried', async () => {
    const { server, sink } = await pair();
    await server.stop();
    expect(await rejection(write(sink, sampleEvents(1)))).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('closing', () => {
  test('ends the idle connection at once', async () => {
    let closed = 0;
    const server = await startListener((request, response) => {
      request.resume();
      request.socket.once('close', () => closed++);
      response.writeHead(204).end();
    });
    const sink = httpSink({ url: server.url, ...LOOPBACK });
    cleanUps.push(server.stop);
    await write(sink, sampleEvents(1));
    expect(closed).toBe(0);
    await sink.close?.();
    await sink.close?.();
    for (let i = 0; i < 100 && closed === 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(closed).toBe(1);
    expect(await rejection(write(sink, []))).toMatchObject({ code: 'AUDIT_CLOSED' });
  });
});
