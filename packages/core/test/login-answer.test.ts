import { issuedClaims, readLoginAnswer } from '../src/http/login-answer';

const jwt = (claims: object) => `eyJh.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

describe('an answer to a login', () => {
  test.each<[string, unknown]>([
    ['an error', { error: 'bad' }],
    ['errors in a list', { errors: [{ message: 'bad' }] }],
    ['errors by field', { errors: { email: ['unknown'] } }],
    ['a flag', { success: false }],
    ['a flag of another name', { authenticated: false }],
    ['a flag inside', { data: { success: false } }],
    ['a status in words', { status: 'error' }],
    ['a status in numbers', { status: 401 }],
    ['a code in words', { code: 'INVALID_CREDENTIALS' }],
    ['a code in words of snakes', { code: 'user_not_found' }],
    ['a sentence', { message: 'Incorrect email or password.' }],
    ['a sentence with an apostrophe', { message: "We don't know you" }],
    ['no user', { user: null }],
    ['no token', { token: null }],
    ['GraphQL without data', { data: { login: null }, errors: [{ message: 'x' }] }],
    ['no, beside a yes', { status: 200, success: false }],
  ])('says no by %s', (_how, answer) => {
    expect(readLoginAnswer(answer)).toMatchObject({ worked: false, tokens: [] });
  });

  test.each<[string, unknown, boolean | undefined]>([
    ['a flag', { ok: true }, true],
    ['a status in words', { status: 'success' }, true],
    ['a status in numbers', { statusCode: 200 }, true],
    ['nothing', { next: '/home' }, undefined],
    ['an empty list of errors', { errors: [], error: null }, undefined],
    ['a kind sentence', { message: 'Welcome back, Jane' }, undefined],
    ['what is about the user', { user: { status: 'disabled soon', error: 'none' } }, undefined],
    ['text', 'wrong password', undefined],
    ['a list', [{ error: 'x' }], undefined],
  ])('says what it says by %s', (_how, answer, worked) => {
    expect(readLoginAnswer(answer).worked).toBe(worked);
  });

  test.each<[string, unknown]>([
    ['at the top', { token: 't' }],
    ['in snakes', { access_token: 't' }],
    ['in the user', { user: { token: 't' } }],
    ['in data', { data: { session: { accessToken: 't' } } }],
    ['in a GraphQL field', { data: { signIn: { jwt: 't' } } }],
    ['in a pair', { tokens: { access: { token: 't' } } }],
    ['in a member of any name, when it looks like one', { access: 't.t.t'.replace('t', 'eyJt') }],
  ])('has a token %s', (_where, answer) => {
    expect(readLoginAnswer(answer).tokens).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ['by a flag', { mfaRequired: true }],
    ['by a flag in snakes, beside a token for that step', { requires_2fa: true, token: 't' }],
    ['by a code', { status: 'MFA_REQUIRED' }],
    ['by a challenge', { ChallengeName: 'SOFTWARE_TOKEN_MFA' }],
  ])('asks for a second factor %s', (_how, answer) => {
    expect(readLoginAnswer(answer).asksSecondFactor).toBe(true);
  });

  test('does not ask for a second factor because the user has one', () => {
    expect(readLoginAnswer({ token: 't', mfaRequired: false, user: { mfaRequired: true } }).asksSecondFactor).toBe(
      false,
    );
  });

  test('names the user before what the user belongs to, however deep', () => {
    const { people } = readLoginAnswer({ account: { id: 'a' }, data: { login: { user: { id: 'u' } } } });
    expect(people).toEqual([{ id: 'u' }, { id: 'a' }]);
  });

  test('is read as far as is needed and no further', () => {
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, { deep: { deeper: {} } }]));
    let deep: object = { token: 't' };
    for (let i = 0; i < 10_000; i++) deep = { data: deep };
    const started = performance.now();
    expect(readLoginAnswer(wide).tokens).toEqual([]);
    expect(readLoginAnswer(deep).tokens).toEqual([]);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

test.each<[string, readonly string[], object | undefined]>([
  ['a token that names somebody', [jwt({ sub: 'u' })], { sub: 'u' }],
  ['the first that names somebody', ['opaque', 'a.!.c', jwt({ exp: 1 }), jwt({ id: 7 })], { id: 7 }],
  ['a token too long to be one', [jwt({ sub: 'u', pad: 'x'.repeat(9_000) })], undefined],
  ['a list in a token', [jwt(['u'])], undefined],
  ['no token', [], undefined],
])('claims are taken from %s', (_which, tokens, claims) => {
  expect(issuedClaims({ people: [], holders: [], tokens, worked: undefined, asksSecondFactor: false })).toEqual(claims);
});
