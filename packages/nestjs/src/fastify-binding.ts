import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf, type HttpBinding, type Place, RequestScope } from '@whodunit/core/http';
import { handledOf } from './handled.js';
import { type NestRequest, refineScope } from './refine.js';

/** Fastify's request, as far as it is used here. */
export interface FastifyRequest extends NestRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly ip?: string;
  /** Only there when Fastify trusts proxies. */
  readonly ips?: readonly string[];
  readonly is404?: boolean;
  readonly routeOptions?: { readonly url?: string | undefined };
}

/** Fastify's reply, as far as it is used here. */
export interface FastifyReply {
  readonly raw: ServerResponse;
  getHeader(name: string): unknown;
  getHeaders(): object;
}

/** What Nest on Fastify 4 or 5 knows of a request, in its own routes and in those of plugins beside them. */
export const nestFastifyBinding: HttpBinding<FastifyRequest> = {
  by: 'nestjs',
  place(request, scope) {
    const route = request.is404 === true ? undefined : request.routeOptions?.url;
    // A wildcard that no handler of Nest has is a plugin's (files, a proxy): the path says more.
    if (route === undefined || (route.includes('*') && handledOf(scope) === undefined)) return undefined;
    const { params } = request;
    return { route, params: typeof params === 'object' && params !== null ? (params as Place['params']) : {} };
  },
  body: (request) => request.body,
  handler: (_request, scope) => handledOf(scope)?.handler,
  address(request, remoteAddress, headers) {
    const plain = addressOf(headers, remoteAddress, undefined);
    if (request.ips === undefined) return plain;
    const { ip } = addressOf({}, request.ip, undefined);
    return ip === undefined ? plain : { ...plain, ip };
  },
  refine(request, scope) {
    if (scope instanceof RequestScope) refineScope(request, scope);
  },
};
