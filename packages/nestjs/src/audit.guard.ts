import type { IncomingMessage } from 'node:http';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { read, scopeOfRequest } from '@whodunit/core/http';
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
      const request: IncomingMessage = context.switchToHttp().getRequest();
      // Fastify's request has the one of node:http behind it.
      const scope = scopeOfRequest((read(request, 'raw') as IncomingMessage | undefined) ?? request);
      if (scope !== undefined) {
        rememberHandled(scope, { handler: handlerOf(context.getClass(), context.getHandler()), fields: undefined });
      }
    } else if (type === 'graphql') {
      rememberField(context);
    }
    return true;
  }
}
