import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf, type HttpBinding, scopeOfRequest } from '@whodunit/core/http';
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
  route(request) {
    const url = request.is404 === true ? undefined : request.routeOptions?.url;
    // A wildcard that no handler of Nest has is a plugin's (files, a proxy): the path says more.
    return url?.includes('*') === true && handledOf(request.raw) === undefined ? undefined : url;
  },
  params(request) {
    const { params } = request;
    return typeof params === 'object' && params !== null ? (params as Readonly<Record<string, unknown>>) : undefined;
  },
  body: (request) => request.body,
  handler: (request) => handledOf(request.raw)?.handler,
  address(request, remoteAddress) {
    const plain = addressOf(request.headers, remoteAddress, undefined);
    if (request.ips === undefined) return plain;
    const { ip } = addressOf({}, request.ip, undefined);
    return ip === undefined ? plain : { ...plain, ip };
  },
  refine(request) {
    const scope = scopeOfRequest(request.raw);
    if (scope !== undefined) refineScope(request, scope);
  },
};
