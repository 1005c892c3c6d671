import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '@whodunit/express';
import type { RequestHandler } from 'express';
import { rawRequest } from './support/raw';
import { listening, type Recording, type Running, recording } from './support/running';
import { VERSIONS } from './support/versions';

/** From its second request on, the server itself tells of a connection when a response is over. */
describe.each(VERSIONS)('with %s, on a connection that is kept', (_version, express) => {
  let recorded: Recording;
  let running: Running;
  let socket: Socket;

  afterEach(async () => {
    socket.destroy();
    await running.stop();
    await recorded.auditor.close();
  });

  /** A shop with this handler, and a connection on which a first request was answered. */
  async function shop(handler: RequestHandler): Promise<void> {
    recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor), express.json(), audit(recorded.auditor));
    app.put('/projects/first', (_req, res) => void res.json({ first: true }));
    app.all('/projects/:id', handler);
    running = await listening(app);
    socket = connect(running.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(rawRequest('PUT', '/projects/first', { a: 1 }));
    await once(socket, 'data');
  }

  async function trail(): Promise<readonly string[]> {
    await running.stop();
    const events = await recorded.events();
    return events.map(({ action, outcome, reason, request, resource }) =>
      [action, resource?.id, outcome, reason?.code ?? request?.status].filter((part) => part !== undefined).join(' '),
    );
  }

  const FIRST = 'project.update success 200';

  test.each<[string, string, RequestHandler]>([
    ['an answer', 'success 200', (_req, res) => void res.json({ ok: true })],
    ['no content', 'success 204', (_req, res) => void res.status(204).end()],
    ['an error status', 'failure http_500', (_req, res) => void res.status(500).end()],
    ['a refusal', 'denied http_403', (_req, res) => void res.status(403).json({})],
    ['a stream', 'success 200', (_req, res) => void Readable.from(['a', 'b', 'c']).pipe(res)],
    ['next(error)', 'failure http_500', (_req, _res, next) => next(new Error('broken'))],
    [
      'an answer that comes late',
      'success 200',
      async (_req, res) => {
        await sleep(30);
        res.end('done');
      },
    ],
  ])('%s is one event', async (_title, ending, handler) => {
    await shop(handler);
    socket.write(rawRequest('PUT', '/projects/42', { name: 'x' }));
    await once(socket, 'data');
    await sleep(20);
    expect(await trail()).toEqual([FIRST, `project.update 42 ${ending}`]);
  });

  test('a HEAD and a GET that are refused are one event each', async () => {
    await shop((_req, res) => void res.status(403).end());
    for (const method of ['HEAD', 'GET']) {
      socket.write(rawRequest(method, `/projects/${method}`));
      await once(socket, 'data');
    }
    expect(await trail()).toEqual([FIRST, 'project.read HEAD denied http_403', 'project.read GET denied http_403']);
  });

  test('a client that leaves in the middle is one event', async () => {
    let isHandling: () => void = () => undefined;
    const handling = new Promise<void>((resolve) => {
      isHandling = resolve;
    });
    await shop((_req, res) => {
      res.write('half');
      isHandling();
    });
    socket.write(rawRequest('PUT', '/projects/42', { name: 'x' }));
    await handling;
    socket.destroy();
    await sleep(50);
    expect(await trail()).toEqual([FIRST, 'project.update 42 unknown client_gone']);
  });

  test('a response that is destroyed is one event', async () => {
    await shop((_req, res) => void res.destroy());
    socket.write(rawRequest('PUT', '/projects/42', { name: 'x' }));
    await once(socket, 'close');
    expect(await trail()).toEqual([FIRST, 'project.update 42 unknown client_gone']);
  });

  test('requests that are sent without waiting are one event each, in their order', async () => {
    await shop(async (req, res) => {
      if (req.params['id'] === '1') await sleep(30);
      res.json({ ok: true });
    });
    const requests = ['1', '2', '3'].map((id) => rawRequest('PUT', `/projects/${id}`, { name: 'x' }));
    socket.write(requests.join(''));
    await sleep(150);
    expect((await trail()).toSorted()).toEqual([
      ...['1', '2', '3'].map((id) => `project.update ${id} success 200`),
      FIRST,
    ]);
  });

  test('a client that leaves while requests wait behind one another is one event each', async () => {
    await shop((req, res) => {
      if (req.params['id'] !== '1') res.json({ ok: true });
    });
    socket.write(['1', '2'].map((id) => rawRequest('PUT', `/projects/${id}`, { name: 'x' })).join(''));
    await sleep(50);
    socket.destroy();
    await sleep(50);
    expect((await trail()).toSorted()).toEqual([
      'project.update 1 unknown client_gone',
      'project.update 2 unknown client_gone',
      FIRST,
    ]);
  });
});
