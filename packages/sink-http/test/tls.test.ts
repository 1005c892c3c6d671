import { sampleEvents } from '@whodunit/testing';
import { httpSink } from '../src/index.js';
import { CERTIFICATE, KEY } from './support/certificate.js';
import { startServer, type TestServer } from './support/server.js';
import { LOOPBACK, rejection, write } from './support/writing.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(undefined, { tls: true });
});
afterAll(() => server.stop());

test('a self-signed certificate is a failure of the endpoint, and nothing is sent', async () => {
  const sink = httpSink({ url: server.url, ...LOOPBACK });
  const error = await rejection(write(sink, sampleEvents(2)));
  expect(error).toMatchObject({ kind: 'endpoint', message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT') });
  expect(error.message).toContain('tls.ca');
  expect(server.received).toHaveLength(0);
  await sink.close?.();
});

test('an authority that is given is trusted, on one connection for many batches', async () => {
  const sink = httpSink({ url: server.url, ...LOOPBACK, tls: { ca: [CERTIFICATE], cert: CERTIFICATE, key: KEY } });
  const before = server.connections();
  const events = sampleEvents(500);
  for (let i = 0; i < 5; i++) await write(sink, events);
  expect(server.received).toHaveLength(5);
  expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
  expect(server.connections() - before).toBe(1);
  await sink.close?.();
});

test('a certificate for another host is a failure of the endpoint', async () => {
  const sink = httpSink({
    url: `https://audit.example:${server.port}/`,
    lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    allowPrivateAddresses: ['audit.example'],
    tls: { ca: CERTIFICATE },
  });
  const error = await rejection(write(sink, sampleEvents(1)));
  expect(error).toMatchObject({ kind: 'endpoint', message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') });
  await sink.close?.();
});

test('https to a port that speaks plain HTTP is a failure of the endpoint', async () => {
  const plain = await startServer();
  const sink = httpSink({ url: plain.url.replace('http:', 'https:'), ...LOOPBACK });
  expect((await rejection(write(sink, sampleEvents(1)))).kind).toBe('endpoint');
  await sink.close?.();
  await plain.stop();
});

test.each([
  { ca: 'no certificate' },
  { ca: [CERTIFICATE, 'no certificate'] },
  { cert: 'no certificate', key: KEY },
  { cert: CERTIFICATE, key: 'no key' },
  { rejectUnauthorized: false },
  { ca: '' },
])('tls options that cannot work are refused when the sink is made', (tls) => {
  const options = { url: server.url, ...LOOPBACK, tls };
  expect(() => httpSink(options)).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }));
});
