// A shop whose accounts, sessions and organizations are those of better-auth, in memory. Ends with its standard input.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { audit } from '@whodunit/express';
import { fileSink } from '@whodunit/sink-file';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { organization } from 'better-auth/plugins';
import express from 'express';

const [, , file, order] = process.argv;
const server = createServer((req, res) => server.emit('answer', req, res));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}`;

const tables = ['user', 'session', 'account', 'verification', 'organization', 'member', 'invitation'];
const auth = betterAuth({
  baseURL: url,
  secret: 'a-secret-of-the-shop-with-32-characters',
  database: memoryAdapter(Object.fromEntries(tables.map((table) => [table, []]))),
  emailAndPassword: { enabled: true },
  plugins: [organization({ sendInvitationEmail: async () => undefined })],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
});

const line = audit({ service: 'shop', sinks: [fileSink(file)], dispatch: { maxWaitMs: 5 } });
/** What the documentation of better-auth recommends for Express. */
const signedIn = async (req, _res, next) => {
  const found = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) });
  Object.assign(req, { user: found?.user, session: found?.session });
  next();
};

const app = express();
app.use(...(order === 'before' ? [line, signedIn] : [signedIn, line]));
app.all('/api/auth/*splat', toNodeHandler(auth));
app.use(express.json());
app.put('/projects/:id', (req, res) => {
  res.status(req.user === undefined ? 401 : req.params.id === 'forbidden' ? 403 : 200).json({});
});
server.on('answer', app);

console.log(JSON.stringify({ shop: url }));
process.stdin.resume();
await once(process.stdin, 'end');
await line.auditor.close();
process.exit(0);
