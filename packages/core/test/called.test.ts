import { createHash } from 'node:crypto';
import { idInBody } from '../src/http/body-ids';
import { failureOf, isRejected } from '../src/http/call-failure';
import { calledIn, callResultOf } from '../src/http/called';
import { withDocument } from '../src/http/persisted';
import { graphqlArguments } from '../src/pure/recognise/index';
import { secretNames } from '../src/pure/redact/names';
import { keeper } from '../src/pure/stored-id';

const argumentsIn = (query: string, key: string, variables?: unknown, operationName?: string) =>
  graphqlArguments({ query, operationName, variables }, key);

describe('the arguments of a GraphQL field', () => {
  test.each<[string, string, object]>([
    [
      'texts, numbers and words',
      'mutation { a(t: "x", n: -1.5e3, b: true, z: null, e: OPEN) }',
      { t: 'x', n: -1500, b: true, z: null, e: 'OPEN' },
    ],
    [
      'a text that looks like grammar',
      'mutation { a(t: "} b(id: 1) {", u: """ { "quoted" } """) }',
      { t: '} b(id: 1) {', u: ' { "quoted" } ' },
    ],
    ['an escaped text', String.raw`mutation { a(t: "say \"hi\" \u00e4") }`, { t: 'say "hi" ä' }],
    [
      'objects and lists',
      'mutation { a(input: { id: 7, tags: ["x", "y"], deep: { er: [{ x: 1 }] } }) }',
      { input: { id: 7, tags: ['x', 'y'], deep: { er: [{ x: 1 }] } } },
    ],
    [
      'variables',
      'mutation M($i: In = { x: 1 }, $id: ID!) { a(id: $id, input: $i) }',
      { id: '9', input: { name: 'n' } },
    ],
    ['a comment and no comma', 'mutation { a(t: "x" # id: 5\n id: 6) }', { t: 'x', id: 6 }],
    ['a directive behind it', 'mutation { a(id: 1) @include(if: true) { id } }', { id: 1 }],
    ['none', 'mutation { a { id(id: 3) } }', {}],
  ])('are read: %s', (_title, query, expected) => {
    expect(argumentsIn(query, 'a', { id: '9', i: { name: 'n' } })).toEqual(expected);
  });

  test('are those of the field with this alias, in the operation that runs', () => {
    const query = 'query A { a(id: 1) } mutation B { x: a(id: 2) a(id: 3) }';
    expect(argumentsIn(query, 'a', undefined, 'B')).toEqual({ id: 3 });
    expect(argumentsIn(query, 'x', undefined, 'B')).toEqual({ id: 2 });
  });

  test.each([
    ['an object that never ends', 'mutation { a(input: { id: 7'],
    ['a list that never ends', 'mutation { a(ids: ['],
    ['very deep objects', `mutation { a(x: ${'{ y: '.repeat(1_000)}`],
    ['very many lists', `mutation { a(x: ${'['.repeat(8_000)}`],
    ['a name of every object', 'mutation { a(__proto__: { polluted: 1 }, constructor: 2) }'],
    ['nothing', ''],
  ])('that are hostile harm nobody: %s', (_title, query) => {
    expect(typeof argumentsIn(query, 'a', JSON.parse('{"__proto__":{"id":1}}'))).toBe('object');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('a GraphQL field', () => {
  const body = { query: 'mutation { a: pay(id: 1) { id } b: pay(id: 2) { id } c: pay(id: 3) { id } }' };
  const ends = (answer: unknown) =>
    ['a', 'b', 'c'].map((key) => {
      const { result } = calledIn({ protocol: 'graphql', key }, body, answer);
      return result === undefined ? 'fine' : `${result.outcome} ${result.reason?.code}`;
    });
  const error = (path: unknown, code: string) => ({ message: 'No.', path, extensions: { code } });

  test('ends as the error at its path says', () => {
    const data = { a: { id: 1 }, b: null, c: { id: 3 } };
    expect(ends({ data, errors: [error(['b', 'x'], 'FORBIDDEN')] })).toEqual(['fine', 'denied forbidden', 'fine']);
  });

  test('behind one that took the whole answer with it never ran', () => {
    const answer = { data: null, errors: [error(['b'], 'BAD_USER_INPUT')] };
    expect(ends(answer)).toEqual(['fine', 'failure bad_user_input', 'failure not_run']);
  });

  test('failed with all others when the error has no path', () => {
    const all = 'denied unauthenticated';
    expect(ends({ errors: [error(undefined, 'UNAUTHENTICATED')] })).toEqual([all, all, all]);
  });

  test('failed when its own result lists what was wrong', () => {
    expect(ends({ data: { a: { userErrors: [{}] }, b: { userErrors: [] }, c: { success: false } } })).toEqual([
      'failure rejected',
      'fine',
      'failure rejected',
    ]);
  });

  test.each([[undefined], [null], [7], [[]], [{ errors: 'all' }], [{ errors: [null] }], [{ data: [] }]])(
    'is told of the answer %j without harm',
    (answer) => {
      expect(ends(answer)).toHaveLength(3);
    },
  );
});

test('a call of a batch has its own arguments and its own end', () => {
  const rpc = [
    { id: 1, method: 'a', params: { x: 1 } },
    { id: 2, method: 'b', params: [{ y: 2 }] },
  ];
  const answer = [
    { id: 2, error: { code: -32_602, message: 'Bad' } },
    { id: 1, result: { ok: true } },
  ];
  expect([0, 1].map((at) => calledIn({ protocol: 'json-rpc', at }, rpc, answer))).toEqual([
    { body: { x: 1 }, answer: { ok: true }, result: undefined },
    { body: { y: 2 }, answer: undefined, result: { outcome: 'failure', reason: { code: 'rpc_32602' } } },
  ]);
  const trpc = { 0: { id: 7 }, 1: { json: { id: 8 } } };
  const answers = [
    { result: { data: { id: 7 } } },
    { error: { json: { message: 'x', code: -32_003, data: { code: 'FORBIDDEN', httpStatus: 403 } } } },
  ];
  expect([0, 1].map((at) => calledIn({ protocol: 'trpc', at }, trpc, answers))).toEqual([
    { body: { id: 7 }, answer: { id: 7 }, result: undefined },
    { body: { id: 8 }, answer: undefined, result: { outcome: 'denied', reason: { code: 'http_403' } } },
  ]);
});

test.each<[string, unknown, string | undefined]>([
  ['no error', undefined, undefined],
  ['a code of its own', { code: 'TITLE_TAKEN' }, 'failure title_taken'],
  ['a status', { extensions: { http: { status: 403 } } }, 'denied http_403'],
  ['the status of an exception', { extensions: { code: 'X', originalError: { statusCode: 401 } } }, 'denied http_401'],
  ['words alone', { message: 'Not authorised to see this' }, 'denied error'],
  ['a text', 'boom', 'failure error'],
])('an error with %s is told', (_title, error, expected) => {
  const result = failureOf(error);
  expect(result === undefined ? undefined : `${result.outcome} ${result.reason?.code}`).toBe(expected);
});

test('a persisted document is known by its hash once it was sent whole, and never by a wrong one', () => {
  const query = 'mutation { payBill(id: 7) }';
  const bodyOf = (text: string, of: string) => ({
    query: text,
    extensions: { persistedQuery: { sha256Hash: createHash('sha256').update(of).digest('hex') } },
  });
  const { extensions } = bodyOf(query, query);
  expect(withDocument({ extensions })).toEqual({ extensions });
  withDocument(bodyOf('{ bills }', query));
  expect(withDocument({ extensions })).toEqual({ extensions });
  withDocument(bodyOf(query, query));
  expect(withDocument({ extensions, variables: {} })).toEqual({ extensions, query, variables: {} });
  for (let at = 0; at < 500; at++) withDocument(bodyOf(`{ bill${at} }`, `{ bill${at} }`));
  expect(withDocument({ extensions })).toEqual({ extensions });
  expect([undefined, 'text', { extensions: 7 }].map(withDocument)).toEqual([undefined, 'text', { extensions: 7 }]);
});

test('a login that is refused for its credentials has failed; one that is not let in is denied', () => {
  const login = (result: ReturnType<typeof failureOf>, answer: unknown = undefined) =>
    callResultOf({ body: {}, answer, result }, { action: 'auth.login' })?.outcome;
  expect([
    login(failureOf({ extensions: { code: 'UNAUTHENTICATED' } })),
    login(failureOf({ data: { httpStatus: 429 } })),
    login(undefined, null),
    login(undefined, { token: 'x' }),
  ]).toEqual(['failure', 'denied', 'failure', undefined]);
});

test.each<[unknown, string, string | undefined]>([
  [{ orderId: 7, id: 8 }, 'order', '7'],
  [{ id: 8 }, 'order', '8'],
  [{ bank_account_id: 'b-1' }, 'bank_account', 'b-1'],
  [{ input: { orderId: 'o-2' } }, 'order', 'o-2'],
  [{ order: { id: 'o-3' } }, 'order', 'o-3'],
  [{ order: 'o-4' }, 'order', 'o-4'],
  [{ orderIdOrNumber: 'o-5' }, 'order', 'o-5'],
  [{ token: 'secret' }, 'token', undefined],
  [{ apiKey: 'secret', api_key: 'secret' }, 'api_key', undefined],
  [{ apiKeyId: 'k-1', apiKey: 'secret' }, 'api_key', undefined],
  [{ invitation: 'secret' }, 'invitation', undefined],
  [{ sessionId: 'secret' }, 'session', undefined],
  [[{ id: 1 }], 'order', undefined],
  [JSON.parse('{"__proto__":{"id":1}}'), 'order', undefined],
  [undefined, 'order', undefined],
])('the id in %j of type %s is %s', (body, type, id) => {
  const keep = keeper(type, 'crud', secretNames([], []));
  expect(idInBody(body, type, keep)).toBe(id);
  // Where it may be a new value, the whole member is no id.
  expect(idInBody(body, type, keep, false)).toBe(id === 'o-4' || id === 'o-5' ? undefined : id);
});

test('only what says so itself is rejected', () => {
  expect([{ success: false }, { ok: false }, { errors: [1] }].map(isRejected)).toEqual([true, true, true]);
  expect([{ success: true }, { errors: [] }, null, [], 'no'].map(isRejected)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});
