// A shop that signs in with Auth.js and a form, and an API whose guard verifies tokens with jose. Ends with its standard input.
import { once } from 'node:events';
import { ExpressAuth, getSession } from '@auth/express';
import Credentials from '@auth/express/providers/credentials';
import { audit } from '@whodunit/express';
import { fileSink } from '@whodunit/sink-file';
import express from 'express';
import { jwtVerify, SignJWT } from 'jose';

const [, , file, order] = process.argv;
const SECRET = 'a-secret-of-the-shop-with-32-characters';
const JANE = { id: 'u-1', email: 'jane@example.com', name: 'Jane' };

const config = {
  secret: SECRET,
  trustHost: true,
  logger: { error: () => undefined, warn: () => undefined, debug: () => undefined },
  providers: [
    Credentials({
      credentials: { email: {}, password: {} },
      authorize: ({ email, password }) => (email === JANE.email && password === 'correct-horse-battery' ? JANE : null),
    }),
  ],
  callbacks: {
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub, tenantId: 'acme' } }),
  },
};

const line = audit({ service: 'shop', sinks: [fileSink(file)], dispatch: { maxWaitMs: 5 } });
/** What the documentation of Auth.js recommends. */
const signedIn = async (req, res, next) => {
  res.locals.session = await getSession(req, config);
  next();
};
const update = (isSignedIn) => (req, res) => {
  res.status(!isSignedIn(req, res) ? 401 : req.params.id === 'forbidden' ? 403 : 200).json({});
};

const app = express();
app.use(...(order === 'before' ? [line, signedIn] : [signedIn, line]));
// It finds where it is mounted by what a wildcard without a name matched.
app.use(/^\/auth\/(.*)$/, ExpressAuth({ ...config }));
app.put(
  '/projects/:id',
  update((_req, res) => res.locals.session?.user),
);

const key = new TextEncoder().encode(SECRET);
const guard = async (req, _res, next) => {
  const token = (req.headers.authorization ?? '').slice(7);
  const verified = await jwtVerify(token, key).catch(() => undefined);
  Object.assign(req, { auth: verified?.payload });
  next();
};
app.put(
  '/api/projects/:id',
  guard,
  update((req) => req.auth),
);

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const token = await new SignJWT({ email: JANE.email, org_id: 'acme' })
  .setProtectedHeader({ alg: 'HS256' })
  .setSubject(JANE.id)
  .setExpirationTime('1h')
  .sign(key);

console.log(JSON.stringify({ shop: `http://127.0.0.1:${server.address().port}`, token }));
process.stdin.resume();
await once(process.stdin, 'end');
await line.auditor.close();
process.exit(0);
