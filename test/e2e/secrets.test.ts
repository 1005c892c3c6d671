import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditError, type Auditor, createAuditor, describeEvent, eventLine } from '@whodunit/core';
import { type AuditScope, audit, currentScope } from '@whodunit/express';
import { fileSink } from '@whodunit/sink-file';
import { memorySink } from '@whodunit/testing';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import express from 'express';

/** What one position needs to plant its canary. */
interface Garden {
  readonly auditor: Auditor;
  /** Sends a request, by default a POST with this body as JSON to a route that answers with what `answer` was. */
  send(body: unknown, more?: Sent): Promise<void>;
  /** Runs this inside of a request. */
  inside(work: RequestHandler): Promise<void>;
  scoped(work: (scope: AuditScope) => void): Promise<void>;
}

interface Sent {
  readonly path?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Position = readonly [title: string, plant: (canary: string, garden: Garden) => unknown];

const base64 = (text: string) => Buffer.from(text).toString('base64');
const jwtWith = (canary: string) =>
  [
    ...[{ alg: 'HS256' }, { sub: 'u-1', canary }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    ),
    canary,
  ].join('.');
const pemWith = (canary: string) => `-----BEGIN PRIVATE KEY-----\nMIIE${canary}\n-----END PRIVATE KEY-----`;
const digits = (canary: string) => canary.replace(/\D/g, '').padStart(4, '0');
/** A card number that passes the check, made of the canary's number. */
function cardOf(canary: string): string {
  const body = `40000056655${digits(canary)}`;
  const sum = [...body]
    .reverse()
    .reduce((all, digit, i) => all + (i % 2 === 0 ? doubled(Number(digit)) : Number(digit)), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
const doubled = (digit: number) => (digit > 4 ? digit * 2 - 9 : digit * 2);

const NAMES =
  `password Password PASSWORD passWord pass_word user-password newPassword password_confirmation currentPassword
  apiKey API-KEY api_key x-api-key accessToken refresh_token id_token clientSecret client_secret secret privateKey
  private_key ssn cvv cardNumber pin otp mfaCode recoveryCodes sessionId cookie authorization connectionString
  database_url mnemonic securityAnswer webhookSecret stripeSecretKey`.split(/\s+/);

const HEADERS = `Cookie X-Api-Key X-Auth-Token X-CSRF-Token X-Anything Proxy-Authorization X-Request-Id X-User-Token
  X-Amz-Security-Token tracestate traceparent`.split(/\s+/);

const POSITIONS: readonly Position[] = [
  ...NAMES.map(
    (name): Position => [`the body member ${name}`, (canary, { send }) => send({ [name]: canary, size: 1 })],
  ),
  ...HEADERS.map(
    (name): Position => [`the header ${name}`, (canary, { send }) => send({}, { headers: { [name]: canary } })],
  ),
  ['Authorization: Bearer', (canary, { send }) => send({}, { headers: { authorization: `Bearer ${canary}` } })],
  [
    'Authorization: Basic',
    (canary, { send }) => send({}, { headers: { authorization: `Basic ${base64(`jane:${canary}`)}` } }),
  ],
  ['Referer', (canary, { send }) => send({}, { headers: { referer: `https://shop.example/reset?token=${canary}` } })],
  ['a secret in the user agent', (canary, { send }) => send({}, { headers: { 'user-agent': `app token=${canary}` } })],
  ['a query parameter called token', (canary, { send }) => send({}, { path: `/things?token=${canary}` })],
  ['any query parameter', (canary, { send }) => send({}, { path: `/things?q=${canary}` })],
  ['a token in a path that no route knows', (canary, { send }) => send({}, { path: `/confirm/${jwtWith(canary)}` })],
  [
    'a token in a path that a route knows',
    (canary, { send }) => send({}, { path: `/password/reset/${jwtWith(canary)}` }),
  ],
  ['Set-Cookie', (canary, { inside }) => inside((_req, res) => void res.cookie('sid', canary).end())],
  ['a header of the answer', (canary, { inside }) => inside((_req, res) => void res.set('X-New-Key', canary).end())],
  [
    'a token in the answer',
    (canary, { inside }) => inside((_req, res) => void res.json({ id: 1, accessToken: canary })),
  ],
  ['deep in the body', (canary, { send }) => send({ a: [{ b: { c: [{ d: { Pass_Word: canary } }] } }] })],
  ['a list below a secret name', (canary, { send }) => send({ tokens: [canary, { of: canary }] })],
  ['an object below a secret name', (canary, { send }) => send({ credentials: { any: { where: canary } } })],
  ['JSON in a text', (canary, { send }) => send({ raw: JSON.stringify({ password: canary }) })],
  ['JSON in JSON in a text', (canary, { send }) => send({ raw: JSON.stringify(JSON.stringify({ password: canary })) })],
  ['credentials in a URL', (canary, { send }) => send({ callback: `https://jane:${canary}@shop.example/x` })],
  ['credentials in a connection string', (canary, { send }) => send({ note: `postgres://shop:${canary}@db/shop` })],
  [
    'a token in the query of a URL',
    (canary, { send }) => send({ link: `https://shop.example/?access_token=${canary}` }),
  ],
  ['Bearer in a text', (canary, { send }) => send({ curl: `curl -H 'Authorization: Bearer ${canary}'` })],
  ['a JSON web token in a text', (canary, { send }) => send({ text: `see ${jwtWith(canary)}` })],
  ['a private key in a text', (canary, { send }) => send({ text: pemWith(canary) })],
  ['a card number in a text', (canary, { send }) => send({ text: `pay with ${cardOf(canary)}` })],
  ['a key with a known prefix', (canary, { send }) => send({ text: `sk_live_${canary.replaceAll('-', '')}` })],
  ['a form', (canary, { send }) => send(`size=1&password=${canary}`, { type: 'application/x-www-form-urlencoded' })],
  ['multipart as text', (canary, { send }) => send(multipart(canary), { type: 'multipart/form-data; boundary=b' })],
  ['XML as text', (canary, { send }) => send(`<a><password>${canary}</password></a>`, { type: 'text/xml' })],
  ['variables of GraphQL', (canary, { send }) => send(graphql({ input: { password: canary } }), { path: '/graphql' })],
  [
    'the text of GraphQL',
    (canary, { send }) => send({ query: `mutation { login(password: "${canary}") { id } }` }, { path: '/graphql' }),
  ],
  [
    'JSON-RPC',
    (canary, { send }) => send({ jsonrpc: '2.0', method: 'login', params: { password: canary } }, { path: '/rpc' }),
  ],
  ['a failed login', (canary, { send }) => send({ email: 'jane@example.com', password: canary }, { path: '/login' })],
  [
    'the password in the place of the name',
    (canary, { send }) => send({ login: canary, password: canary }, { path: '/login' }),
  ],
  [
    'the message of an error',
    (canary, { inside }) => inside((_req, _res, next) => next(new Error(`cannot use ${canary}`))),
  ],
  ['the stack of an error', (canary, { inside }) => inside((_req, _res, next) => next(withStack(canary)))],
  [
    'an error in metadata',
    (canary, { auditor }) => auditor.record({ action: 'a.b', metadata: { error: withStack(canary) } }),
  ],
  [
    'the error of a job',
    (canary, { auditor }) =>
      auditor.run({ job: 'nightly' }, () => Promise.reject(withStack(canary))).catch(() => undefined),
  ],
  ['a note', (canary, { scoped }) => scoped((scope) => scope.note('apiKey', canary))],
  ['inside of a note', (canary, { scoped }) => scoped((scope) => scope.note('x', [{ pin: canary }]))],
  ['a change', (canary, { scoped }) => scoped((scope) => scope.change({ password: 'a' }, { password: canary }))],
  [
    'a change of another resource',
    (canary, { scoped }) => scoped((scope) => scope.change({ otp: canary }, null, { type: 'device', id: '1' })),
  ],
  ['the reason of a scope', (canary, { scoped }) => scoped((scope) => scope.setReason(`password=${canary}`))],
  [
    'the name of a resource',
    (canary, { scoped }) => scoped((scope) => scope.setResource({ name: `https://x:${canary}@y` })),
  ],
  [
    'before',
    (canary, { auditor }) => auditor.record({ action: 'a.b', before: { user: { password: canary } }, after: {} }),
  ],
  [
    'after',
    (canary, { auditor }) => auditor.record({ action: 'a.b', before: {}, after: { list: [{ secret: canary }] } }),
  ],
  [
    'the name in a state',
    (canary, { auditor }) =>
      auditor.record({ action: 'a.b', resource: { type: 'x', id: '1' }, after: { name: `token=${canary}` } }),
  ],
  [
    'ready-made changes',
    (canary, { auditor }) =>
      auditor.record({ action: 'a.b', changes: [{ path: '/user/password', op: 'replace', old: canary, new: canary }] }),
  ],
  [
    'inside of ready-made changes',
    (canary, { auditor }) =>
      auditor.record({ action: 'a.b', changes: [{ path: '/config', op: 'add', new: { apiKey: canary } }] }),
  ],
  [
    'below a secret name in ready-made changes',
    (canary, { auditor }) =>
      auditor.record({ action: 'a.b', changes: [{ path: '/tokens/0/value', op: 'add', new: canary }] }),
  ],
  [
    'metadata of recordDurable',
    (canary, { auditor }) => auditor.recordDurable({ action: 'a.b', metadata: { deep: { Client_Secret: canary } } }),
  ],
  [
    'a Map',
    (canary, { auditor }) => auditor.record({ action: 'a.b', metadata: { map: new Map([['password', canary]]) } }),
  ],
  [
    'a Set below a secret name',
    (canary, { auditor }) => auditor.record({ action: 'a.b', metadata: { tokens: new Set([canary]) } }),
  ],
  ['bytes', (canary, { auditor }) => auditor.record({ action: 'a.b', metadata: { bytes: Buffer.from(canary) } })],
  [
    'an accessor',
    (canary, { auditor }) =>
      auditor.record({
        action: 'a.b',
        metadata: {
          get plain() {
            return canary;
          },
        },
      }),
  ],
  ['toJSON', (canary, { auditor }) => auditor.record({ action: 'a.b', metadata: { x: { toJSON: () => canary } } })],
  [
    'an instance of a class',
    (canary, { auditor }) => auditor.record({ action: 'a.b', metadata: { user: new Account(canary) } }),
  ],
  [
    'the reason of an event',
    (canary, { auditor }) => auditor.record({ action: 'a.b', reason: `Authorization: Bearer ${canary}` }),
  ],
  [
    'the name of an actor',
    (canary, { auditor }) =>
      auditor.record({ action: 'a.b', actor: { type: 'user', id: 'u-1', name: jwtWith(canary) } }),
  ],
  [
    'the id of a resource',
    (canary, { auditor }) => auditor.record({ action: 'a.b', resource: { type: 'x', id: jwtWith(canary) } }),
  ],
  [
    'the claimed identity',
    (canary, { auditor }) =>
      auditor.record({ action: 'a.b', actor: { type: 'anonymous', claimed: `password=${canary}` } }),
  ],
  ['a member that the application calls secret', (canary, { send }) => send({ Nick_Name: canary })],
  ['a path that the application calls secret', (canary, { send }) => send({ place: [{ of: canary }] })],
];

const BODY = { name: 'x', list: [{ password: 'p-of-the-caller' }], nested: { apiKey: 'k-of-the-caller' } };

let folder: string;
let stored: string;
let operational: string;
const untouched: boolean[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  const sink = memorySink();
  const errors: AuditError[] = [];
  const auditor = createAuditor({
    service: 'shop',
    sinks: [sink, fileSink(join(folder, 'audit.ndjson'))],
    rules: [{ level: 'full' }],
    redact: { keys: ['nickName'], paths: ['/place/*/of', '/body/place/*/of'] },
    onError: (error) => void errors.push(error),
  });
  const { garden, stop } = await gardenOf(auditor);
  for (const [i, [, plant]] of POSITIONS.entries()) await plant(canaryOf(i), garden);
  await stop();
  const caller = structuredClone(BODY);
  auditor.record({ action: 'a.b', before: caller, after: caller.nested, metadata: caller });
  auditor.record({ action: 'a.b', changes: [{ path: '/x', op: 'add', new: caller }] });
  await auditor.close();
  expect(caller).toEqual(BODY);
  untouched.push([caller, caller.list, caller.list[0], caller.nested].every((each) => !Object.isFrozen(each)));
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  stored = [...files, ...sink.events.map(eventLine), ...sink.events.map((event) => describeEvent(event))].join('\n');
  operational = errors.map(({ message, code }) => `${code} ${message}`).join('\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

test('secrets are planted in more than sixty positions, and every position leaves an event', () => {
  expect(POSITIONS.length).toBeGreaterThan(60);
  expect(stored.split('\n').length).toBeGreaterThan(POSITIONS.length * 2);
});

test.each(POSITIONS.map(([title], i) => [title, i] as const))('a secret in %s is stored nowhere', (_title, i) => {
  const canary = canaryOf(i);
  const spellings = [
    canary,
    canary.replaceAll('-', ''),
    base64(`jane:${canary}`),
    cardOf(canary),
    jwtWith(canary).slice(0, 40),
  ];
  expect(spellings.filter((text) => stored.includes(text) || operational.includes(text))).toEqual([]);
});

test('the objects of the application are neither changed nor frozen', () => {
  expect(stored).not.toMatch(/[pk]-of-the-caller/);
  expect(untouched.length).toBeGreaterThan(POSITIONS.length / 2);
  expect(untouched.every(Boolean)).toBe(true);
});

/** Letters that no word, id or hash contains by chance. */
function canaryOf(i: number): string {
  return `canary-q${String(1000 + i)}zw`;
}

class Account {
  readonly name = 'Jane';
  readonly passwordHash: string;
  constructor(secret: string) {
    this.passwordHash = secret;
  }
}

function withStack(canary: string): Error {
  const error = new Error('broken', { cause: new Error(canary) });
  error.stack = `Error: ${canary}\n    at ${canary}`;
  return error;
}

function multipart(canary: string): string {
  return `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${canary}\r\n--b--\r\n`;
}

function graphql(variables: unknown) {
  return { query: 'mutation Login($input: Login!) { login(input: $input) { id } }', operationName: 'Login', variables };
}

/** A running application, and the ways to plant something in it. */
async function gardenOf(auditor: Auditor): Promise<{ garden: Garden; stop(): Promise<void> }> {
  const app = express();
  app.use(
    audit(auditor),
    express.json(),
    express.urlencoded({ extended: true }),
    express.text({ type: ['multipart/*', 'text/*'] }),
  );
  let work: RequestHandler | undefined;
  app.post('/inside/:id', (req, res, next) => work?.(req, res, next));
  const answers: RequestHandler = (req, res) => {
    const body: unknown = req.body;
    const before = structuredClone(body);
    res.on('close', () => {
      // The event has been made by then.
      setImmediate(() => {
        expect(body).toEqual(before);
        untouched.push(typeof body !== 'object' || body === null || !Object.isFrozen(body));
      });
    });
    res.status(201).json({ id: 17 });
  };
  app.post(['/things', '/graphql', '/rpc', '/password/reset/:token'], answers);
  app.post('/login', (_req, res) => void res.status(401).end());
  const answersErrors: ErrorRequestHandler = (_error, _req, res, _next) => void res.status(500).end();
  app.use(answersErrors);
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const post = async (path: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body, headers });
    await response.arrayBuffer();
  };
  const inside = async (now: RequestHandler): Promise<void> => {
    work = now;
    await post('/inside/1', '{}', { 'content-type': 'application/json' });
  };
  return {
    garden: {
      auditor,
      send(body, { path = '/things', type = 'application/json', headers = {} } = {}) {
        return post(path, typeof body === 'string' ? body : JSON.stringify(body), { 'content-type': type, ...headers });
      },
      inside,
      scoped: (say) =>
        inside((_req, res) => {
          const scope = currentScope();
          if (scope !== undefined) say(scope);
          res.end();
        }),
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
