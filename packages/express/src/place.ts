import { type Place, read } from '@whodunit/core/http';
import type { Request } from 'express';
import { mountOf } from './mount.js';
import { type PlainPath, plainPath, segmentsOf, startOf, valuesAt } from './plain-path.js';

/** The parts of an Express route that tell what it serves. */
interface MatchedRoute {
  readonly path?: unknown;
  readonly methods?: Readonly<Record<string, unknown>>;
}

/**
 * The place of a request, also after `next(err)`, when Express has dropped mount path and parameters: what the route did
 * not match of the path that came in is the mount path. `undefined` when no route matched, and where only the path that
 * came in can tell: a regular expression, or a wildcard for every method behind which another router works.
 */
export function placeOf(request: Request): Place | undefined {
  const route = read(request, 'route') as MatchedRoute | undefined;
  if (route === undefined || route === null) return undefined;
  const params = (read(request, 'params') ?? {}) as Readonly<Record<string, unknown>>;
  const told = placeAtRoot(read(request, 'baseUrl'), params, route);
  if (told !== undefined) return told;
  const whole = segmentsOf(pathname(request));
  for (const path of Array.isArray(route.path) ? route.path : [route.path]) {
    const plain = typeof path === 'string' ? plainPath(path) : undefined;
    const start = plain === undefined ? -1 : startOf(plain, whole);
    if (plain !== undefined && start >= 0) return placeAt(request, plain, start, whole);
  }
  return typeof route.path === 'string' ? placeAsTold(request, route, route.path, params) : undefined;
}

/** The usual case, with nothing to work out: a route of the application itself that still has its parameters. */
function placeAtRoot(baseUrl: unknown, params: Place['params'], { path }: MatchedRoute): Place | undefined {
  if (baseUrl !== '' || typeof path !== 'string' || !path.startsWith('/')) return undefined;
  const plain = plainPath(path);
  if (plain === undefined || plain.names.length === 0) return undefined;
  for (const name of plain.names) if (params[name] === undefined) return undefined;
  return { route: plain.template, params };
}

/** The path of a request as the client sent it, without its query. */
function pathname(request: Request): string {
  const url = request.originalUrl ?? request.url;
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function placeAt(request: Request, path: PlainPath, start: number, whole: readonly string[]): Place {
  const params = (request.params ?? {}) as Readonly<Record<string, unknown>>;
  const kept = path.names.every((name) => Object.hasOwn(params, name));
  const own = kept ? params : valuesAt(path, whole, start);
  if (start === 0) return { route: path.template === '' ? '/' : path.template, params: own };
  const text = `/${whole.slice(0, start).join('/')}`;
  const mount = mountOf(text, {
    params: othersIn(params, path.names),
    path: path.template,
    taken: path.names,
    whole: kept && request.baseUrl === text,
  });
  return { route: `${mount.template}${path.template}`, params: { ...mount.params, ...params, ...own } };
}

/** A pattern, or an application that rewrote its URL: what Express says now is all there is. */
function placeAsTold(
  request: Request,
  route: MatchedRoute,
  path: string,
  params: Readonly<Record<string, unknown>>,
): Place | undefined {
  const { baseUrl } = request;
  const names = (path.match(/[:*]\w+/g) ?? []).map((name) => name.slice(1));
  const lost = baseUrl === '' && Object.keys(params).length === 0 && /[:*{(]/.test(path);
  if (lost || (path.includes('*') && servesEveryMethod(route))) return undefined;
  const mount = mountOf(baseUrl, { params: othersIn(params, names), path, taken: names, whole: true });
  const text = path.replaceAll('\\:', ':');
  const own = text === '/' ? '' : text.startsWith('/') ? text : `/${text}`;
  return { route: `${mount.template}${own}` || '/', params: { ...mount.params, ...params } };
}

/** Parameters that are not the route's own: those of its mount path, where `mergeParams` hands them down. */
function othersIn(params: Readonly<Record<string, unknown>>, own: readonly string[]): Record<string, string> {
  const others: Record<string, string> = {};
  for (const name of Object.keys(params)) {
    const value = params[name];
    // Express 4 numbers what a wildcard matched.
    if (typeof value === 'string' && value !== '' && !own.includes(name) && !/^\d/.test(name)) others[name] = value;
  }
  return others;
}

/** `router.all` leaves a mark; `app.all` lists some thirty methods. */
function servesEveryMethod({ methods }: MatchedRoute): boolean {
  return methods !== undefined && (methods['_all'] === true || Object.keys(methods).length > 8);
}
