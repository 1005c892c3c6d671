import type { IncomingMessage } from 'node:http';
import onFinished from 'on-finished';
import { type Auditor, engineOf } from '../engine/auditor.js';
import { scopes } from '../engine/scope.js';
import { AuditError } from '../model/errors.js';
import type { HttpRequest } from '../model/http.js';
import { keepAnswer } from './answer.js';
import { loadBefore } from './before.js';
import type { HttpBinding, RawExchange } from './binding.js';
import { mayLeave, rememberActor } from './early.js';
import { finish } from './finish.js';
import { keepBody } from './own-body.js';
import { onConnectionClose } from './pipeline.js';
import { RequestScope } from './request-scope.js';

/**
 * Where the scope of a request is kept: on the request, as a WeakMap of every request costs the garbage collector more
 * than all the rest. The symbol is one per process, so two bindings, or two builds of this package, still make one event.
 */
const SCOPE = Symbol.for('whodunit.requestScope');

interface Observed extends IncomingMessage {
  [SCOPE]?: RequestScope;
}

/** Reads that may write (links in mails, callbacks, logout by link): watched as closely as writes. */
const WRITING_GET =
  /log|sign|auth|callback|verif|confirm|activat|unsubscribe|accept|invit|magic|reset|token|sso|export|download/i;

/**
 * Opens the scope of a request, runs `next` in it, and makes one event when the response ends, however it ends. Safe to
 * call twice for one request. Never throws because of whodunit; costs a read a scope and one listener.
 */
export function observe<R extends HttpRequest>(
  auditor: Auditor,
  binding: HttpBinding<R>,
  request: R,
  raw: RawExchange,
  next: () => void,
): void {
  const incoming: Observed = raw.req;
  const known = incoming[SCOPE];
  if (known !== undefined) {
    // Some session and body parsers lose the asynchronous context: this brings it back.
    if (scopes.getStore() === undefined) scopes.run(known, next);
    else next();
    return;
  }
  const engine = engineOf(auditor);
  // The binding gets back exactly the request that it handed in.
  const scope = new RequestScope(engine, binding as unknown as HttpBinding, request, raw);
  incoming[SCOPE] = scope;
  let waiting: Promise<unknown> | undefined;
  try {
    waiting = watch(scope);
  } catch (cause) {
    engine.report(new AuditError('AUDIT_CAPTURE_FAILED', 'A request could not be watched. See `cause`.', { cause }));
  }
  // A loader was asked for the state before; it has a deadline and never rejects.
  if (waiting === undefined) scopes.run(scope, next);
  else void waiting.then(() => scopes.run(scope, next));
}

/** The scope of a request, for what runs where the asynchronous context was lost. */
export function scopeOfRequest(request: IncomingMessage): RequestScope | undefined {
  return (request as Observed)[SCOPE];
}

function watch(scope: RequestScope): Promise<unknown> | undefined {
  const { req, res } = scope.raw;
  let forget: (() => void) | undefined;
  const end = (): void => {
    forget?.();
    finish(scope);
  };
  const { method } = scope;
  const isRead = (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') && !WRITING_GET.test(scope.url);
  if (res.socket === null || !isRead) forget = onConnectionClose(req.socket, end);
  // A response says by itself when it is over, at a third of the cost; one that was over before has said so already.
  if (res.writableEnded) onFinished(res, end);
  else res.on('close', end);
  if (isRead) return undefined;
  scope.onInterrupt = end;
  scope.engine.open.add(scope);
  if (scope.body() === undefined) scope.ownBody = keepBody(req);
  if (mayNeedAnswer(scope)) keepAnswers(scope);
  if (mayLeave(scope.url)) {
    rememberActor(scope.carrier, (resolved) => {
      scope.early = resolved;
    });
  }
  return loadBefore(scope);
}

/** An update or delete has its id in the route; only what makes something, signs somebody in or calls a verb answers it. */
function mayNeedAnswer({ engine, method, url }: RequestScope): boolean {
  return method === 'POST' || engine.keepsAnswers || WRITING_GET.test(url) || mayLeave(url);
}

function keepAnswers(scope: RequestScope): void {
  const { res } = scope.raw;
  const keep = (text: string): void => {
    scope.answer ??= text;
  };
  keepAnswer(res, keep);
  scope.binding.answer?.(scope.carrier, res, keep);
}
