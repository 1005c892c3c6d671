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
import { onConnectionClose } from './pipeline.js';
import { RequestScope } from './request-scope.js';

const SEEN = Symbol.for('whodunit.requests');
const registry = globalThis as unknown as { [SEEN]?: WeakMap<IncomingMessage, RequestScope> };
// One per process: two bindings, or two builds of this package, still make one event of one request.
registry[SEEN] ??= new WeakMap();
const seen: WeakMap<IncomingMessage, RequestScope> = registry[SEEN];

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
  const known = seen.get(raw.req);
  if (known !== undefined) {
    // Some session and body parsers lose the asynchronous context: this brings it back.
    if (scopes.getStore() === undefined) scopes.run(known, next);
    else next();
    return;
  }
  const engine = engineOf(auditor);
  // The binding gets back exactly the request that it handed in.
  const scope = new RequestScope(engine, binding as unknown as HttpBinding, request, raw);
  seen.set(raw.req, scope);
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
  return seen.get(request);
}

function watch(scope: RequestScope): Promise<unknown> | undefined {
  const { req, res } = scope.raw;
  let forget: (() => void) | undefined;
  const end = (): void => {
    forget?.();
    finish(scope);
  };
  if (res.socket === null) forget = onConnectionClose(req.socket, end);
  if (
    (scope.method === 'GET' || scope.method === 'HEAD' || scope.method === 'OPTIONS') &&
    !WRITING_GET.test(scope.url)
  ) {
    res.once('close', end);
    return undefined;
  }
  scope.onInterrupt = end;
  scope.engine.open.add(scope);
  onFinished(res, end);
  const keep = (text: string): void => {
    scope.answer ??= text;
  };
  keepAnswer(res, keep);
  scope.binding.answer?.(scope.carrier, res, keep);
  if (mayLeave(scope.url)) {
    rememberActor(scope.carrier, (resolved) => {
      scope.early = resolved;
    });
  }
  return loadBefore(scope);
}
