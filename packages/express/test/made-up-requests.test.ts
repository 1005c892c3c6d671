import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { audit } from '@whodunit/express';
import { only, type Recording, recording } from './support/running';
import { VERSIONS } from './support/versions';

/** Adapters for functions, and tests, hand requests to an application that no server ever saw. */
describe.each(VERSIONS)('with %s, a request that no server made', (_version, express) => {
  let recorded: Recording;

  afterEach(() => recorded.auditor.close());

  test.each<[string, unknown]>([
    ['no socket', undefined],
    ['a socket that is a plain object', { remoteAddress: '203.0.113.9' }],
  ])('is one event with %s', async (_title, socket) => {
    recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor), audit(recorded.auditor));
    app.put('/projects/:id', (_req, res) => void res.json({ ok: true }));
    const request = Object.assign(new IncomingMessage(socket as Socket), { method: 'PUT', url: '/projects/42' });
    const response = new ServerResponse(request);
    const wire = new PassThrough();
    response.assignSocket(wire as unknown as Socket);
    wire.resume();
    const finished = new Promise((resolve) => response.once('finish', resolve));
    app(request as never, response as never);
    await finished;
    const event = only(await recorded.events());
    expect(event).toMatchObject({ action: 'project.update', outcome: 'success', resource: { id: '42' } });
    expect(event.source?.ip).toBe(socket === undefined ? undefined : '203.0.113.9');
    expect(recorded.errors).toEqual([]);
  });
});
