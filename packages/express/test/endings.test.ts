import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, type ExpressAuditOptions } from '@whodunit/express';
import timeout from 'connect-timeout';
import type { ErrorRequestHandler, Express, NextFunction, Request, RequestHandler, Response } from 'express';
import { WebSocketServer } from 'ws';
import { rawExchange, rawRequest, sent } from './support/raw';
import { listening, only, type Recording, type Running, recording } from './support/running';
import { VERSIONS } from './support/versions';

const EVERYTHING: ExpressAuditOptions = { rules: [{ level: 'changes' }] };
const LAST = ['Connection: close'];

const inPieces: RequestHandler = (_req, res) => {
  res.write('a');
  res.write('b');
  res.end('c');
};

describe.each(VERSIONS)('with %s', (version, express) => {
  let recorded: Recording;
  let running: Running | undefined;

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await recorded.auditor.close();
  });

  /** A shop with one handler in a router in a router, and the usual error handler behind. */
  async function shop(handler: RequestHandler, options = EVERYTHING, more?: (app: Express) => void): Promise<Running> {
    recorded = recording(options);
    const app = express();
    app.use(audit(recorded.auditor));
    app.use(express.json());
    more?.(app);
    const projects = express.Router({ mergeParams: true });
    projects.all('/:id', handler);
    const orgs = express.Router({ mergeParams: true });
    orgs.use('/orgs/:orgId/projects', projects);
    app.use('/api', orgs);
    app.use(plainErrors);
    running = await listening(app);
    return running;
  }

  /** Asks once over a connection of its own, and gives the only event. */
  async function eventOf(handler: RequestHandler, method = 'PUT', options = EVERYTHING) {
    const { port, stop } = await shop(handler, options);
    await rawExchange(port, rawRequest(method, '/api/orgs/7/projects/42', { name: 'x' }, LAST));
    await stop();
    return only(await recorded.events());
  }

  /** What every ending has to know, whatever Express has dropped by then. */
  const ALWAYS = {
    action: 'project.update',
    source: { ip: '127.0.0.1' },
    tenant: { id: '7' },
    resource: { type: 'project', id: '42', parent: { type: 'org', id: '7' } },
    request: { method: 'PUT', route: '/api/orgs/:orgId/projects/:id' },
  };

  test.each<[string, RequestHandler, string, number]>([
    ['an answer', (_req, res) => void res.json({ ok: true }), 'success', 200],
    ['204', (_req, res) => void res.status(204).end(), 'success', 204],
    ['304', (_req, res) => void res.status(304).end(), 'success', 304],
    ['a redirect', (_req, res) => res.redirect('/projects/42'), 'success', 302],
    ['res.end alone', (_req, res) => void res.end(), 'success', 200],
    ['res.end with a body', (_req, res) => void res.end('done'), 'success', 200],
    ['an answer in pieces', inPieces, 'success', 200],
    ['a stream', (_req, res) => void Readable.from(['a', 'b', 'c']).pipe(res), 'success', 200],
    ['a file', (_req, res) => res.sendFile(__filename), 'success', 200],
    ['an answer much later', (_req, res) => void setTimeout(() => res.json({}), 30), 'success', 200],
    ['an error status', (_req, res) => void res.status(422).json({ error: 'no name' }), 'failure', 422],
    ['401', (_req, res) => void res.sendStatus(401), 'denied', 401],
    ['403', (_req, res) => void res.sendStatus(403), 'denied', 403],
    ['next(error)', (_req, _res, next) => next(new Error('broken')), 'failure', 500],
    [
      'next(error) much later',
      (_req, _res, next) => void setTimeout(() => next(new Error('broken')), 10),
      'failure',
      500,
    ],
    ['next(error) with a status', (_req, _res, next) => next(withStatus(403)), 'denied', 403],
    ['nobody who answers', (_req, _res, next) => next(), 'failure', 404],
    [
      'a throw',
      () => {
        throw new Error('broken');
      },
      'failure',
      500,
    ],
    ['a rejected promise', rejecting(version), 'failure', 500],
  ])('%s is one event', async (_ending, handler, outcome, status) => {
    const event = await eventOf(handler);
    expect(event).toMatchObject({ ...ALWAYS, outcome, request: { ...ALWAYS.request, status } });
    expect(event.reason?.code).toBe(outcome === 'success' ? undefined : `http_${status}`);
    expect(recorded.errors).toEqual([]);
  });

  test('HEAD is one event, when a rule wants reads', async () => {
    const event = await eventOf((_req, res) => void res.json({ id: 42 }), 'HEAD');
    expect(event).toMatchObject({ outcome: 'success', request: { method: 'HEAD', status: 200 } });
    expect(event.request?.route).toBe('/api/orgs/:orgId/projects/:id');
  });

  test('a client that leaves before the answer is one event of unknown outcome', async () => {
    const { port, stop } = await shop(() => undefined);
    const arrived = once(running?.server as never, 'request');
    const socket = await sent(port, rawRequest('PUT', '/api/orgs/7/projects/42', { name: 'x' }));
    await arrived;
    await sleep(20);
    socket.destroy();
    await sleep(20);
    await stop();
    const event = only(await recorded.events());
    expect(event).toMatchObject({ ...ALWAYS, outcome: 'unknown', reason: { code: 'client_gone' } });
    expect(event.request?.status).toBeUndefined();
  });

  test('a client that leaves in the middle of the answer is one event of unknown outcome', async () => {
    const { port, stop } = await shop((_req, res) => void res.write('the first half'));
    const socket = await sent(port, rawRequest('PUT', '/api/orgs/7/projects/42', { name: 'x' }));
    await once(socket, 'data');
    socket.destroy();
    await sleep(20);
    await stop();
    const event = only(await recorded.events());
    expect(event).toMatchObject({ ...ALWAYS, outcome: 'unknown', request: { ...ALWAYS.request, status: 200 } });
  });

  test('a client that leaves in the middle of its own body is one event', async () => {
    const { port, stop } = await shop((_req, res) => void res.json({}));
    const head = 'PUT /api/orgs/7/projects/42 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const socket = await sent(port, `${head}Content-Length: 1000\r\n\r\n{"name":`);
    await sleep(30);
    socket.destroy();
    await sleep(30);
    await stop();
    const event = only(await recorded.events());
    expect(event.source?.ip).toBe('127.0.0.1');
    expect(event.resource).toMatchObject({ type: 'project' });
    expect(event.outcome).not.toBe('success');
  });

  test('a request that times out in the application is one event', async () => {
    const { port, stop } = await shop(
      () => undefined,
      EVERYTHING,
      (app) => void app.use(timeout('30ms')),
    );
    await rawExchange(port, rawRequest('PUT', '/api/orgs/7/projects/42', { name: 'x' }, LAST));
    await stop();
    expect(only(await recorded.events())).toMatchObject({
      ...ALWAYS,
      outcome: 'failure',
      reason: { code: 'http_503' },
    });
  });

  test('a request whose socket the server gives up is one event of unknown outcome', async () => {
    const { port, server, stop } = await shop(() => undefined);
    server.setTimeout(40);
    await rawExchange(port, rawRequest('PUT', '/api/orgs/7/projects/42', { name: 'x' }));
    await stop();
    expect(only(await recorded.events())).toMatchObject({ ...ALWAYS, outcome: 'unknown' });
  });

  test('a socket that a handler takes over is one event of unknown outcome', async () => {
    const event = await eventOf((req) => void req.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    expect(event).toMatchObject({ ...ALWAYS, outcome: 'unknown' });
  });

  test('a socket that is taken off its response is one event when it closes', async () => {
    const event = await eventOf((req, res) => {
      res.detachSocket(req.socket);
      req.socket.end('raw');
    });
    expect(event).toMatchObject({ ...ALWAYS, outcome: 'unknown' });
  });

  test('a WebSocket beside the application opens as ever and is no request', async () => {
    recorded = recording(EVERYTHING);
    const app = express();
    app.use(audit(recorded.auditor));
    const server = createServer(app);
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.send('hello'));
    running = await listening(app, server);
    const client = new (await import('ws')).WebSocket(`ws://127.0.0.1:${running.port}/live`);
    const [message] = (await once(client, 'message')) as [Buffer];
    expect(message.toString()).toBe('hello');
    client.terminate();
    await running.stop();
    expect(await recorded.events()).toEqual([]);
  });

  test('an answer that is ended twice is one event', async () => {
    const event = await eventOf((_req, res) => {
      res.json({});
      res.end();
    });
    expect(event).toMatchObject({ ...ALWAYS, outcome: 'success' });
  });

  test('an error after the answer has begun is one event', async () => {
    const event = await eventOf((_req, res, next) => {
      res.write('half');
      next(new Error('broken'));
    });
    expect(event).toMatchObject({ ...ALWAYS, outcome: 'unknown' });
  });

  test('two hundred pipelined requests on one connection are two hundred events', async () => {
    const { port, stop } = await shop((req, res) => void setTimeout(() => res.json({ id: req.params['id'] }), 1));
    let text = '';
    for (let id = 1; id <= 200; id++) {
      text += rawRequest('PUT', `/api/orgs/7/projects/${id}`, { name: `n${id}` }, id === 200 ? LAST : []);
    }
    await rawExchange(port, text);
    await stop();
    const events = await recorded.events();
    const ids = new Set(events.map((event) => event.resource?.id));
    expect([events.length, ids.size, new Set(events.map(({ id }) => id)).size]).toEqual([200, 200, 200]);
    expect(events.every(({ outcome }) => outcome === 'success')).toBe(true);
  });

  test('requests that wait in the pipeline when the client leaves are one event each', async () => {
    const { port, stop } = await shop(() => undefined);
    const three = [1, 2, 3].map((id) => rawRequest('PUT', `/api/orgs/7/projects/${id}`, { name: 'x' })).join('');
    const socket = await sent(port, three);
    await sleep(40);
    socket.destroy();
    await sleep(40);
    await stop();
    const events = await recorded.events();
    expect(events.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(events.map(({ source }) => source?.ip)).toEqual(Array(3).fill('127.0.0.1'));
    expect(events.map(({ resource }) => resource?.id).sort()).toEqual(['1', '2', '3']);
  });
});

const plainErrors: ErrorRequestHandler = (
  error: { status?: number },
  _req: Request,
  res: Response,
  next: NextFunction,
) => {
  if (res.headersSent) next(error);
  else res.status(error.status ?? 500).end();
};

function withStatus(status: number): Error {
  return Object.assign(new Error('refused'), { status });
}

/** Express 4 leaves a rejection to the application. */
function rejecting(version: string): RequestHandler {
  const work = async (): Promise<never> => {
    await sleep(1);
    throw new Error('broken');
  };
  return version === 'Express 5' ? work : (_req, _res, next) => void work().catch(next);
}
