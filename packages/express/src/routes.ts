import { AuditError, type Auditor } from '@whodunit/core';
import type { ListedRoute } from '@whodunit/core/http';
import {
  isAudit,
  isExpress4,
  methodsOf,
  mountPathsOf,
  type RegisteredRoute,
  type Router,
  routerFrom,
  routerIn,
} from './layers.js';
import { placeOf } from './place.js';
import { segmentsOf } from './plain-path.js';
import { below, type Mount, ROOT, sampleOf, sampleOfPattern, sampleRequest } from './sample.js';
import { subApplicationIn } from './sub-application.js';

interface Walk {
  readonly auditor: Auditor;
  readonly found: Found[];
  /** Mount paths below which requests are watched, as they are met; `undefined` for one that is not known. */
  readonly watched: (string | undefined)[];
}

interface Found extends ListedRoute {
  readonly isWatched: boolean;
}

const MAX_ROUTES = 10_000;

/**
 * Every route of an application or router, with those of mounted routers and sub-applications, as its requests will be
 * known. Runs nothing of the application. `isSeen`: requests of it have come through the middleware, wherever that stands.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID` when this is neither
 */
export function routesOf(application: unknown, auditor: Auditor, isSeen: boolean): ListedRoute[] {
  const router = routerIn(application);
  if (router === undefined && !isExpress4(application)) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'coverage(app): this is no application of Express. Pass what express() made.',
    );
  }
  const walk: Walk = { auditor, found: [], watched: [] };
  if (router !== undefined) walkRouter(router, ROOT, {}, walk, [router.stack]);
  // Somebody wraps the middleware, so where it stands is not told.
  const isHidden = isSeen && walk.watched.length === 0 && !walk.found.some(({ isWatched }) => isWatched);
  return walk.found.map(({ isWatched, ...listed }) =>
    isWatched || isHidden ? listed : { ...listed, unwatched: 'audit() does not stand in front of it' },
  );
}

/** `above`: the router's own stack and those that it is mounted in, so that one within itself has an end. */
function walkRouter(
  router: Router,
  at: Mount,
  inbound: Mount['params'],
  walk: Walk,
  above: readonly Router['stack'][],
): void {
  const inherited = router.mergeParams ? inbound : {};
  for (const layer of router.stack) {
    if (walk.found.length >= MAX_ROUTES) return;
    if (layer.route !== undefined) {
      listRoute(layer.route, { ...at, params: inherited }, walk);
      continue;
    }
    const inner = routerFrom(layer.handle) ?? routerIn(subApplicationIn(layer.handle));
    const isOurs = isAudit(layer.handle, walk.auditor);
    const isClosed = inner === undefined && layer.name === 'mounted_app';
    if (inner === undefined && !isOurs && !isClosed) continue;
    for (const path of mountPathsOf(layer)) {
      const mount = below(at, path, inherited);
      if (isOurs) walk.watched.push(mount.path);
      if (isClosed)
        walk.found.push(foundAt(mount, 'ALL', '/*', 'a sub-application that does not tell its routes', walk));
      if (inner === undefined || above.includes(inner.stack)) continue;
      walkRouter(inner, mount, mount.params, walk, [...above, inner.stack]);
    }
  }
}

/** One entry for each path and method of a route. */
function listRoute(route: RegisteredRoute, at: Mount, walk: Walk): void {
  const methods = methodsOf(route);
  const isOurs = route.stack?.some(({ handle }) => isAudit(handle, walk.auditor)) === true;
  for (const path of Array.isArray(route.path) ? (route.path as unknown[]) : [route.path]) {
    const place = placeIn(route, at, path);
    for (const method of methods) {
      const own = typeof path === 'string' ? path : String(path);
      const listed =
        place === undefined
          ? foundAt(at, method, own, at.path === undefined ? UNKNOWN_MOUNT : PATTERN, walk)
          : { method, route: place, isWatched: isWatched(`${at.path ?? ''}${own}`, walk) };
      walk.found.push(isOurs ? { ...listed, isWatched: true } : listed);
    }
  }
}

const PATTERN = 'a pattern: each request is named by its own path';
const UNKNOWN_MOUNT = 'where its router is mounted is a pattern, or this version of Express does not tell it';

function foundAt(at: Mount, method: string, own: string, unnamed: string, walk: Walk): Found {
  const route = `${at.path ?? '*'}${own}`;
  return { method, route, unnamed, isWatched: at.path === undefined || isWatched(route, walk) };
}

/** The template that a request of this route will be known by: told by the same code, of a request made up for it. */
function placeIn(route: RegisteredRoute, at: Mount, path: unknown): string | undefined {
  if (typeof path !== 'string' || at.path === undefined) return undefined;
  const sample = sampleOf(path, segmentsOf(at.text).length) ?? sampleOfPattern(path);
  return placeOf(sampleRequest(route, at.text, sample, at.params))?.route;
}

/** Does a middleware that was met before this route stand above it? One whose place is not known may. */
function isWatched(path: string, { watched }: Walk): boolean {
  const segments = segmentsOf(path);
  return watched.some(
    (mount) =>
      mount === undefined ||
      segmentsOf(mount).every(
        (segment, i) => segment.startsWith(':') || segment.toLowerCase() === segments[i]?.toLowerCase(),
      ),
  );
}
