import { inspect } from 'node:util';
import { sampleEvents } from '@whodunit/testing';
import { httpSink } from '../src/index.js';
import { startServer, type TestServer } from './support/server.js';
import { LOOPBACK, rejection, SECRET, write } from './support/writing.js';

let server: TestServer;
let status = 204;
let headers: Record<string, string> = {};

beforeAll(async () => {
  server = await startServer((response) => void response.writeHead(status, headers).end('the answer says: swordfish'));
});
afterAll(() => server.stop());
beforeEach(() => {
  headers = {};
});

async function answered(code: number): Promise<Awaited<ReturnType<typeof rejection>> | undefined> {
  status = code;
  const sink = httpSink({ url: `${server.url}/path-token?query-token`, secrets: [SECRET], ...LOOPBACK });
  try {
    const writing = write(sink, sampleEvents(2));
    return code >= 200 && code <= 299 ? await writing.then(() => undefined) : await rejection(writing);
  } finally {
    await sink.close?.();
  }
}

test.each([200, 201, 202, 204, 206, 299])('%i is a receipt', async (code) => {
  expect(await answered(code)).toBeUndefined();
});

const KINDS = {
  retryable: [408, 425, 429, 500, 501, 502, 503, 504, 507, 599],
  endpoint: [
    300, 301, 302, 303, 304, 307, 308, 401, 402, 403, 404, 405, 406, 407, 409, 411, 414, 415, 421, 426, 431, 451,
  ],
  payload: [400, 413, 422],
  gone: [410],
} as const;

describe.each(Object.entries(KINDS))('%s', (kind, codes) => {
  test.each(codes)('is what %i means', async (code) => {
    const error = await answered(code);
    expect(error).toMatchObject({ kind, message: expect.stringContaining(` answered ${code}. `) });
  });
});

test('a failure names the sink and the host, and nothing of path, query, secrets or answer', async () => {
  for (const code of [302, 400, 401, 404, 410, 413, 429, 500]) {
    const shown = inspect(await answered(code), { depth: 10 });
    expect(shown).toContain(`sink \`http\`: 127.0.0.1:${server.port} answered ${code}`);
    expect(shown).not.toMatch(/path-token|query-token|whsec_|swordfish/);
  }
});

test('a redirect to an internal address is not followed', async () => {
  const internal = await startServer();
  headers = { location: internal.url };
  for (const code of [301, 302, 303, 307, 308]) {
    expect((await answered(code))?.message).toContain('Redirects are not followed');
  }
  await internal.stop();
  expect(internal.connections()).toBe(0);
});

test('Retry-After reaches dispatch in both forms', async () => {
  headers = { 'retry-after': '7' };
  expect((await answered(503))?.retryAfterMs).toBe(7000);
  expect((await answered(403))?.retryAfterMs).toBe(7000);
  expect((await answered(400))?.retryAfterMs).toBeUndefined();
  headers = { 'retry-after': new Date(Date.now() + 60_000).toUTCString() };
  expect((await answered(429))?.retryAfterMs).toBeGreaterThan(50_000);
  headers = { 'retry-after': '-5' };
  const error = await answered(503);
  expect(error?.retryAfterMs).toBeUndefined();
  expect(error?.kind).toBe('retryable');
});
