import { randomUUID } from 'node:crypto';
import type { Sink } from '@whodunit/core';
import { audit } from '@whodunit/express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import express4 from 'express4';
import jwt from 'jsonwebtoken';

interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly orgId: string;
  role: 'admin' | 'staff';
}

interface Item {
  readonly id: number;
  readonly orgId: string;
  name: string;
  stock: number;
}

interface Invitation {
  readonly id: string;
  readonly orgId: string;
  readonly email: string;
  readonly token: string;
}

type Caller = Pick<Person, 'id' | 'email' | 'orgId' | 'role'>;

const SIGNING_KEY = 'the-signing-key-of-the-warehouse';

/** What a journey must know that only mails and operators do. */
export interface Warehouse {
  readonly app: Express;
  readonly invitations: readonly Invitation[];
  close(): Promise<void>;
}

/** Warehouses of several customers behind one API: tokens, roles, invitations, API keys. It has one line of audit. */
export function warehouse(sinks: readonly Sink[], order: 'before' | 'after'): Warehouse {
  const people: Person[] = [];
  const items: Item[] = [];
  const invitations: Invitation[] = [];
  const keys = new Map<string, { readonly id: string; readonly orgId: string }>();
  const app = express4();

  const tokenOf = ({ id, email, orgId, role }: Person) =>
    jwt.sign({ sub: id, email, orgId, role }, SIGNING_KEY, { expiresIn: '1h' });
  const seen = ({ id, email, orgId, role }: Person) => ({ id, email, orgId, role });
  const callerOf = (req: Request): Caller | undefined => (req as Request & { user?: Caller }).user;

  const auditing = audit({ sinks });
  if (order === 'before') app.use(auditing);
  app.use(express4.json());
  if (order === 'after') app.use(auditing);
  app.get('/health', (_req, res) => void res.json({ status: 'ok' }));

  const api = express4.Router();
  app.use('/api/v1', api);
  // Preflight, as browsers of another origin send it.
  api.use((req, res, next) => (req.method === 'OPTIONS' ? void res.status(204).end() : next()));

  api.post('/auth/register', (req, res) => {
    const { email, password, organization } = req.body;
    if (people.some((each) => each.email === email))
      return void res.status(409).json({ error: 'This address is taken' });
    const person: Person = { id: `u-${people.length + 1}`, email, password, orgId: organization, role: 'admin' };
    people.push(person);
    res.status(201).json({ user: seen(person), token: tokenOf(person) });
  });
  api.post('/auth/login', (req, res) => {
    const person = people.find(({ email, password }) => email === req.body.email && password === req.body.password);
    if (person === undefined) return void res.status(401).json({ error: 'Wrong address or password' });
    res.json({ accessToken: tokenOf(person), refreshToken: randomUUID() });
  });
  api.post('/auth/refresh', (req, res) => void res.json({ accessToken: req.body.refreshToken }));
  api.post('/invitations/:token/accept', (req, res) => {
    const at = invitations.findIndex(({ token }) => token === req.params.token);
    const [invitation] = at < 0 ? [] : invitations.splice(at, 1);
    if (invitation === undefined) return void res.status(410).json({ error: 'This invitation is gone' });
    const { email, orgId } = invitation;
    const person: Person = { id: `u-${people.length + 1}`, email, password: req.body.password, orgId, role: 'staff' };
    people.push(person);
    res.status(201).json({ user: seen(person), token: tokenOf(person) });
  });

  api.use((req: Request, res: Response, next: NextFunction) => {
    const key = keys.get(String(req.headers['x-api-key']));
    if (key !== undefined) Object.assign(req, { apiKey: key, orgId: key.orgId });
    const token = req.headers.authorization?.replace('Bearer ', '');
    if (key === undefined && token === undefined) return void res.status(401).json({ error: 'Who are you?' });
    try {
      if (token !== undefined) Object.assign(req, { user: caller(jwt.verify(token, SIGNING_KEY)) });
      next();
    } catch {
      res.status(401).json({ error: 'This token is not ours' });
    }
  });
  const caller = (claims: unknown): Caller => {
    const { sub, email, orgId, role } = claims as { sub: string } & Omit<Caller, 'id'>;
    return { id: sub, email, orgId, role };
  };
  const isAdmin: RequestHandler = (req, res, next) =>
    callerOf(req)?.role === 'admin' ? next() : void res.status(403).json({ error: 'Ask an admin' });

  const org = express4.Router({ mergeParams: true });
  api.use('/orgs/:orgId', org);
  org.use((req, res, next) => {
    const { apiKey } = req as Request & { apiKey?: { readonly orgId: string } };
    const orgId = callerOf(req)?.orgId ?? apiKey?.orgId;
    return orgId === (req.params as { orgId?: string }).orgId
      ? next()
      : void res.status(403).json({ error: 'Not yours' });
  });

  org.post('/invitations', isAdmin, (req, res) => {
    const { orgId } = req.params as unknown as { orgId: string };
    const invitation = { id: `i-${invitations.length + 1}`, orgId, email: req.body.email, token: randomUUID() };
    invitations.push(invitation);
    res.status(201).json({ id: invitation.id, email: invitation.email });
  });
  org.delete('/invitations/:id', isAdmin, (req, res) => {
    invitations.splice(
      invitations.findIndex(({ id }) => id === req.params['id']),
      1,
    );
    res.status(204).end();
  });
  org.put('/members/:userId/role', isAdmin, (req, res) => {
    const person = people.find(({ id }) => id === req.params['userId']);
    if (person === undefined) return void res.status(404).json({ error: 'Nobody' });
    person.role = req.body.role;
    res.json(seen(person));
  });
  org.delete('/members/:userId', isAdmin, (_req, res) => void res.status(204).end());
  org.post('/api-keys', isAdmin, (req, res) => {
    const { orgId } = req.params as unknown as { orgId: string };
    const secret = randomUUID();
    keys.set(secret, { id: `k-${keys.size + 1}`, orgId });
    res.status(201).json({ id: `k-${keys.size}`, name: req.body.name, key: secret });
  });
  org.delete('/api-keys/:keyId', isAdmin, (_req, res) => {
    keys.clear();
    res.status(204).end();
  });

  org.get('/items', (_req, res) => void res.json(items));
  org.get('/items/export.csv', (_req, res) => void res.type('csv').send('id,name\n'));
  org.get('/items/:id', (req, res) => void res.json(items[Number(req.params['id']) - 1] ?? null));
  org.post('/items/search', (_req, res) => void res.json({ hits: [] }));
  org.post('/items/import', (req, res) => void res.status(202).json({ accepted: req.body.rows.length }));
  org.post('/items', (req, res) => {
    const { orgId } = req.params as unknown as { orgId: string };
    if (typeof req.body.name !== 'string') return void res.status(422).json({ errors: [{ field: 'name' }] });
    const item = { id: items.length + 1, orgId, name: req.body.name, stock: 0 };
    items.push(item);
    res.status(201).json({ data: item });
  });
  org.patch('/items/:id', (req, res) => {
    const item = items.find(({ id }) => String(id) === req.params['id']);
    if (item === undefined) return void res.status(404).json({ error: 'No such item' });
    Object.assign(item, req.body);
    res.status(204).end();
  });
  org.post('/items/:id/restock', (req, res) => void res.json({ stock: req.body.amount }));
  org.delete('/items/:id', isAdmin, (_req, res) => void res.status(204).end());
  return { app, invitations, close: () => auditing.auditor.close() };
}
