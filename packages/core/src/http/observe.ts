import onFinished from 'on-finished';
import { type Auditor, engineOf } from '../engine/auditor.js';
import { scopes } from '../engine/scope.js';
import { AuditError } from '../model/errors.js';
import type { HttpRequest } from '../model/http.js';
import { read } from '../pure/actor/index.js';
import { keepAnswer, keepWritten } from './answer.js';
import { loadBefore } from './before.js';
import type { HttpBinding, RawExchange } from './binding.js';
import { type Connection, connectionOf } from './connection.js';
import { mayCall, mayEnter, mayLeave, rememberActor } from './early.js';
import { finish } from './finish.js';
import { keepBody } from './raw-body.js';
import { RequestScope } from './request-scope.js';

/** Reads that may write (links in mails, callbacks, logout by link): watched as closely as writes. */
const WRITING_GET =
  /log|sign|auth|callback|verif|confirm|activat|unsubscribe|accept|invit|magic|reset|token|sso|export|download/i;

/**
 * Opens the scope of a request, runs `next` in it, and makes one event when the response ends, however it ends. Safe to
 * call twice for one request. Never throws because of whodunit; costs a read a scope and at most
 * one listener.
 */
export function observe<R extends HttpRequest>(
  auditor: Auditor,
  binding: HttpBinding<R>,
  request: R,
  raw: RawExchange,
  next: () => void,
): void {
  const connection = connectionOf(raw.req);
  const current = scopes.getStore();
  const known = connection.find(raw.req) ?? (isOf(current, raw) ? current : undefined);
  if (known !== undefined) {
    // Some session and body parsers lose the asynchronous context: this brings it back.
    if (current === undefined) scopes.run(known, next);
    else next();
    return;
  }
  const engine = engineOf(auditor);
  // The binding gets back exactly the request that it handed in.
  const scope = new RequestScope(engine, binding as unknown as HttpBinding, request, raw, connection.remoteAddress);
  let waiting: Promise<unknown> | undefined;
  try {
    waiting = watch(scope, connection);
  } catch (cause) {
    engine.report(new AuditError('AUDIT_CAPTURE_FAILED', 'A request could not be watched. See `cause`.', { cause }));
  }
  // A loader was asked for the state before; it has a deadline and never rejects.
  if (waiting === undefined) scopes.run(scope, next);
  else void waiting.then(() => scopes.run(scope, next));
}

/** After the response has ended only the asynchronous context knows of it. */
function isOf(scope: unknown, { req }: RawExchange): scope is RequestScope {
  return read(read(scope, 'raw'), 'req') === req;
}

function watch(scope: RequestScope, connection: Connection): Promise<unknown> | undefined {
  const { res } = scope.raw;
  scope.end = end;
  scope.connection = connection;
  connection.add(scope);
  // A response says by itself when it is over, at a third of the cost; one that was over before has said so already.
  if (connection.isClosed || read(res, 'finished') === true) onFinished(res, () => scope.end());
  else if (!connection.tells) listenTo(scope, connection.isReal ? ['close'] : ['finish', 'close']);
  const { method } = scope;
  if ((method === 'GET' || method === 'HEAD' || method === 'OPTIONS') && !WRITING_GET.test(scope.url)) return undefined;
  scope.isOpen = true;
  scope.engine.open.add(scope);
  if (mayNeedAnswer(scope)) keepAnswers(scope);
  if (method === 'POST' && (mayEnter(scope.url) || mayCall(scope.url))) keepWhole(scope);
  if (mayLeave(scope.url)) {
    rememberActor(scope.carrier, (resolved) => {
      scope.early = resolved;
    });
  }
  return loadBefore(scope);
}

/** Without a connection nobody closes a response that has finished. */
function listenTo(scope: RequestScope, names: readonly string[]): void {
  const { res } = scope.raw;
  for (const name of names) Reflect.apply(read(res, 'on') as typeof res.on, res, [name, () => scope.end()]);
}

function end(this: RequestScope): void {
  this.connection?.remove(this);
  finish(this);
}

/** An update or delete has its id in the route; only what makes something, signs somebody in or calls a verb answers it. */
function mayNeedAnswer({ engine, method, url }: RequestScope): boolean {
  return method === 'POST' || engine.keepsAnswers || WRITING_GET.test(url) || mayLeave(url);
}

/** What a handler reads and writes itself, where others use `req.body` and `res.json`. */
function keepWhole(scope: RequestScope): void {
  const { req, res } = scope.raw;
  keepBody(req, (text) => {
    scope.rawBody = text;
  });
  keepWritten(res, (text) => {
    scope.answer ??= text;
  });
}

function keepAnswers(scope: RequestScope): void {
  const { res } = scope.raw;
  const keep = (text: string): void => {
    scope.answer ??= text;
  };
  keepAnswer(res, keep);
  scope.binding.answer?.(scope.carrier, res, keep);
}
