import { addressOf, plainIp } from '../src/http/address';
import { createdId, parseAnswer } from '../src/http/answer';
import { loginResultOf, resultOf } from '../src/http/outcome';
import { redirectedResultOf } from '../src/http/redirect';
import { traceOf } from '../src/http/trace';
import { normaliseAction, operationOf, severityOf } from '../src/pure/words';

describe('a client address', () => {
  const trustOne = (_: string, hop: number) => hop === 0;

  test.each<[string, string | undefined]>([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', undefined],
    ['_hidden', undefined],
    ['203.0.113.9, 10.0.0.1', undefined],
    ['<script>', undefined],
    ['1'.repeat(10_000), undefined],
  ])('%s is %s', (text, expected) => {
    expect(plainIp(text)).toBe(expected);
  });

  test('is the socket, whatever headers claim, as long as no proxy is trusted', () => {
    expect(addressOf({ 'x-forwarded-for': '1.1.1.1, 2.2.2.2' }, '10.0.0.5', undefined)).toEqual({
      ip: '10.0.0.5',
      chain: ['1.1.1.1', '2.2.2.2'],
    });
  });

  test('is the right-most hop that is not ours, and the socket when that hop is nonsense', () => {
    expect(addressOf({ 'x-forwarded-for': '1.1.1.1, 2.2.2.2' }, '10.0.0.5', trustOne).ip).toBe('2.2.2.2');
    expect(addressOf({ 'x-forwarded-for': 'unknown' }, '10.0.0.5', trustOne).ip).toBe('10.0.0.5');
  });

  test('has a bounded chain', () => {
    const { chain } = addressOf(
      { 'x-forwarded-for': Array.from({ length: 5_000 }, () => '1.1.1.1').join(',') },
      '10.0.0.5',
      undefined,
    );
    expect(chain).toHaveLength(16);
  });
});

describe('a trace', () => {
  const id = '4bf92f3577b34da6a3ce929d0e0e4736';
  test('is taken from a well-formed traceparent', () => {
    expect(traceOf(`00-${id}-00f067aa0ba902b7-01`)).toEqual({ traceId: id, spanId: '00f067aa0ba902b7' });
  });
  test.each([
    undefined,
    '',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${id}-${'0'.repeat(16)}-01`,
    `ff-${id}-00f067aa0ba902b7-01`,
    `00-${id.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${id}-00f067aa0ba902b7-01\n`.repeat(9),
    `00-${id}`,
  ])('is none for %j', (header) => {
    expect(traceOf(header)).toBeUndefined();
  });
});

describe('the id that a create answered with', () => {
  test.each<[unknown, string | undefined, unknown, string | undefined]>([
    [{ id: 7 }, 'project', undefined, '7'],
    [{ _id: 'a' }, 'project', undefined, 'a'],
    [{ uuid: 'u' }, 'project', undefined, 'u'],
    [{ data: { id: 1 }, id: 2 }, 'project', undefined, '1'],
    [{ project: { id: 3 } }, 'project', undefined, '3'],
    [{ data: { project: { id: 4 } } }, 'project', undefined, '4'],
    [{ lineItem: { id: 5 } }, 'line_item', undefined, '5'],
    [{ projectId: 6 }, 'project', undefined, '6'],
    [undefined, 'project', '/projects/42', '42'],
    [undefined, 'project', 'https://x.test/projects/42/?a=b', '42'],
    [undefined, 'project', '/projects/done', undefined],
    [{ id: { deep: 1 } }, 'project', undefined, undefined],
    [[{ id: 1 }], 'project', undefined, undefined],
  ])('in %j for %s at %j is %j', (answer, type, location, expected) => {
    expect(createdId(answer, type, location)).toBe(expected);
  });

  test('is looked for in JSON objects only', () => {
    expect([
      parseAnswer('{"id":1}'),
      parseAnswer('<html>'),
      parseAnswer('{"id":'),
      parseAnswer(`{"a":"${'x'.repeat(70_000)}"}`),
    ]).toEqual([{ id: 1 }, undefined, undefined, undefined]);
  });
});

describe('an outcome', () => {
  const ending = {
    status: 200,
    sent: true,
    complete: true,
    backToLogin: false,
    givesSession: false,
    html: false,
    form: false,
  };
  const anonymous = { type: 'anonymous' } as const;
  const user = { type: 'user', id: '1' } as const;

  test.each([
    [200, 'success'],
    [204, 'success'],
    [304, 'success'],
    [302, 'success'],
    [400, 'failure'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'failure'],
    [422, 'failure'],
    [500, 'failure'],
  ])('of status %i is %s', (status, outcome) => {
    expect(resultOf({ ...ending, status }).outcome).toBe(outcome);
  });

  test('is unknown when the client left', () => {
    expect(resultOf({ ...ending, complete: false })).toEqual({ outcome: 'unknown', reason: { code: 'client_gone' } });
  });

  test.each<[string, object, unknown, object, string]>([
    ['a token', {}, { token: 't' }, anonymous, 'success'],
    ['a wrapped token', {}, { data: { user: { access_token: 't' } } }, anonymous, 'success'],
    ['a user on the request', {}, undefined, user, 'success'],
    ['200 with an error', {}, { error: 'bad credentials' }, anonymous, 'failure'],
    ['200 with success: false', {}, { success: false }, anonymous, 'failure'],
    ['401', { status: 401 }, undefined, anonymous, 'failure'],
    ['404', { status: 404 }, undefined, anonymous, 'failure'],
    ['422', { status: 422 }, undefined, anonymous, 'failure'],
    ['429', { status: 429 }, undefined, anonymous, 'denied'],
    ['a redirect back to the form', { status: 302, backToLogin: true }, undefined, anonymous, 'failure'],
    ['a redirect elsewhere', { status: 302 }, undefined, anonymous, 'success'],
    ['the form shown again', { html: true }, undefined, anonymous, 'failure'],
    ['the form, and a cookie', { html: true, givesSession: true, form: true }, undefined, anonymous, 'failure'],
    ['a page with a cookie', { html: true, givesSession: true }, undefined, anonymous, 'success'],
    ['a cookie and no word', { givesSession: true }, { next: '/home' }, anonymous, 'success'],
    ['no word at all', {}, { next: '/home' }, anonymous, 'unknown'],
  ])('of a login that answers with %s is %s', (_, change, answer, actor, outcome) => {
    expect(loginResultOf({ ...ending, ...change }, answer, actor as never).outcome).toBe(outcome);
  });
});

describe('a redirect', () => {
  const anonymous = { type: 'anonymous' } as const;
  const user = { type: 'user', id: '1' } as const;
  const flash = { session: { flash: { error: ['The title is missing'] } } };

  test.each<[string, string, object, string, object, string | undefined]>([
    ['a write to the page to sign in', 'book.create', anonymous, '/login', {}, 'denied'],
    [
      'a write to the page to sign in elsewhere',
      'book.create',
      anonymous,
      'https://id.example/sign-in?x=1',
      {},
      'denied',
    ],
    [
      'a change of password to the page to sign in',
      'account.password_change',
      anonymous,
      '/users/sign_in',
      {},
      'denied',
    ],
    ['a write of somebody who is signed in', 'book.create', user, '/login', {}, undefined],
    ['a signup that asks to sign in next', 'account.signup', anonymous, '/login', {}, undefined],
    ['a signup back to its form', 'account.signup', anonymous, '/here?name=x', {}, 'failure'],
    ['a signup back to where it signed in', 'account.signup', user, '/here', {}, undefined],
    ['a new password that asks to sign in next', 'account.password_reset', anonymous, '/login', {}, undefined],
    [
      'a new password to where links are asked for',
      'account.password_reset',
      anonymous,
      '/password/forgot',
      {},
      'failure',
    ],
    ['a write that leaves an error to be shown', 'book.create', user, '/books', flash, 'failure'],
    [
      'a write that leaves a notice',
      'book.create',
      user,
      '/books',
      { session: { flash: { info: ['Saved'] } } },
      undefined,
    ],
    ['a write with a session that is hostile', 'book.create', user, '/books', { session: { flash: 7 } }, undefined],
    ['a write to a page that says error', 'book.create', user, '/books?error=title', {}, 'failure'],
    ['a write to a page with another word', 'book.create', user, '/books?terrors=1', {}, undefined],
  ])('of %s is judged by where it leads and what it leaves', (_, action, actor, location, request, outcome) => {
    const told = { action, actor: actor as never, path: '/here', location, request: request as never };
    expect(redirectedResultOf(told)?.outcome).toBe(outcome);
  });
});

describe('the words of an action', () => {
  test.each([
    ['order.refund', 'order.refund'],
    ['Order.Refund', 'order.refund'],
    ['orderRefund', 'order_refund'],
    [' a  b ', 'a_b'],
    ['..a..b..', 'a.b'],
    ['', 'unknown'],
    ['!!!', 'unknown'],
    ['a'.repeat(500), 'a'.repeat(120)],
    ['ü.ß', 'unknown'],
  ])('%j are stored as %j', (given, expected) => {
    expect(normaliseAction(given)).toBe(expected);
  });

  test('say what it does and how much attention it deserves', () => {
    expect([operationOf('a.delete'), operationOf('a.refund'), operationOf('toString')]).toEqual([
      'delete',
      'execute',
      'execute',
    ]);
    expect(severityOf('role.assign', 'success')).toBe('high');
    expect(severityOf('auth.login', 'failure')).toBe('medium');
    expect(severityOf('project.update', 'denied')).toBe('medium');
    expect(severityOf('project.update', 'success')).toBe('info');
  });
});
