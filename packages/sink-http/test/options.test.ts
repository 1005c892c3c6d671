import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HTTP_SINK_DEFAULTS, httpSink, WEBHOOK_RECEIVER_DEFAULTS, webhookReceiver } from '../src/index.js';
import { SECRET } from './support/writing.js';

const URL_WITH_SECRETS = 'https://ann:hunter2@audit.example/T0KEN?key=K3Y';

test('only the URL is needed, and the defaults are those that the documentation names', async () => {
  const sink = httpSink({ url: 'https://audit.example/hooks' });
  expect(sink).toMatchObject({ name: 'http', idempotent: false, concurrency: 1 });
  await sink.close?.();
  const source = readFileSync(join(__dirname, '../src/options.ts'), 'utf8');
  const receiver =
    readFileSync(join(__dirname, '../src/receiver.ts'), 'utf8') +
    readFileSync(join(__dirname, '../src/verify.ts'), 'utf8');
  const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
  for (const [text, defaults] of [
    [source, HTTP_SINK_DEFAULTS],
    [receiver, WEBHOOK_RECEIVER_DEFAULTS],
  ] as const) {
    for (const [option, value] of Object.entries(defaults)) {
      const shown = typeof value === 'string' ? `'${value}'` : String(value);
      expect(text).toMatch(new RegExp(`@default ${shown}( \\*/|\\n\\s+\\*/)\\s+readonly ${option}\\?:`));
      expect(readme).toMatch(new RegExp(`\\| \`${option}\`\\s+\\| \`${shown}\``));
    }
  }
});

test('a sink can be named, called idempotent, and allowed more requests at once', () => {
  const sink = httpSink({ url: 'https://audit.example/', name: 'siem', idempotent: true, concurrency: 4 });
  expect(sink).toMatchObject({ name: 'siem', idempotent: true, concurrency: 4 });
});

test('options that are undefined count as absent', () => {
  const sink = httpSink({
    url: 'https://audit.example/',
    ...({ name: undefined, body: undefined, tls: undefined } as object),
  });
  expect(sink.name).toBe('http');
});

test.each([
  [{ url: undefined }, '`url` must be an absolute https: URL'],
  [{ url: '' }, '`url` must be a non-empty string'],
  [{ url: 'audit.example' }, 'absolute https: URL'],
  [{ url: 'ftp://audit.example/' }, 'absolute https: URL'],
  [{ url: 'file:///etc/passwd' }, 'absolute https: URL'],
  [{ url: 'http://audit.example/' }, 'set `allowPlainHttp: true`'],
  [{ url: 'http://10.0.0.1/', allowPrivateAddresses: true }, 'set `allowPlainHttp: true`'],
  [{ url: 'http://127.0.0.1/' }, 'not a public address'],
  [{ url: 'https://a%zz:b@audit.example/' }, 'broken % escape'],
  [{ url: URL_WITH_SECRETS, headers: { Authorization: 'x' } }, 'Keep one of the two'],
  [{ secret: SECRET }, 'Did you mean `secrets`?'],
  [{ gzipp: true }, 'Did you mean `gzip`?'],
  [{ secrets: SECRET }, 'a list of one to four secrets'],
  [{ secrets: [] }, 'a list of one to four secrets'],
  [{ secrets: [SECRET, SECRET, SECRET, SECRET, SECRET] }, 'a list of one to four secrets'],
  [{ secrets: [SECRET, 'hunter2'] }, '[1] is `whsec_`'],
  [{ secrets: ['whsec_c2hvcnQ='] }, '24 to 64 bytes'],
  [{ secrets: [`whsec_${Buffer.alloc(65).toString('base64')}`] }, '24 to 64 bytes'],
  [{ secrets: [`${SECRET.slice(0, -3)}*==`] }, '24 to 64 bytes'],
  [{ secrets: [`whsk_${Buffer.alloc(31).toString('base64')}`] }, 'Ed25519'],
  [{ secrets: [`whsk_${Buffer.alloc(64).toString('base64')}`] }, 'Ed25519'],
  [{ secrets: [`whpk_${Buffer.alloc(32).toString('base64')}`] }, 'Ed25519'],
  [{ body: 'xml' }, "one of 'ndjson', 'json'"],
  [{ gzip: 'yes' }, 'true or false'],
  [{ concurrency: 5 }, 'from 1 to 4'],
  [{ allowPrivateAddresses: ['10.0.0.0/33'] }, 'a host name, an address or a CIDR range'],
  [{ allowPrivateAddresses: ['*.internal'] }, 'a host name, an address or a CIDR range'],
  [{ allowPrivateAddresses: 'localhost' }, 'true or false or a list'],
  [{ lookup: 'dns' }, 'a function'],
  [{ headers: { 'x-a': 'one\r\nx-b: second' } }, '`x-a` is one line of text'],
  [{ headers: { 'x-a': 'one\nsecond' } }, '`x-a` is one line of text'],
  [{ headers: { 'x-a': 'nul\u0000' } }, '`x-a` is one line of text'],
  [{ headers: { 'x-a': '日本' } }, '`x-a` is one line of text'],
  [{ headers: { 'x-a': 1 } }, '`x-a` is one line of text'],
  [{ headers: { 'x a': 'one' } }, 'key 1 is a header name'],
  [{ headers: { 'x-a\r\nx-b': 'one' } }, 'key 1 is a header name'],
  [{ headers: { '': 'one' } }, 'key 1 is a header name'],
  [{ headers: { Host: 'other' } }, 'which the sink sets itself'],
  [{ headers: { 'Content-Length': '1' } }, 'which the sink sets itself'],
  [{ headers: { 'Transfer-Encoding': 'chunked' } }, 'which the sink sets itself'],
  [{ headers: { 'Webhook-Id': 'mine' } }, 'which the sink sets itself'],
  [{ headers: ['x-a: one'] }, 'an object of header names'],
])('refuses %j and says what to do, without showing a secret', (options, message) => {
  const all = { url: 'https://audit.example/', ...options };
  const error = thrown(() => httpSink(all as Parameters<typeof httpSink>[0]));
  expect(error).toMatchObject({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining(message) });
  expect(error).toMatchObject({ message: expect.not.stringMatching(/hunter2|T0KEN|K3Y|BwcH|second/) });
});

test.each([
  [{}, '`secrets` must hold the secret'],
  [{ secrets: [] }, 'one to four secrets'],
  [{ secrets: ['hunter2'] }, '[0] is `whsec_`'],
  [{ secrets: [`whsk_${Buffer.alloc(32).toString('base64')}`] }, '`whpk_`'],
  [{ secrets: [SECRET], toleranceSeconds: 0 }, 'from 1 to 86400'],
  [{ secrets: [SECRET], maxBodyBytes: 10 }, 'from 1024'],
  [{ secrets: [SECRET], tolerance: 5 }, 'unknown option `tolerance`'],
])('a receiver refuses %j', (options, message) => {
  const error = thrown(() => webhookReceiver(options as Parameters<typeof webhookReceiver>[0]));
  expect(error).toMatchObject({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining(message) });
  expect(error).toMatchObject({ message: expect.not.stringContaining('hunter2') });
});

test("the caller's objects are left as they were", () => {
  const options = { url: URL_WITH_SECRETS, headers: { 'X-A': 'one' }, secrets: [SECRET] };
  const copy = structuredClone(options);
  const sink = httpSink(options);
  expect(options).toEqual(copy);
  expect(sink.name).toBe('http');
});

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
