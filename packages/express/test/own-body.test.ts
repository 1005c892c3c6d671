import { text } from 'node:stream/consumers';
import { audit } from '@whodunit/express';
import request from 'supertest';
import { type Recording, recording } from './support/running';
import { VERSIONS } from './support/versions';

describe.each(VERSIONS)('a handler of %s that reads the request by itself', (_version, express) => {
  let recorded: Recording;

  function echo() {
    recorded = recording();
    const app = express();
    app.use(audit(recorded.auditor));
    app.post('/login', async (req, res) => {
      await text(req);
      res.status(401).end();
    });
    app.use('/rpc/things', async (req, res) => void res.type('text').send(await text(req)));
    return app;
  }

  const changesOf = async () => (await recorded.events()).map(({ changes }) => changes?.map(({ path }) => path));

  test('gets the body whole, and the event has what it says', async () => {
    const app = echo();
    const body = JSON.stringify({ name: 'ä', password: 'horse-battery' });
    await request(app).post('/rpc/things').type('json').send(body).expect(200, body);
    await request(app).post('/rpc/things').type('form').send('name=x').expect(200, 'name=x');
    await request(app).post('/login').send({ email: 'jane@example.com', password: 'horse-battery' });
    const events = await recorded.events();
    expect(events.map(({ changes, actor }) => [changes?.map(({ path }) => path), actor.claimed])).toEqual([
      [['/name', '/password'], undefined],
      [['/name'], undefined],
      [undefined, 'jane@example.com'],
    ]);
    expect(JSON.stringify(events)).not.toContain('horse-battery');
  });

  test('gets a body whole that is too large, broken, packed or of another type, and nothing is told of it', async () => {
    const app = echo();
    const large = JSON.stringify({ name: 'x'.repeat(100_000) });
    await request(app).post('/rpc/things').type('json').send(large).expect(200, large);
    await request(app).post('/rpc/things').type('json').send('{"name":').expect(200, '{"name":');
    await request(app).post('/rpc/things').type('text').send('{"name":1}').expect(200, '{"name":1}');
    const packed = request(app).post('/rpc/things').type('json').set('Content-Encoding', 'br');
    await packed.send('{"name":1}').expect(200, '{"name":1}');
    expect(await changesOf()).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('gets a body in pieces, without a length, also when it becomes too large on the way', async () => {
    const app = echo();
    for (const pieces of [
      ['{"name"', ':1}'],
      ['{"name":"', 'x'.repeat(70_000), '"}'],
    ]) {
      const sent = request(app).post('/rpc/things').type('json').set('Transfer-Encoding', 'chunked');
      for (const piece of pieces) sent.write(piece);
      await sent.expect(200, pieces.join(''));
    }
    expect(await changesOf()).toEqual([['/name'], undefined]);
  });
});
