import { audit, currentScope, type ExpressAuditOptions } from '@whodunit/express';
import type { RequestHandler } from 'express';
import request from 'supertest';
import { type Recording, recording } from './support/running';
import { VERSIONS } from './support/versions';

const THREE =
  'mutation { createOrder(input: { size: 1 }) { id } b: refundOrder(id: "o-2") { id } deleteOrder(id: "o-3") }';
const DATA = { createOrder: { id: 'o-1' }, b: { id: 'o-2' }, deleteOrder: true };

describe.each(VERSIONS)('calls inside of one request of %s', (_version, express) => {
  let recorded: Recording;

  function server(answer: unknown, options: ExpressAuditOptions = {}, ...handlers: RequestHandler[]) {
    recorded = recording(options);
    const app = express();
    app.use(audit(recorded.auditor), express.json());
    app.post('/graphql', ...handlers, (_req, res) => void res.json(answer));
    return request(app).post('/graphql');
  }

  test('are an event each: the first is that of the request, the others stand below it', async () => {
    await server({ data: DATA }).send({ query: THREE });
    const [first, ...others] = await recorded.events();
    expect(first).toMatchObject({
      action: 'order.create',
      resource: { id: 'o-1' },
      changes: [{ path: '/size', new: 1 }],
    });
    expect(first?.parent).toBeUndefined();
    expect(others).toMatchObject([
      { action: 'order.refund', resource: { id: 'o-2' }, parent: first?.id, request: { id: first?.request?.id } },
      { action: 'order.delete', resource: { id: 'o-3' }, parent: first?.id, request: { id: first?.request?.id } },
    ]);
    expect(others[0]?.capture.why).toBe('GraphQL mutation refund order says refund; actor: nobody is signed in');
    expect(others).toHaveLength(2);
  });

  test('stand alone when a rule wants nothing of the first', async () => {
    const rules = [{ when: { action: 'order.create' }, level: 'none' as const }];
    await server({ data: DATA }, { rules }).send({ query: THREE });
    const events = await recorded.events();
    expect(events.map(({ action, parent }) => [action, parent])).toEqual([
      ['order.refund', undefined],
      ['order.delete', undefined],
    ]);
  });

  test('have what the application says of the request: its names for the first, who it was for all', async () => {
    const says: RequestHandler = (_req, _res, next) => {
      currentScope()?.setAction('order.place');
      currentScope()?.setActor('u-7');
      next();
    };
    await server({ data: DATA }, {}, says).send({ query: THREE });
    const events = await recorded.events();
    expect(events.map(({ action }) => action)).toEqual(['order.place', 'order.refund', 'order.delete']);
    expect(events.map(({ actor }) => actor.id)).toEqual(['u-7', 'u-7', 'u-7']);
  });

  test('are counted where there are too many', async () => {
    const pays = Array.from({ length: 50 }, (_each, at) => `p${at}: payOrder(id: ${at}) { id }`);
    await server({ data: {} }).send({ query: `mutation { ${pays.join(' ')} }` });
    const events = await recorded.events();
    expect(events).toHaveLength(20);
    expect(events[0]?.metadata).toEqual({ moreCalls: 30 });
  });

  test('that only read are told when they are refused', async () => {
    const errors = [{ message: 'No', path: ['orders'], extensions: { code: 'FORBIDDEN' } }];
    const asked = server({ data: null, errors });
    await asked.send({ query: '{ orders { id } }' });
    const events = await recorded.events();
    expect(events).toMatchObject([{ action: 'order.list', outcome: 'denied', reason: { code: 'forbidden' } }]);
  });

  test('that only read leave nothing when they fail otherwise', async () => {
    await server({ errors: [{ message: 'No', extensions: { code: 'BAD_USER_INPUT' } }] }).send({
      query: '{ orders { id } }',
    });
    expect(await recorded.events()).toEqual([]);
  });

  test('ended unknown when the client left', async () => {
    recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor), express.json());
    app.post('/graphql', (req) => void req.socket.destroy());
    await request(app)
      .post('/graphql')
      .send({ query: THREE })
      .catch(() => undefined);
    const events = await recorded.events();
    expect(events.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown', 'unknown']);
  });
});
