import { Readable } from 'node:stream';
import compression from 'compression';
import type express5 from 'express';
import type { Express, RequestHandler, Response } from 'express';
import session from 'express-session';
import { rawRequest } from './raw';

const LARGE = 'whodunit '.repeat(2_000);

/** An application that answers in every way that Express and node:http know. `first` are mounted before everything. */
export function manyRoutes(express: typeof express5, ...first: RequestHandler[]): Express {
  const app = express();
  // The stack of an error is no part of what is compared.
  app.set('env', 'production');
  for (const handler of first) app.use(handler);
  app.use('/zipped', compression({ threshold: 0 }));
  app.use('/session', session({ secret: 'keyboard', resave: true, saveUninitialized: true, genid: () => 'one' }));
  app.use(express.json(), express.urlencoded({ extended: true }));
  for (const [path, answer] of Object.entries(ANSWERS)) {
    app.all([path, `/zipped${path}`, `/session${path}`], (req, res, next) => void answer(res, next, req.body));
  }
  app.put('/projects/:id', (req, res) => void res.json({ id: req.params['id'] }));
  const router = express.Router({ mergeParams: true });
  router.all('/:id', (req, res) => void res.json({ base: req.baseUrl, params: req.params, url: req.originalUrl }));
  app.use('/orgs/:orgId/projects', router);
  app.use('/public', express.static(__dirname));
  return app;
}

type Answer = (res: Response, next: (error?: unknown) => void, body: unknown) => unknown;

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/text': (res) => res.send('plain text'),
  '/large': (res) => res.send(LARGE),
  '/json': (res) => res.json({ id: 1, name: 'Apollo', nested: { list: [1, 2, 3] } }),
  '/echo': (res, _next, body) => res.json({ body: body ?? null }),
  '/created': (res) => res.status(201).location('/things/17').json({ id: 17 }),
  '/buffer': (res) => res.send(Buffer.from([0, 255, 1, 254])),
  '/buffer-json': (res) => res.type('json').end(Buffer.from('{"id":1}')),
  '/empty': (res) => res.send(''),
  '/null': (res) => res.send(null),
  '/boolean': (res) => res.send(true),
  '/html': (res) => res.type('html').send('<p>hello</p>'),
  '/jsonp': (res) => res.jsonp({ a: 1 }),
  '/cookie': (res) => res.cookie('a', 'b', { httpOnly: true }).cookie('c', 'd').send('ok'),
  '/no-content': (res) => res.status(204).end(),
  '/reset-content': (res) => res.status(205).end(),
  '/not-modified': (res) => res.status(304).end(),
  '/redirect': (res) => res.redirect(303, '/elsewhere'),
  '/denied': (res) => res.status(401).set('WWW-Authenticate', 'Basic').end(),
  '/refused': (res) => res.sendStatus(403),
  '/teapot': (res) => res.status(418).json({ error: 'teapot' }),
  '/end': (res) => res.end(),
  '/end-text': (res) => res.end('text'),
  '/end-encoded': (res) => res.end('74657874', 'hex'),
  '/end-called-back': (res) => res.end('text', () => undefined),
  '/write-head': (res) => res.writeHead(202, 'Taken', [['X-One', '1'] as never, ['X-Two', '2'] as never]).end('ok'),
  '/pieces': (res) => {
    res.write('one ');
    res.write(Buffer.from('two '));
    setTimeout(() => res.end('three'), 2);
  },
  '/trailers': (res) => {
    // Neither HEAD nor compression has trailers.
    if (res.req.method === 'HEAD' || res.req.originalUrl.startsWith('/zipped')) return res.send('body');
    res.set('Trailer', 'X-Sum').write('body');
    res.addTrailers({ 'X-Sum': '42' });
    return res.end();
  },
  '/stream': (res) => Readable.from(['a', 'b'.repeat(70_000), 'c']).pipe(res.type('text')),
  '/json-stream': (res) => Readable.from(['{"id":', '1}']).pipe(res.type('json')),
  '/file': (res) => res.sendFile(__filename, { lastModified: false, headers: { 'X-File': 'yes' } }),
  '/download': (res) => res.download(__filename, 'source.ts', { lastModified: false }),
  '/early-hints': (res) => {
    res.writeEarlyHints({ link: '</style.css>; rel=preload' });
    res.send('ok');
  },
  '/thrown': () => {
    throw new Error('broken');
  },
  '/passed-on': (_res, next) => next(Object.assign(new Error('broken'), { status: 409 })),
  '/unanswered': (_res, next) => next(),
  '/ended-twice': (res) => {
    res.send('once');
    res.end();
  },
  '/cut-off': (res, next) => {
    res.write('half');
    setTimeout(next, 2, new Error('broken'));
  },
};

/** Requests for all of it, each on a connection that closes, so that the whole of the answer can be compared. */
export function manyRequests(): readonly (readonly [title: string, text: string])[] {
  const paths = Object.keys(ANSWERS).flatMap((path) => [path, `/zipped${path}`, `/session${path}`]);
  const of = (method: string, path: string, body?: unknown, headers: readonly string[] = []) => {
    const all = ['Connection: close', 'Accept-Encoding: gzip', ...headers];
    return [`${method} ${path} ${headers.join()}`.trim(), rawRequest(method, path, body, all)] as const;
  };
  return [
    ...paths.flatMap((path) => [of('GET', path), of('POST', path, { name: 'x', password: 'y' })]),
    ...Object.keys(ANSWERS).map((path) => of('HEAD', path)),
    of('PUT', '/projects/1', { name: 'x' }),
    of('GET', '/orgs/acme/projects/1?a=1'),
    of('PATCH', '/orgs/acme/projects/1?a=1', { a: 1 }),
    of('OPTIONS', '/orgs/acme/projects/1'),
    of('DELETE', '/nothing/here'),
    of('GET', '/public/raw.ts'),
    of('GET', '/public/raw.ts', undefined, ['Range: bytes=0-9']),
    of('POST', '/public/raw.ts'),
    of('GET', '/text', undefined, ['If-None-Match: W/"a-+UGxLbSyPcMYyL6gNlAlbwSbr8I"']),
    of('POST', '/echo', { name: 'x' }, ['Expect: 100-continue']),
    ['POST broken JSON', 'POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'.concat(brokenBody())],
    ['HTTP/1.0', 'POST /json HTTP/1.0\r\n\r\n'],
  ];
}

function brokenBody(): string {
  return 'Content-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1,';
}
