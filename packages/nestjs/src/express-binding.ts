import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  addressOf,
  type HttpBinding,
  type Refinable,
  RequestScope,
  read,
  type Trust,
  templateOf,
} from '@whodunit/core/http';
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
  place(request, scope) {
    const route = routeOf(request, scope);
    return route === undefined ? undefined : { route, params: objectFrom(read(request, 'params')) ?? {} };
  },
  body: (request) => read(request, 'body'),
  handler: (_request, scope) => handledOf(scope)?.handler,
  address(request, remoteAddress, headers) {
    const app = read(request, 'app') as ExpressRequest['app'];
    const trust = app?.get('trust proxy fn');
    return addressOf(headers, remoteAddress, typeof trust === 'function' ? (trust as Trust) : undefined);
  },
  answer: (_request, response, keep) => keepSent(response, keep),
  refine(request, scope) {
    if (scope instanceof RequestScope) refineScope(request, scope);
  },
};

function routeOf(request: ExpressRequest, scope: Refinable): string | undefined {
  const path = read(read(request, 'route'), 'path');
  if (typeof path !== 'string') return undefined;
  if (handledOf(scope) !== undefined) return path;
  // A middleware for some routes only, or another router: a pattern is not what was asked for.
  if (/[*{(]/.test(path)) return undefined;
  const mount = request.baseUrl ?? '';
  if (mount === '') return fits(path, request) ? path : undefined;
  const template = templateOf(mount).route;
  return path === '/' ? template : `${template}${path}`;
}

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
