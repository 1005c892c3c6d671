import { randomUUID } from 'node:crypto';
import { initTRPC, TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import type { Sink } from '@whodunit/core';
import { audit } from '@whodunit/express';
import express, { type Express, type Request } from 'express';
import { z } from 'zod';

interface Worker {
  readonly id: string;
  readonly email: string;
  readonly orgId: string;
  readonly isAdmin: boolean;
}

interface Caller {
  readonly worker: Worker | undefined;
}

const t = initTRPC.context<Caller>().create();
const signedIn = t.procedure.use(({ ctx, next }) => {
  if (ctx.worker === undefined) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { worker: ctx.worker } });
});
const admin = signedIn.use(({ ctx, next }) => {
  if (!ctx.worker.isAdmin) throw new TRPCError({ code: 'FORBIDDEN' });
  return next();
});

const parcels = new Map<string, string>();
const router = t.router({
  parcel: t.router({
    list: signedIn.query(() => [...parcels.keys()]),
    all: admin.query(() => [...parcels.values()]),
    create: signedIn.input(z.object({ to: z.string().min(1) })).mutation(({ input }) => {
      const id = `p-${parcels.size + 1}`;
      parcels.set(id, input.to);
      return { id };
    }),
    update: signedIn.input(z.object({ id: z.string(), to: z.string() })).mutation(({ input: { id, to } }) => {
      if (!parcels.has(id)) throw new TRPCError({ code: 'NOT_FOUND' });
      parcels.set(id, to);
      return { id, to };
    }),
    dispatch: signedIn.input(z.object({ parcelId: z.string() })).mutation(({ input }) => ({ sent: input.parcelId })),
    delete: admin.input(z.object({ id: z.string() })).mutation(({ input }) => ({ gone: parcels.delete(input.id) })),
  }),
});

/** What a client of tRPC is typed by. */
export type DepotRouter = typeof router;

/** A depot of procedures: JSON-RPC with batches, verbs behind a colon or a dot, and tRPC. It has one line of audit. */
export function depot(
  sinks: readonly Sink[],
  tokens: ReadonlyMap<string, Worker>,
): { app: Express; close(): Promise<void> } {
  parcels.clear();
  const app = express();
  const auditing = audit({ sinks });
  app.use(auditing);
  app.get('/livez', (_req, res) => void res.send('ok'));
  app.use((req, _res, next) => {
    Object.assign(req, { user: tokens.get(req.headers.authorization?.replace('Bearer ', '') ?? '') });
    next();
  });
  const workerOf = (req: Request) => (req as Request & { user?: unknown }).user as Worker | undefined;
  app.use('/trpc', createExpressMiddleware({ router, createContext: ({ req }) => ({ worker: workerOf(req) }) }));
  app.use(express.json());

  app.post('/rpc', (req, res) => {
    const worker = workerOf(req);
    const requests: readonly RpcRequest[] = Array.isArray(req.body) ? req.body : [req.body];
    const answers = requests.filter(({ id }) => id !== undefined).map((request) => rpcAnswer(request, worker));
    // What nobody waits for is done all the same.
    for (const request of requests) if (request.id === undefined) rpcAnswer(request, worker);
    if (answers.length === 0) return void res.status(204).end();
    res.json(Array.isArray(req.body) ? answers : answers[0]);
  });

  app.post('/users\\:batchDelete', (req, res) => {
    if (workerOf(req)?.isAdmin !== true) return void res.status(403).json({ error: { status: 'PERMISSION_DENIED' } });
    res.json({ deleted: req.body.ids.length });
  });
  app.post('/parcels/:id\\:seal', (_req, res) => void res.json({ seal: randomUUID() }));
  // Methods in the manner of a chat service: always 200, and `ok` says how it went.
  app.post('/api/users.invite', (req, res) => {
    if (workerOf(req)?.isAdmin !== true) return void res.json({ ok: false, error: 'not_an_admin' });
    res.json({ ok: true, invitation: { id: 'i-1', email: req.body.email } });
  });
  app.post('/api/users.remove', (req, res) => void res.json({ ok: true, user: req.body.user }));
  app.post('/api/users.list', (_req, res) => void res.json({ ok: true, members: [] }));
  app.post('/api/parcels.search', (_req, res) => void res.json({ ok: true, hits: [] }));
  app.post('/api/parcels.rename', (req, res) => void res.json({ ok: true, parcel: { id: req.body.parcelId } }));
  return { app, close: () => auditing.auditor.close() };
}

interface RpcRequest {
  readonly id?: number;
  readonly method: string;
  readonly params?: Readonly<Record<string, string>>;
}

function rpcAnswer({ id, method, params = {} }: RpcRequest, worker: Worker | undefined): object {
  const error = (code: number, message: string) => ({ jsonrpc: '2.0', id, error: { code, message } });
  if (method === 'system.ping') return { jsonrpc: '2.0', id, result: 'pong' };
  if (worker === undefined) return error(-32_001, 'Unauthorized');
  const procedure = PROCEDURES[method];
  if (procedure === undefined) return error(-32_601, 'Method not found');
  const result = procedure(params);
  return result === undefined ? error(-32_602, 'Invalid params') : { jsonrpc: '2.0', id, result };
}

const PROCEDURES: Readonly<Record<string, (params: Readonly<Record<string, string>>) => object | undefined>> = {
  'shelf.list': () => [],
  'shelf.create': ({ name }) => (name === undefined ? undefined : { id: `s-${name}` }),
  'shelf.update': ({ id }) => ({ id }),
  'shelf.delete': ({ id }) => ({ id }),
  createAccessToken: () => ({ id: 'k-1', secret: 'a-secret-of-the-depot' }),
};
