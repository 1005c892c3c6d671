import type { LookupFunction } from 'node:net';
import { AuditError } from '@whodunit/core';
import { sampleEvents } from '@whodunit/testing';
import { addressGuard } from '../src/address.js';
import { httpSink } from '../src/index.js';
import { startServer, type TestServer } from './support/server.js';
import { rejection, write } from './support/writing.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Every one of them is an address that is not public, or a name for one. */
const SPELLINGS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.0.0.1.',
  '2130706433',
  '0x7f000001',
  '0x7f.0x0.0x0.0x1',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '%31%32%37.0.0.1',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '0',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '3232235777',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  '192.0.2.1',
  '203.0.113.7',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:169.254.169.254]',
  '[::ffff:10.0.0.1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::a00:1]',
  '[2002:7f00:1::]',
  '[2001::7f00:1]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[100::1]',
  '[5f00::1]',
  '[4000::1]',
];

test.each(SPELLINGS)('https://%s/ is refused when the sink is made', (host) => {
  expect(() => httpSink({ url: `https://${host}/` })).toThrow(
    expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining('not a public address') }),
  );
});

test.each(['[fe80::1%25eth0]', '[::1%25lo]', '127.0.0.1%00.example.com', '256.256.256.256', '1.2.3.4.5'])(
  'https://%s/ is no URL at all',
  (host) => {
    expect(() => httpSink({ url: `https://${host}/` })).toThrow(AuditError);
  },
);

test.each([
  '127.0.0.1',
  '::1',
  'fe80::1%eth0',
  '::ffff:127.0.0.1',
  '169.254.169.254',
  'fd12::1',
  '100.64.9.9',
  'nonsense',
])('a name that resolves to %s gets no connection', async (address) => {
  const sink = sinkTo(answering([address]));
  await expect(sink.open?.()).rejects.toMatchObject({ kind: 'endpoint', name: 'SinkError' });
  const error = await rejection(write(sink, sampleEvents(1)));
  expect(error).toMatchObject({ kind: 'endpoint', message: expect.stringContaining('not a public address') });
  await sink.close?.();
});

test('one private address among public ones refuses the name', async () => {
  const sink = sinkTo(answering(['93.184.216.34', '10.0.0.1']));
  expect((await rejection(write(sink, sampleEvents(1)))).message).toContain('10.0.0.1');
  await sink.close?.();
});

test('a name that turns private after it was checked gets no connection (DNS rebinding)', async () => {
  let answers = 0;
  const rebinding: LookupFunction = (host, options, callback) =>
    answering([answers++ === 0 ? '93.184.216.34' : '127.0.0.1'])(host, options, callback);
  const sink = httpSink({ url: `http://rebind.example:${server.port}/`, lookup: rebinding, allowPlainHttp: true });
  await sink.open?.();
  const before = server.connections();
  for (let i = 0; i < 3; i++) expect((await rejection(write(sink, sampleEvents(1)))).kind).toBe('endpoint');
  expect(answers).toBe(4);
  expect(server.connections()).toBe(before);
  await sink.close?.();
});

test('a name that does not resolve is a failure of the endpoint, one that cannot be resolved now does not stop a start', async () => {
  const missing = sinkTo(failing('ENOTFOUND'));
  const later = sinkTo(failing('EAI_AGAIN'));
  await expect(missing.open?.()).rejects.toMatchObject({
    kind: 'endpoint',
    message: expect.stringContaining('ENOTFOUND'),
  });
  await expect(later.open?.()).resolves.toBeUndefined();
  expect((await rejection(write(later, sampleEvents(1)))).kind).toBe('endpoint');
  expect((await rejection(write(sinkTo(answering([])), sampleEvents(1)))).kind).toBe('endpoint');
});

test('an allowed host, address or range is reached', async () => {
  const url = `http://audit.internal:${server.port}/`;
  for (const allowPrivateAddresses of [
    true,
    ['AUDIT.internal'],
    ['127.0.0.1'],
    ['10.0.0.0/8', '127.0.0.0/8'],
  ] as const) {
    const sink = httpSink({ url, lookup: answering(['127.0.0.1']), allowPlainHttp: true, allowPrivateAddresses });
    await sink.open?.();
    await write(sink, sampleEvents(1));
    await sink.close?.();
  }
  const other = httpSink({
    url,
    lookup: answering(['127.0.0.1']),
    allowPlainHttp: true,
    allowPrivateAddresses: ['db.internal', '10.0.0.0/8'],
  });
  expect((await rejection(write(other, sampleEvents(1)))).kind).toBe('endpoint');
});

test('metadata and link-local addresses are opened by their address alone', () => {
  for (const address of [
    '169.254.169.254',
    '100.100.100.200',
    'fd00:ec2::254',
    'fe80::1',
    '224.0.0.1',
    '0.0.0.0',
    '64:ff9b::a00:1',
  ]) {
    expect(addressGuard(true)('host', address)).toBe(false);
    expect(addressGuard(['host'])('host', address)).toBe(false);
    expect(addressGuard([address])('host', address)).toBe(true);
  }
  for (const address of ['127.0.0.1', '10.1.2.3', '100.64.0.1', 'fd12::1', '::1', '::ffff:192.168.0.1']) {
    expect(addressGuard(true)('host', address)).toBe(true);
    expect(addressGuard(['host'])('host', address)).toBe(true);
    expect(addressGuard(['other'])('host', address)).toBe(false);
  }
  for (const address of ['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946']) {
    expect(addressGuard(false)('host', address)).toBe(true);
  }
});

test('plain HTTP to localhost stays on this machine, whatever the name server says', async () => {
  const url = `http://localhost:${server.port}/`;
  const away = httpSink({ url, lookup: answering(['10.0.0.1']), allowPrivateAddresses: true });
  expect((await rejection(write(away, sampleEvents(1)))).kind).toBe('endpoint');
  const here = httpSink({ url, lookup: answering(['127.0.0.1']), allowPrivateAddresses: true });
  await write(here, sampleEvents(1));
  await here.close?.();
});

function sinkTo(lookup: LookupFunction) {
  return httpSink({ url: 'https://audit.example/', lookup });
}

/** A name server that knows one name. */
function answering(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_host, options, callback) => {
    const [first] = answers;
    setImmediate(() => {
      if (options.all === true || first === undefined) callback(null, answers);
      else callback(null, first.address, first.family);
    });
  };
}

function failing(code: string): LookupFunction {
  return (_host, _options, callback) =>
    setImmediate(() => callback(Object.assign(new Error(code), { code, syscall: 'getaddrinfo' }), ''));
}
