import { secretNames } from '../src/pure/redact/names';
import { redactor } from '../src/pure/redact/redactor';
import { cleanText } from '../src/pure/redact/text';
import { newWalk, snapshot } from '../src/pure/snapshot';

describe('names of secrets', () => {
  const isSecret = secretNames([], []);

  test.each([
    'password',
    'Password',
    'PASSWORD',
    'pass_word',
    'user-password',
    'newPassword',
    'password_confirmation',
    'passwordHash',
    'token',
    'access_token',
    'refreshToken',
    'idToken',
    'csrfToken',
    'resetToken',
    'my_custom_token',
    'secret',
    'clientSecret',
    'STRIPE_SECRET_KEY',
    'apiKey',
    'api_key',
    'X-Api-Key',
    'private_key',
    'accessKeyId',
    'authorization',
    'Authorization',
    'cookie',
    'Set-Cookie',
    'sessionId',
    'otp',
    'pin',
    'cvv',
    'cardNumber',
    'card_number',
    'ssn',
    'iban',
    'credentials',
    'connectionString',
    'DATABASE_URL',
    'recoveryCodes',
    'mnemonic',
    'jwt',
  ])('%s is one', (name) => {
    expect(isSecret(name)).toBe(true);
  });

  test.each([
    'name',
    'email',
    'tokenType',
    'passwordChangedAt',
    'hasPassword',
    'description',
    'keyboard',
    'author',
    'pinned',
    'passenger',
    'secretary_of_nothing'.slice(9),
  ])('%s is none', (name) => {
    expect(isSecret(name)).toBe(false);
  });

  test('can be added in any spelling and taken from the built-in list by name', () => {
    const own = secretNames(['shoe_size'], ['pin']);
    expect([own('shoeSize'), own('SHOE-SIZE'), own('pin'), own('password')]).toEqual([true, true, false, true]);
  });

  test('cannot fill memory with names from requests', () => {
    for (let i = 0; i < 20_000; i++) isSecret(`field_${i}`);
    expect(isSecret('password')).toBe(true);
  });
});

describe('secrets in running text', () => {
  test.each([
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----', 'MIIEow'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'eyJzdWIi'],
    ['Authorization: Bearer abcdef123456', 'abcdef123456'],
    ['basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['postgres://user:hunter2@db/app', 'hunter2'],
    ['sk_live_4eC39HqLyjWDarjtT1zdp7dc', '4eC39Hq'],
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', '16C7e42F'],
    ['xoxb-123456789012-abcdef', 'abcdef'],
    ['AKIAIOSFODNN7EXAMPLE', 'IOSFODNN'],
    ['login failed: password=hunter2&user=x', 'hunter2'],
    ['{"password":"hunter2"}', 'hunter2'],
    ['token: s3cr3tvalue', 's3cr3tvalue'],
    ['card 4111 1111 1111 1111 declined', '1111 1111'],
    ['4012-8888-8888-1881', '8888'],
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'MfKQ9r8'],
  ])('%s is cleaned', (text, secret) => {
    expect(cleanText(text)).toContain('[redacted]');
    expect(cleanText(text)).not.toContain(secret);
  });

  test.each([
    'Apollo 11',
    'order 1234567890123 was paid',
    'https://example.com/a?b=c',
    '01a205f7-d44f-700c-8f67-ddb0a0ba026d',
    '41111111-1111-4111-8111-111111111111',
    '0d41111111-1111-7111-8111-111111111111',
    '4111111111111111a4b5c6d7e8f90',
    '1234567890123452',
    'the secret garden',
    'Mozilla/5.0 (X11; Linux x86_64)',
  ])('%s stays', (text) => {
    expect(cleanText(text)).toBe(text);
  });

  test('is found in bounded time, whatever the text is', () => {
    const started = performance.now();
    for (const text of [
      '1 '.repeat(8_000),
      'eyJ'.repeat(5_000),
      '://'.repeat(5_000),
      'password'.repeat(2_000),
      '-----BEGIN '.repeat(1_500),
      'token=""'.repeat(2_000),
    ]) {
      cleanText(text);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('a redacted value', () => {
  const take = (value: unknown, options = {}) => snapshot(value, newWalk(redactor(options)));
  const gone = { $redacted: true };

  test('is a typed marker at any depth, in lists and whatever its type was', () => {
    expect(
      take({ a: [{ b: { apiKey: 'k', list: [{ PIN: 1 }] } }], credentials: { user: 'u', password: 'p' } }),
    ).toEqual({
      a: [{ b: { apiKey: gone, list: [{ PIN: gone }] } }],
      credentials: gone,
    });
  });

  test('can be named by a path, with * for any one segment', () => {
    const value = { cards: [{ digits: '1', name: 'n' }], 'a/b': { '~': 1 }, other: { digits: 2 } };
    expect(take(value, { paths: ['/cards/*/digits', '/a~1b/~0'] })).toEqual({
      'a/b': { '~': gone },
      cards: [{ digits: gone, name: 'n' }],
      other: { digits: 2 },
    });
  });
});
