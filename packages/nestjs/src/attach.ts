import type { ServerResponse } from 'node:http';
import type { Auditor } from '@whodunit/core';
import { observe, scopeOfRequest } from '@whodunit/core/http';
import { type ExpressRequest, nestExpressBinding } from './express-binding.js';
import { type FastifyReply, type FastifyRequest, nestFastifyBinding } from './fastify-binding.js';

/** An HTTP adapter of Nest, as far as it is used here. */
export interface HttpAdapter {
  getType(): string;
  getInstance(): unknown;
  use(...args: unknown[]): unknown;
  /** Since Nest 11. */
  normalizePath?(path: string): string;
}

const attached = new WeakMap<HttpAdapter, WeakSet<Auditor>>();

/**
 * Watches every request that an adapter takes, before any other middleware or hook of the application: also those that
 * no route of Nest is for. Safe to call twice.
 */
export function attach(adapter: HttpAdapter, auditor: Auditor): void {
  const auditors = attached.get(adapter) ?? new WeakSet();
  attached.set(adapter, auditors);
  if (auditors.has(auditor)) return;
  auditors.add(auditor);
  if (adapter.getType() === 'fastify') attachFastify(adapter.getInstance() as Fastify, auditor);
  else attachExpress(adapter, auditor);
}

interface Express4 {
  _router?: unknown;
  lazyrouter?: () => void;
}

function attachExpress(adapter: HttpAdapter, auditor: Auditor): void {
  const middleware = (req: ExpressRequest, res: ServerResponse, next: () => void): void => {
    observe(auditor, nestExpressBinding, req, { req, res }, next);
  };
  const app = adapter.getInstance() as Express4;
  const { lazyrouter } = app;
  if (lazyrouter === undefined || app._router !== undefined) {
    adapter.use(middleware);
    return;
  }
  // Express 4 makes its router with the first middleware, by the settings of that moment. `app.set()` in main.ts comes
  // later than this, so the first middleware waits until somebody else wants the router.
  app.lazyrouter = function first(this: unknown) {
    app.lazyrouter = lazyrouter;
    Reflect.apply(lazyrouter, this, []);
    adapter.use(middleware);
  };
}

type Done = (error?: Error | null, payload?: unknown) => void;

interface Fastify {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void): unknown;
  addHook(
    name: 'onSend',
    hook: (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => void,
  ): unknown;
  after(then: () => void): unknown;
}

function attachFastify(fastify: Fastify, auditor: Auditor): void {
  const open = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    observe(auditor, nestFastifyBinding, request, { req: request.raw, res: reply.raw }, done);
  };
  fastify.addHook('onRequest', open);
  fastify.after(() => putFirst(fastify, open));
  // The text before anything compresses it, and the headers, which Fastify keeps to itself until it writes them.
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const scope = scopeOfRequest(request.raw);
    if (scope !== undefined) {
      scope.answeredBy = reply;
      if (typeof payload === 'string') scope.answer ??= payload;
    }
    done(null, payload);
  });
}

/**
 * Nest has registered its middleware before any module exists, and what a middleware answers never reaches a later hook.
 * Fastify has no way to ask for the first place, so the list itself is reordered; where there is none, our hook stays last
 * and only what middleware answers is missed.
 */
function putFirst(fastify: object, hook: unknown): void {
  const symbol = Object.getOwnPropertySymbols(fastify).find(({ description }) => description === 'fastify.hooks');
  const lists: unknown = symbol === undefined ? undefined : Reflect.get(fastify, symbol);
  const hooks: unknown = typeof lists === 'object' && lists !== null ? Reflect.get(lists, 'onRequest') : undefined;
  if (!Array.isArray(hooks) || !hooks.includes(hook)) return;
  hooks.splice(hooks.indexOf(hook), 1);
  hooks.unshift(hook);
}
