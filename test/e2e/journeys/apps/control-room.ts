import type { Sink } from '@whodunit/core';
import { audit } from '@whodunit/express';
import express, { type Express, type Request, type RequestHandler } from 'express';
import session from 'express-session';

interface Operator {
  readonly id: number;
  readonly email: string;
  password: string;
}

type Session = session.Session & {
  userId?: number | undefined;
  tenantId?: string;
  impersonatorId?: number | undefined;
};

/** The control room of a product, as its own people wrote it: sessions by hand, no auth library. It has one line of audit. */
export function controlRoom(
  sinks: readonly Sink[],
  operators: readonly Operator[],
): { app: Express; close(): Promise<void> } {
  const app = express();
  const auditing = audit({ sinks });
  app.use(auditing);
  app.use(express.json());
  app.use(session({ secret: 'the-secret-of-the-control-room', resave: false, saveUninitialized: false }));
  const sessionOf = (req: Request) => req.session as Session;
  const signIn = (req: Request, id: number) => Object.assign(sessionOf(req), { userId: id, tenantId: 'acme' });
  const done: RequestHandler = (_req, res) => void res.json({ done: true });
  app.get('/status', (_req, res) => void res.json({ up: true }));

  // A wrong password is answered with 200.
  app.post('/api/login', (req, res) => {
    const operator = operators.find(
      ({ email, password }) => email === req.body.email && password === req.body.password,
    );
    if (operator === undefined) return void res.json({ success: false, message: 'Try again' });
    signIn(req, operator.id);
    res.json({ success: true, data: { user: { id: operator.id, email: operator.email } } });
  });
  app.post('/oauth/token', (req, res) => {
    const { grant_type: grant, password } = req.body;
    const isKnown = grant === 'refresh_token' || operators.some((operator) => operator.password === password);
    if (!isKnown) return void res.status(400).json({ error: 'invalid_grant' });
    res.json({ access_token: 'opaque-access-token-0001', token_type: 'bearer' });
  });
  app.get('/auth/google', (_req, res) => void res.redirect('https://accounts.example/o/oauth2/auth?client_id=1'));
  app.get('/auth/google/callback', (req, res) => {
    if (req.query['error'] !== undefined) return void res.redirect('/login?error=access_denied');
    signIn(req, 2);
    res.redirect('/');
  });
  app.get('/magic-link/:token', (req, res) => {
    signIn(req, 3);
    res.redirect('/');
  });
  app.get('/invitations/:token/accept', (req, res) => {
    signIn(req, 4);
    res.redirect('/welcome');
  });
  app.get('/logout', (req, res) => void req.session.destroy(() => res.redirect('/')));

  app.use('/api', (req, res, next) => {
    if (sessionOf(req).userId === undefined) return void res.status(401).json({ error: 'Sign in' });
    next();
  });
  app.post('/api/admin/users/:id/impersonate', (req, res) => {
    const known = sessionOf(req);
    Object.assign(known, { impersonatorId: known.userId, userId: Number(req.params['id']) });
    res.json({ done: true });
  });
  app.post('/api/admin/stop-impersonating', (req, res) => {
    const known = sessionOf(req);
    Object.assign(known, { userId: known.impersonatorId, impersonatorId: undefined });
    res.json({ done: true });
  });
  for (const path of ['/api/me', '/api/orders/:id', '/api/orders/:id/note']) app.patch(path, done);
  for (const path of POSTS) app.post(path, done);
  app.put(['/api/settings', '/api/profile/theme', '/api/orders/:id/mark-as-paid'], done);
  app.delete(['/api/sessions/:id', '/api/users/:userId/roles/:roleId', '/api/account/mfa', '/api/me'], (_req, res) => {
    res.status(204).end();
  });
  return { app, close: () => auditing.auditor.close() };
}

const POSTS = [
  '/api/account/mfa/enable',
  '/api/change-email',
  '/api/coupons/check-code',
  '/api/heartbeat',
  '/api/notifications/mark-all-read',
  '/api/notifications/:id/read',
  '/api/orders/:id/restore',
  '/api/orders/:id/share',
  '/api/orders/bulk-delete',
  '/api/orders/import',
  '/api/orders/preview',
  '/api/teams/:teamId/members',
  '/api/users/:userId/lock',
  '/api/users/:userId/roles',
];
