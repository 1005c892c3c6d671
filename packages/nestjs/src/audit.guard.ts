import type { IncomingMessage } from 'node:http';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { currentScope } from '@whodunit/core';
import { RequestScope, read, scopeOfRequest } from '@whodunit/core/http';
import { rememberField } from './graphql.js';
import { handlerOf, rememberHandled } from './handled.js';

/**
 * Lets everybody in, and remembers which handler a request is for. It stands before every other guard, so that also a
 * request that one of them refuses is recorded as what it was meant to do. An interceptor would come too late for that,
 * and costs fifty times as much.
 */
export class AuditGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const type: string = context.getType();
    if (type === 'http') {
      const scope = scopeIn(context);
      if (scope !== undefined) {
        rememberHandled(scope, { handler: handlerOf(context.getClass(), context.getHandler()), fields: undefined });
      }
    } else if (type === 'graphql') {
      rememberField(context);
    }
    return true;
  }
}

function scopeIn(context: ExecutionContext): RequestScope | undefined {
  const current = currentScope();
  if (current instanceof RequestScope) return current;
  // A parser or a session store has lost the asynchronous context. Fastify's request has the one of node:http behind it.
  const request: IncomingMessage = context.switchToHttp().getRequest();
  return scopeOfRequest((read(request, 'raw') as IncomingMessage | undefined) ?? request);
}
