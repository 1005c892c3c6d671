import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventLine } from '@whodunit/core';
import { sampleEvents } from '@whodunit/testing';
import { Webhook } from 'standardwebhooks';
import { httpSink, verifyWebhook } from '../src/index.js';
import { signerOf, verifierOf } from '../src/signature.js';
import { type Received, startServer, type TestServer } from './support/server.js';
import { LOOPBACK, NEW_SECRET, SECRET, write } from './support/writing.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(16);
const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
const SIGNING_KEY = `whsk_${Buffer.concat([seed, point]).toString('base64')}`;
const SEED_ALONE = `whsk_${seed.toString('base64')}`;
const PUBLIC_KEY = `whpk_${point.toString('base64')}`;

async function sent(
  secrets: readonly string[],
  options: { readonly gzip?: boolean; readonly body?: 'json' } = {},
): Promise<Received> {
  const sink = httpSink({ url: server.url, secrets, ...LOOPBACK, ...options });
  await write(sink, sampleEvents(5, { metadata: { text: 'Zoë 日本 🚀' } }));
  await sink.close?.();
  const request = server.received.at(-1);
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}

describe('the reference implementation of Standard Webhooks', () => {
  test.each([{}, { gzip: true }, { body: 'json' }, { gzip: true, body: 'json' }] as const)(
    'accepts what the sink sends with %j',
    async (options) => {
      const { body, headers } = await sent([SECRET], options);
      const verify = () => new Webhook(SECRET).verify(body, headers as Record<string, string>, { jsonParse: false });
      expect(verify).not.toThrow();
      expect(() => new Webhook(NEW_SECRET).verify(body, headers as Record<string, string>)).toThrow('No matching');
    },
  );

  test('accepts either secret while they are rotated', async () => {
    const { body, headers } = await sent([NEW_SECRET, SECRET]);
    expect(headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/);
    for (const secret of [SECRET, NEW_SECRET]) {
      expect(() =>
        new Webhook(secret).verify(body, headers as Record<string, string>, { jsonParse: false }),
      ).not.toThrow();
    }
  });

  test('makes signatures that verifyWebhook accepts', () => {
    const body = `${eventLine(sampleEvents(1)[0] as never)}\n`;
    const now = new Date();
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign('msg_1', now, body),
    };
    expect(verifyWebhook({ body, headers, secrets: [SECRET] })).toEqual({
      id: 'msg_1',
      timestamp: Math.floor(now.getTime() / 1000),
    });
  });
});

test('published signatures come out, in both schemes', () => {
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const parts = { id, timestamp: '1614265330', body: Buffer.from('{"test": 2432232314}') };
  // The vector that the reference implementations of Standard Webhooks share.
  const hmac = signerOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')?.(parts);
  expect(hmac).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  // The example of the specification, with the key that its reference server publishes in its tests.
  const ed25519 = signerOf(
    'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==',
  )?.(parts);
  expect(ed25519).toBe('v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==');
});

test('Ed25519 signatures pass with the public key alone, whichever way the secret is written', async () => {
  for (const secret of [SIGNING_KEY, SEED_ALONE]) {
    const { body, headers } = await sent([secret]);
    expect(headers['webhook-signature']).toMatch(/^v1a,[\w+/]{86}==$/);
    expect(verifyWebhook({ body, headers, secrets: [PUBLIC_KEY] }).id).toBe(headers['webhook-id']);
    expect(() => verifyWebhook({ body, headers, secrets: [SECRET] })).toThrow('no signature matches');
  }
});

test('a sender moves from HMAC to Ed25519 without a gap', async () => {
  const { body, headers } = await sent([SIGNING_KEY, SECRET]);
  expect(() => verifyWebhook({ body, headers, secrets: [SECRET] })).not.toThrow();
  expect(() => verifyWebhook({ body, headers, secrets: [PUBLIC_KEY] })).not.toThrow();
  expect(() => verifyWebhook({ body: `${body} `, headers, secrets: [SECRET, PUBLIC_KEY] })).toThrow('no signature');
});

test('a signature of one scheme is never taken for the other', () => {
  const parts = { id: 'a', timestamp: '1', body: Buffer.from('x') };
  const hmac = Buffer.from(signerOf(SECRET)?.(parts).slice(3) ?? '', 'base64');
  expect(verifierOf(SECRET)?.(parts, 'v1', hmac)).toBe(true);
  expect(verifierOf(SECRET)?.(parts, 'v1a', hmac)).toBe(false);
  expect(verifierOf(SECRET)?.(parts, '', hmac)).toBe(false);
  expect(verifierOf(PUBLIC_KEY)?.(parts, 'v1a', hmac)).toBe(false);
});

test('signatures are compared in constant time', () => {
  const source = readFileSync(join(__dirname, '../src/signature.ts'), 'utf8');
  const verifier = source.slice(source.indexOf('function hmacVerifier'));
  expect(verifier.slice(0, verifier.indexOf('\n}'))).toContain('return timingSafeEqual(hmac(key, parts), signature)');
});
