import type { Level } from '../../model/event.js';

/** A route of an application, as its framework lists it. */
export interface ListedRoute {
  /** Upper case; `ALL` for a route that serves every method. */
  readonly method: string;
  /** The template that a request of this route is known by, as `HttpBinding.route` tells it. */
  readonly route: string;
  /** Class and method that handle it, where the framework has them. */
  readonly handler?: { readonly controller: string; readonly method: string };
  /** What decorators on the handler say. */
  readonly told?: ToldByHandler;
  /** Why no request of it is recorded, whatever the rules say. */
  readonly unwatched?: string;
  /** Why its requests have no common name: each is named by its own path. */
  readonly unnamed?: string;
}

/** What decorators can say of every request of a route. */
export interface ToldByHandler {
  readonly action?: string | undefined;
  readonly resource?: string | undefined;
  readonly level?: Level | undefined;
  /** Route parameter that holds the id; `null`: the id is somewhere else. */
  readonly idParam?: string | null | undefined;
}
