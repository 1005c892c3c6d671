// A studio with better-auth and its organizations, in a process of its own as better-auth is only an ES module. It has one
// line of audit. Its parent gets its address, and what would go out by mail.
import { audit } from '@whodunit/express';
import { fileSink } from '@whodunit/sink-file';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { organization } from 'better-auth/plugins';
import express from 'express';

const [, , file] = process.argv;
const counts = new Map();
/** Ids that a test can know: `user-1`, `organization-1`. */
const generateId = ({ model }) => {
  counts.set(model, (counts.get(model) ?? 0) + 1);
  return `${model}-${counts.get(model)}`;
};
const tables = ['user', 'session', 'account', 'verification', 'organization', 'member', 'invitation'];
const auth = betterAuth({
  baseURL: 'http://studio.example',
  secret: 'the-secret-of-the-studio-0123456789',
  database: memoryAdapter(Object.fromEntries(tables.map((table) => [table, []]))),
  advanced: { database: { generateId } },
  telemetry: { enabled: false },
  logger: { disabled: true },
  rateLimit: { enabled: false },
  emailAndPassword: {
    enabled: true,
    sendResetPassword: async ({ token }) => void process.send({ mailed: token }),
  },
  emailVerification: {
    sendOnSignUp: true,
    sendVerificationEmail: async ({ token }) => void process.send({ mailed: token }),
  },
  plugins: [organization({ sendInvitationEmail: async ({ id }) => void process.send({ mailed: id }) })],
});

const app = express();
const auditing = audit({ sinks: [fileSink(file)] });
app.use(auditing);
app.get('/healthz', (_req, res) => void res.json({ ok: true }));
app.use(async (req, _res, next) => {
  const known = await auth.api.getSession({ headers: fromNodeHeaders(req.headers) });
  Object.assign(req, { user: known?.user, session: known?.session });
  next();
});
app.all('/api/auth/*splat', toNodeHandler(auth));
app.use(express.json());

const films = [];
app.get('/api/films', (_req, res) => void res.json(films));
app.post('/api/films', (req, res) => {
  if (req.user === undefined) return void res.status(401).json({ error: 'Sign in first' });
  films.push({ id: `film-${films.length + 1}`, title: req.body.title });
  res.status(201).json(films.at(-1));
});
app.delete('/api/films/:filmId', (_req, res) => void res.status(204).end());

const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.once('message', async () => {
  server.closeAllConnections();
  server.close();
  await auditing.auditor.close();
  process.disconnect();
});
