import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '@whodunit/express';
import { rawRequest, sent } from './support/raw';
import { listening, only, recording } from './support/running';
import { VERSIONS } from './support/versions';

describe.each(VERSIONS)('with %s, an auditor that is closed', (_version, express) => {
  test('while requests are open waits for them', async () => {
    const recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor));
    app.put('/projects/:id', (_req, res) => void setTimeout(() => res.end(), 60));
    const { server, url, stop } = await listening(app);
    const arrived = once(server, 'request');
    const answered = fetch(`${url}/projects/1`, { method: 'PUT' });
    await arrived;
    const events = await recorded.events();
    expect(events.map(({ action, outcome }) => [action, outcome])).toEqual([['project.update', 'success']]);
    await answered;
    await stop();
  });

  test('while requests stay open stores each as an event of unknown outcome', async () => {
    const recorded = recording({ dispatch: { closeTimeoutMs: 80 } });
    const app = express();
    app.use(audit(recorded.auditor));
    app.put('/projects/:id', () => undefined);
    const { port, stop } = await listening(app);
    const sockets = await Promise.all([1, 2, 3].map((id) => sent(port, rawRequest('PUT', `/projects/${id}`))));
    await sleep(30);
    const events = await recorded.events();
    expect(events.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual(
      Array(3).fill(['unknown', 'process_ended']),
    );
    expect(events.map(({ resource }) => resource?.id).sort()).toEqual(['1', '2', '3']);
    expect(events.map(({ request }) => request?.status)).toEqual([undefined, undefined, undefined]);
    for (const socket of sockets) socket.destroy();
    await stop();
    // Their connections end later: they are one event each all the same.
    expect([recorded.sink.events.length, recorded.auditor.stats().dropped.closed]).toEqual([3, 0]);
  });

  test('while a resolver is still thinking waits for its answer', async () => {
    const recorded = recording({ actor: () => sleep(80, 'jane') });
    const app = express();
    app.use(audit(recorded.auditor));
    app.put('/projects/:id', (_req, res) => void res.end());
    const { url, stop } = await listening(app);
    await fetch(`${url}/projects/1`, { method: 'PUT' });
    expect(only(await recorded.events())).toMatchObject({ outcome: 'success', actor: { id: 'jane' } });
    await stop();
  });

  test('while a resolver hangs stores the event without its answer', async () => {
    const recorded = recording({ actor: () => new Promise(() => undefined), dispatch: { closeTimeoutMs: 60 } });
    const app = express();
    app.use(audit(recorded.auditor));
    app.put('/projects/:id', (_req, res) => void res.end());
    const { url, stop } = await listening(app);
    await fetch(`${url}/projects/1`, { method: 'PUT' });
    expect(only(await recorded.events())).toMatchObject({ outcome: 'success', actor: { type: 'anonymous' } });
    await stop();
  });
});
