import { Readable } from 'node:stream';
import { eventLine } from '@whodunit/core';
import { audit } from '@whodunit/express';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import request from 'supertest';
import { only, type Recording, recording } from './support/running';
import { VERSIONS } from './support/versions';

const PASSWORD = 'correct-horse-battery';
const ANSWER = JSON.stringify({ token: 'opaque', user: { id: 'u-1', email: 'jane@example.com', name: 'Jäne' } });

/** The ways in which handlers read a body that no parser has read for them. */
const READERS: Readonly<Record<string, (req: Request) => Promise<string>>> = {
  'async iteration': async (req) => {
    let text = '';
    for await (const chunk of req) text += String(chunk);
    return text;
  },
  'data events, as text': (req) =>
    new Promise((resolve) => {
      let text = '';
      req.setEncoding('utf8');
      req.on('data', (chunk: string) => {
        text += chunk;
      });
      req.on('end', () => resolve(text));
    }),
  'a web request': (req) => new Response(Readable.toWeb(req) as ConstructorParameters<typeof Response>[0]).text(),
};

const writes: RequestHandler = (_req, res) => {
  res.setHeader('content-type', 'application/json');
  res.write(ANSWER.slice(0, 20));
  res.write(Buffer.from(ANSWER.slice(20)));
  res.end();
};
const writesAndEnds: RequestHandler = (_req, res) => {
  res.setHeader('content-type', 'application/json');
  res.write(ANSWER.slice(0, 20));
  res.end(ANSWER.slice(20));
};

describe.each(VERSIONS)('with %s', (_version, express) => {
  let recorded: Recording;

  beforeEach(() => {
    recorded = recording();
  });

  const event = async () => {
    const found = only(await recorded.events());
    expect(eventLine(found)).not.toMatch(/horse|opaque/);
    expect(recorded.errors).toEqual([]);
    return found;
  };

  test.each(Object.entries(READERS))(
    'a failed login whose body is read by %s has the identity',
    async (_how, reads) => {
      const app = express();
      app.use(audit(recorded.auditor));
      let seen = '';
      app.post('/auth/sign-in', (req, res, next) => {
        reads(req)
          .then((text) => {
            seen = text;
            res.status(401).json({ code: 'INVALID' });
          })
          .catch(next);
      });
      const body = JSON.stringify({ email: 'jäne@example.com', password: PASSWORD });
      await request(app).post('/auth/sign-in').type('json').send(body).expect(401);
      expect(seen).toBe(body);
      expect((await event()).actor).toEqual({ type: 'anonymous', claimed: 'jäne@example.com' });
    },
  );

  test.each([
    ['in parts', writes],
    ['in parts, and an end', writesAndEnds],
  ])('a login that is answered %s has the user in the answer', async (_how, handler) => {
    const app = express();
    app.use(audit(recorded.auditor));
    app.post('/api/login', (req, res, next) => {
      req.resume();
      handler(req, res, next);
    });
    const { text } = await request(app).post('/api/login').type('form').send({ email: 'x', password: PASSWORD });
    expect(text).toBe(ANSWER);
    expect(await event()).toMatchObject({ outcome: 'success', actor: { id: 'u-1', name: 'Jäne' } });
  });

  test.each([
    ['by json()', ((_req, res) => void res.type('json').send(ANSWER)) as RequestHandler],
    ['in parts', writes],
    ['in parts, and an end', writesAndEnds],
  ])('a session store that holds back the last byte of an answer %s takes nothing from it', async (_how, handler) => {
    const app = express();
    app.use(audit(recorded.auditor), session({ secret: 'key', resave: false, saveUninitialized: false }));
    app.post('/api/login', (req, res, next) => {
      Object.assign(req.session, { userId: 'u-1' });
      req.resume();
      handler(req, res, next);
    });
    const { text } = await request(app).post('/api/login').send({ email: 'x', password: PASSWORD });
    expect(text).toBe(ANSWER);
    expect(await event()).toMatchObject({ outcome: 'success', actor: { id: 'u-1', name: 'Jäne' } });
  });

  test('a body of any size goes through as it is, and a long one is not kept', async () => {
    const app = express();
    app.use(audit(recorded.auditor));
    let bytes = 0;
    app.post('/login', (req, res) => {
      req.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
      });
      req.on('end', () => res.status(401).end());
    });
    const body = JSON.stringify({ email: 'jane@example.com', pad: 'x'.repeat(5_000_000) });
    await request(app).post('/login').type('json').send(body).expect(401);
    expect(bytes).toBe(body.length);
    expect((await event()).actor).toEqual({ type: 'anonymous' });
  });

  test.each(['{"email":', 'null', '[1]', '"jane"'])('a body of %s names nobody', async (body) => {
    const app = express();
    app.use(audit(recorded.auditor));
    app.post('/login', (req, res) => {
      req.resume();
      req.on('end', () => res.status(400).end());
    });
    await request(app).post('/login').type('json').send(body).expect(400);
    expect((await event()).actor).toEqual({ type: 'anonymous' });
  });
});
