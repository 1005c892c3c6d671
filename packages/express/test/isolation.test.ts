import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { audit, currentScope } from '@whodunit/express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { listening, recording } from './support/running';
import { VERSIONS } from './support/versions';

/** Ways that work leaves the stack of its request and comes back. */
const WAYS: readonly (() => Promise<unknown>)[] = [
  () => sleep(Math.random() * 5),
  () => turn(),
  () => Promise.resolve(),
  () => new Promise<void>((resolve) => process.nextTick(resolve)),
  () => new Promise<void>((resolve) => queueMicrotask(resolve)),
  () => Readable.from(['a', 'b', 'c']).toArray(),
  async () => {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('done'), Math.random() * 3);
    await once(emitter, 'done');
  },
];

const wander = async (): Promise<void> => {
  for (let step = 0; step < 4; step++) await WAYS[Math.floor(Math.random() * WAYS.length)]?.();
};

/** Work that other requests share, as a connection pool is shared. */
function pool() {
  const queue: (() => void)[] = [];
  const timer = setInterval(() => queue.splice(0).forEach((job) => void job()), 2);
  return { ask: () => new Promise<void>((resolve) => queue.push(resolve)), end: () => clearInterval(timer) };
}

describe.each(VERSIONS)('with %s', (_version, express) => {
  test('two hundred requests at once keep their actors, tenants and notes to themselves', async () => {
    const recorded = recording();
    const shared = pool();
    const app = express();
    app.use(audit(recorded.auditor), express.json());
    app.use(
      after(async (req) => {
        await wander();
        // Every other request says it through the scope, the rest leave it on the request.
        const user = String(req.query['user']);
        if (Number(user) % 2 === 0) currentScope()?.setActor({ type: 'user', id: user });
        else Object.assign(req, { user: { id: user } });
      }),
    );
    app.use(after(shared.ask), after(wander));
    app.put('/projects/:id', (req, res, next) => {
      const work = async (): Promise<void> => {
        await shared.ask();
        currentScope()?.setTenant(`tenant-${String(req.query['user'])}`);
        await wander();
        currentScope()?.note('user', req.query['user']);
        recorded.auditor.record({ action: 'mail.send', metadata: { user: req.query['user'] } });
        await wander();
        if (Number(req.query['user']) % 5 === 0) throw new Error('broken');
        Readable.from([`{"id":${req.params['id']}}`]).pipe(res);
      };
      work().catch(next);
    });
    app.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => void res.status(500).end());

    const { url, stop } = await listening(app);
    const ask = (n: number) => fetch(`${url}/projects/${n}?user=${n}`, { method: 'PUT' }).then((each) => each.text());
    await Promise.all(Array.from({ length: 200 }, (_, i) => ask(i + 1)));
    await stop();
    shared.end();

    const events = await recorded.events();
    const updates = events.filter(({ action }) => action === 'project.update');
    const mails = events.filter(({ action }) => action === 'mail.send');
    expect([updates.length, mails.length]).toEqual([200, 200]);
    const ids = new Map(updates.map((event) => [event.id, event.resource?.id]));
    expect(new Set(ids.values()).size).toBe(200);
    for (const event of events) {
      const own = ids.get(event.parent ?? event.id);
      expect([event.actor.id, event.tenant?.id, event.metadata?.['user']]).toEqual([own, `tenant-${own}`, own]);
    }
    expect(recorded.errors).toEqual([]);
  });

  test('outside of a request there is no scope', async () => {
    const recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor));
    app.put('/x', (_req, res) => void res.end());
    const { url, stop } = await listening(app);
    await fetch(`${url}/x`, { method: 'PUT' });
    expect(currentScope()).toBeUndefined();
    await stop();
    await recorded.auditor.close();
  });
});

function after(work: (req: Request) => Promise<unknown>): RequestHandler {
  return (req, _res, next) => void work(req).then(() => next(), next);
}
