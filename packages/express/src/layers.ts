import type { Auditor } from '@whodunit/core';

/** What Express keeps of a line `use`, `post` and the like: private, so everything is looked at before it is believed. */
export interface Layer {
  readonly handle?: unknown;
  readonly name?: unknown;
  readonly route?: RegisteredRoute;
  /** Express 4 keeps the mount path as a pattern. */
  readonly regexp?: unknown;
  readonly keys?: unknown;
  /** Express 5 keeps it as it was given, since its `router` 2.3. */
  readonly rawPath?: unknown;
  /** Mounted at `/`. */
  readonly slash?: unknown;
}

/** The route of a layer. */
export interface RegisteredRoute {
  readonly path?: unknown;
  readonly methods?: Readonly<Record<string, unknown>>;
  readonly stack?: readonly Layer[];
}

/** A router, or the router of an application. */
export interface Router {
  readonly stack: readonly Layer[];
  readonly mergeParams: boolean;
}

/** The router of an application, or the value itself if it is one. */
export function routerIn(application: unknown): Router | undefined {
  const own = routerFrom(application);
  if (own !== undefined || typeof application !== 'function') return own;
  // Asking an application of Express 4 for `router` throws; one of Express 5 has no other.
  return routerFrom(Reflect.get(application, isExpress4(application) ? '_router' : 'router'));
}

/** An application of Express 4, which has no router before its first middleware. */
export function isExpress4(value: unknown): boolean {
  return typeof value === 'function' && typeof Reflect.get(value, 'lazyrouter') === 'function';
}

/** The value itself, if it is a router. */
export function routerFrom(value: unknown): Router | undefined {
  if (typeof value !== 'function') return undefined;
  const stack: unknown = Reflect.get(value, 'stack');
  if (!Array.isArray(stack)) return undefined;
  return { stack: stack as Layer[], mergeParams: Reflect.get(value, 'mergeParams') === true };
}

/**
 * Methods of a route, upper case; `ALL` for every one. `router.all` leaves a mark, and `app.all` lists some thirty methods.
 * Where a route has methods of its own besides, what stands there for all of them is a guard or a refusal.
 */
export function methodsOf({ methods = {} }: RegisteredRoute): readonly string[] {
  const names = Object.keys(methods).filter((name) => methods[name] === true);
  const own = names.filter((name) => name !== '_all');
  return own.length > 8 || (own.length === 0 && names.length > 0) ? ['ALL'] : own.map((name) => name.toUpperCase());
}

/** Is this the middleware of this auditor? What wraps it hands its members on. */
export function isAudit(handle: Layer['handle'], auditor: Auditor): boolean {
  return typeof handle === 'function' && Reflect.get(handle, 'auditor') === auditor;
}

/** The paths at which a layer is mounted, as they were given; `undefined` for one that nothing tells. */
export function mountPathsOf(layer: Layer): readonly (string | undefined)[] {
  const { keys, rawPath, regexp, slash } = layer;
  if (slash === true) return [''];
  if (rawPath !== undefined) return (Array.isArray(rawPath) ? rawPath : [rawPath]).map(pathOf);
  if (!(regexp instanceof RegExp)) return [undefined];
  if (Reflect.get(regexp, 'fast_slash') === true) return [''];
  const names = Array.isArray(keys) ? keys.map((key: unknown) => Reflect.get(Object(key), 'name')) : [];
  let used = 0;
  return regexp.source.split('|^').map((source) => {
    const path = pathIn(source);
    return path?.replace(/:/g, () => `:${String(names[used++])}`);
  });
}

function pathOf(value: unknown): string | undefined {
  return typeof value === 'string' ? (value === '/' ? '' : value) : undefined;
}

/** Undoes what Express 4 makes of `/orgs/:id`: `^\/orgs(?:\/([^/]+?))\/?(?=\/|$)`. Parameters come without their names. */
function pathIn(source: string): string | undefined {
  const path = source
    .replace(/^\^/, '')
    .replace(/\\\/\?\(\?=\\\/\|\$\)$/, '')
    .replace(/\(\?:\\\/\((?:[^()\\]|\\.)+\)\)/g, '/:')
    .replace(/\\([/.-])/g, '$1');
  return /[\\^$*+?()[\]{}|]/.test(path) ? undefined : path;
}
