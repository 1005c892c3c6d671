import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf, type HttpBinding, scopeOfRequest, type Trust, templateOf } from '@whodunit/core/http';
import { handledOf } from './handled.js';
import { type NestRequest, refineScope } from './refine.js';

/** What Nest's Express adapter hands to a middleware, as far as it is used here. */
export type ExpressRequest = IncomingMessage &
  NestRequest & {
    readonly method: string;
    readonly url: string;
    readonly originalUrl?: string;
    readonly baseUrl?: string;
    readonly route?: { readonly path?: unknown };
    readonly app?: { get(name: string): unknown };
  };

/** What Nest on Express 4 or 5 knows of a request, in its own routes and in those of other routers beside them. */
export const nestExpressBinding: HttpBinding<ExpressRequest> = {
  by: 'nestjs',
  route(request) {
    const path = request.route?.path;
    if (typeof path !== 'string') return undefined;
    if (handledOf(request) !== undefined) return path;
    // A middleware for some routes only, or another router: a pattern is not what was asked for.
    if (/[*{(]/.test(path)) return undefined;
    const mount = request.baseUrl ?? '';
    if (mount === '') return fits(path, request) ? path : undefined;
    const template = templateOf(mount).route;
    return path === '/' ? template : `${template}${path}`;
  },
  params: (request) => objectFrom(request.params),
  body: (request) => request.body,
  handler: (request) => handledOf(request)?.handler,
  address(request, remoteAddress) {
    const trust = request.app?.get('trust proxy fn');
    return addressOf(request.headers, remoteAddress, typeof trust === 'function' ? (trust as Trust) : undefined);
  },
  answer: (_request, response, keep) => keepSent(response, keep),
  refine(request) {
    const scope = scopeOfRequest(request);
    if (scope !== undefined) refineScope(request, scope);
  },
};

/** After an error Express forgets the mount path; then the route's own path is too short for what came in. */
function fits(path: string, { originalUrl = '' }: ExpressRequest): boolean {
  const whole = originalUrl.replace(/[?#].*$/s, '');
  return segments(path) === segments(whole);
}

function segments(path: string): number {
  return path.split('/').filter((segment) => segment !== '').length;
}

/** Express makes text of everything before it calls `send` for the last time; compression comes later. */
function keepSent(response: ServerResponse & { send?: Send }, keep: (text: string) => void): void {
  const { send } = response;
  if (send === undefined) return;
  const kept: Send = function (this: unknown, ...given) {
    if (typeof given[0] === 'string') {
      // Somebody who wrapped it after us keeps what is theirs.
      if (response.send === kept) response.send = send;
      keep(given[0]);
    }
    return Reflect.apply(send, this, given);
  };
  response.send = kept;
}

type Send = (this: unknown, ...given: [body?: unknown, status?: unknown]) => unknown;

function objectFrom(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}
