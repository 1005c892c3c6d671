import type { IncomingMessage, ServerResponse } from 'node:http';
import { SinkError } from '@whodunit/core';
import { type SinkHarness, testSink } from '@whodunit/testing';
import { httpSink, webhookReceiver } from '../src/index.js';
import { startListener } from './support/server.js';
import { LOOPBACK, SECRET } from './support/writing.js';

/** Our own receiver, storing by event id: the receiving end that makes `idempotent: true` a true statement. */
async function idempotentHarness(options: { readonly gzip: boolean; readonly body: 'ndjson' | 'json' }) {
  const byId = new Map<string, string>();
  const { receive } = webhookReceiver({ secrets: [SECRET], onError: () => {} });
  return harness(
    { ...options, idempotent: true },
    async (request, response) => {
      await receive(request, response, (events) => {
        for (const event of events) if (!byId.has(event.id)) byId.set(event.id, JSON.stringify(event));
      });
    },
    () => [...byId.values()].map((line) => JSON.parse(line)),
  );
}

/** A receiver that somebody else wrote: no signatures, no memory, the lines as they come, and an opinion on some. */
async function plainHarness() {
  const lines: string[] = [];
  return harness(
    { idempotent: false },
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      lines.push(
        ...Buffer.concat(chunks)
          .toString('utf8')
          .split('\n')
          .filter((line) => line !== ''),
      );
      response.writeHead(200).end('ok');
    },
    () => lines,
  );
}

async function harness(
  options: { readonly idempotent: boolean; readonly gzip?: boolean; readonly body?: 'ndjson' | 'json' },
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  stored: SinkHarness['stored'],
): Promise<SinkHarness> {
  let stalled = false;
  const server = await startListener((request, response) => {
    if (stalled) request.resume();
    else handle(request, response).catch(() => response.destroy());
  });
  return {
    sink: httpSink({ url: server.url, secrets: [SECRET], ...LOOPBACK, ...options }),
    stored,
    breakBackend: server.stop,
    repairBackend: server.start,
    stallBackend: () => {
      stalled = true;
    },
    dispose: server.stop,
  };
}

const createBroken = () => ({ sink: httpSink({ url: 'https://localhost/hooks', secrets: [SECRET] }) });

describe('to our receiver, which keeps one copy of an id', () => {
  testSink({ test, create: () => idempotentHarness({ gzip: false, body: 'ndjson' }), createBroken });
});

describe('to our receiver, as gzipped JSON', () => {
  testSink({ test, create: () => idempotentHarness({ gzip: true, body: 'json' }), createBroken });
});

describe('to a receiver that keeps every copy', () => {
  testSink({ test, create: plainHarness, createBroken });
});

test('the broken configuration of the kit is refused for the address it resolves to', async () => {
  const { sink } = createBroken();
  await expect(sink.open?.()).rejects.toBeInstanceOf(SinkError);
  await expect(sink.open?.()).rejects.toMatchObject({
    kind: 'endpoint',
    message: expect.stringContaining('localhost'),
  });
});
