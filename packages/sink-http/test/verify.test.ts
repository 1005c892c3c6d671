import { AuditError } from '@whodunit/core';
import { verifyWebhook } from '../src/index.js';
import { webhook } from './support/sending.js';
import { NEW_SECRET, SECRET } from './support/writing.js';

const BODY = '{"id":"1","action":"auth.login"}\n';
const verify = (
  body: string | Uint8Array,
  headers: Record<string, string | string[] | undefined>,
  secrets = [SECRET],
) => verifyWebhook({ body, headers, secrets });
const REFUSED = expect.objectContaining({ code: 'AUDIT_WEBHOOK_REFUSED', name: 'AuditError' });

test('returns the id and the time of what is genuine, as text or as bytes', () => {
  const { headers } = webhook(BODY, { id: 'msg_1' });
  const expected = { id: 'msg_1', timestamp: Number(headers['webhook-timestamp']) };
  expect(verify(BODY, headers)).toEqual(expected);
  expect(verify(new TextEncoder().encode(BODY), headers)).toEqual(expected);
  expect(verify(BODY, headers, [NEW_SECRET, SECRET])).toEqual(expected);
});

test('refuses a change of any single part', () => {
  const { headers } = webhook(BODY, { id: 'msg_1' });
  const seconds = Number(headers['webhook-timestamp']);
  const signature = headers['webhook-signature'] ?? '';
  const flipped = `${signature.slice(0, 10)}${signature[10] === 'A' ? 'B' : 'A'}${signature.slice(11)}`;
  expect(() => verify(BODY, headers)).not.toThrow();
  expect(() => verify(BODY.replace('login', 'logon'), headers)).toThrow(REFUSED);
  expect(() => verify(BODY.trim(), headers)).toThrow(REFUSED);
  expect(() => verify('', headers)).toThrow(REFUSED);
  expect(() => verify(BODY, { ...headers, 'webhook-id': 'msg_2' })).toThrow(REFUSED);
  expect(() => verify(BODY, { ...headers, 'webhook-timestamp': String(seconds + 1) })).toThrow(REFUSED);
  expect(() => verify(BODY, { ...headers, 'webhook-timestamp': `0${seconds}` })).toThrow(REFUSED);
  expect(() => verify(BODY, { ...headers, 'webhook-signature': flipped })).toThrow(REFUSED);
  expect(() => verify(BODY, headers, [NEW_SECRET])).toThrow(REFUSED);
});

test('no part can be moved into its neighbour', () => {
  const { headers } = webhook(`1.${BODY}`, { id: 'msg_1' });
  const moved = { ...headers, 'webhook-id': `msg_1.${headers['webhook-timestamp']}`, 'webhook-timestamp': '1' };
  expect(() => verify(BODY, moved)).toThrow(REFUSED);
});

test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
  'refuses a request whose %s is missing, empty or there twice',
  (name) => {
    const { headers } = webhook(BODY);
    for (const value of [undefined, '', [headers[name] ?? '', 'x']]) {
      expect(() => verify(BODY, { ...headers, [name]: value })).toThrow(REFUSED);
    }
  },
);

test.each([
  '',
  'v1',
  'v1,',
  ',',
  ' ',
  'v1,AAAA',
  `v1,${'A'.repeat(43)}=`,
  `v2,${'A'.repeat(43)}=`,
  `v1a,${'A'.repeat(86)}==`,
  `v1,${'A'.repeat(20_000)}`,
  '💥',
])('refuses %j as a signature, and does not fall over', (signature) => {
  const { headers } = webhook(BODY);
  expect(() => verify(BODY, { ...headers, 'webhook-signature': signature })).toThrow(REFUSED);
});

test('finds the right signature among others, but does not look for ever', () => {
  const { headers } = webhook(BODY);
  const signature = headers['webhook-signature'] ?? '';
  const noise = (count: number) => Array.from({ length: count }, () => `v1,${'A'.repeat(43)}=`).join(' ');
  expect(() => verify(BODY, { ...headers, 'webhook-signature': `v9,zz ${noise(3)} ${signature}` })).not.toThrow();
  expect(() => verify(BODY, { ...headers, 'webhook-signature': `${noise(100)} ${signature}` })).toThrow(REFUSED);
});

describe('the clock', () => {
  beforeEach(() => void jest.useFakeTimers({ now: Date.UTC(2026, 0, 5, 9, 0, 0, 750) }));
  afterEach(() => void jest.useRealTimers());

  test.each([0, 1, 299, 300, -299, -300])('%i s of age are fresh', (ageSeconds) => {
    expect(() => verify(BODY, webhook(BODY, { ageSeconds }).headers)).not.toThrow();
  });

  test.each([301, 3600, -301, -3600])('%i s of age are refused', (ageSeconds) => {
    expect(() => verify(BODY, webhook(BODY, { ageSeconds }).headers)).toThrow(REFUSED);
  });

  test('the tolerance can be set', () => {
    const { headers } = webhook(BODY, { ageSeconds: 20 });
    expect(() => verifyWebhook({ body: BODY, headers, secrets: [SECRET], toleranceSeconds: 20 })).not.toThrow();
    expect(() => verifyWebhook({ body: BODY, headers, secrets: [SECRET], toleranceSeconds: 19 })).toThrow(REFUSED);
  });

  test.each(['now', '-1', '1e9', ' ', '1767603600.5', '9'.repeat(13)])('%j is no timestamp', (timestamp) => {
    const { headers } = webhook(BODY);
    expect(() => verify(BODY, { ...headers, 'webhook-timestamp': timestamp })).toThrow(REFUSED);
  });
});

test('a parsed body, or no secret, is a mistake of the caller', () => {
  const { headers } = webhook(BODY);
  const wrong = { body: JSON.parse(BODY), headers, secrets: [SECRET] };
  expect(() => verifyWebhook(wrong)).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }));
  expect(() => verify(BODY, headers, [])).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }));
  const without = { body: BODY, headers } as Parameters<typeof verifyWebhook>[0];
  expect(() => verifyWebhook(without)).toThrow(AuditError);
});
