import { RequestMethod } from '@nestjs/common';
import { type ApplicationConfig, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import type { ListedRoute, ToldByHandler } from '@whodunit/core/http';
import { handlerOf } from './handled.js';
import type { Refinement } from './refinement.js';

/** The parts of a Nest application that know its routes. */
export interface RouteParts {
  readonly modules: ModulesContainer;
  readonly config: ApplicationConfig;
  /** How the adapter spells a path, since Nest 11. */
  readonly normalizePath: ((path: string) => string) | undefined;
}

/** Nest's own names of metadata. */
const PATH = 'path';
const METHOD = 'method';
const VERSION = '__version__';
const MODULE_PATH = '__module_path__';

type Metadata = Parameters<RoutePathFactory['create']>[0];

/**
 * Every route of the controllers of an application, with its handler and what decorators say of it. Its paths are made by
 * Nest's own factory, so that prefix, versions and modules cannot be understood differently here.
 */
export function routesOf(parts: RouteParts): ListedRoute[] {
  const { config, modules } = parts;
  const scanner = new MetadataScanner();
  const listed: ListedRoute[] = [];
  for (const { controllers, metatype } of modules.values()) {
    const modulePath: unknown =
      metadata(`${MODULE_PATH}${modules.applicationId}`, metatype) ?? metadata(MODULE_PATH, metatype);
    for (const { metatype: owner } of controllers.values()) {
      if (typeof owner !== 'function') continue;
      const above = { ...aboveOf(owner, config), modulePath } as Metadata;
      for (const name of scanner.getAllMethodNames(owner.prototype as object)) {
        const method: unknown = Reflect.get(owner.prototype as object, name);
        if (typeof method === 'function') listed.push(...routesAt(owner, method, above, parts));
      }
    }
  }
  return listed;
}

/** What stands above every handler of a controller. */
function aboveOf(owner: object, config: ApplicationConfig): object {
  const versioning = config.getVersioning();
  return {
    globalPrefix: withSlash(config.getGlobalPrefix()),
    controllerVersion: versioning === undefined ? undefined : (metadata(VERSION, owner) ?? versioning.defaultVersion),
    versioningOptions: versioning,
  };
}

function routesAt(
  owner: object,
  method: object,
  above: Metadata,
  { config, normalizePath }: RouteParts,
): ListedRoute[] {
  const requestMethod = metadata(METHOD, method) as RequestMethod | undefined;
  if (metadata(PATH, method) === undefined || requestMethod === undefined) return [];
  const factory = new RoutePathFactory(config);
  const methodVersion = metadata(VERSION, method) as Metadata['methodVersion'];
  const { controller, method: name, refinement } = handlerOf(owner, method);
  const paths = pathsIn(owner).flatMap((ctrlPath) =>
    pathsIn(method).flatMap((methodPath) =>
      factory.create(
        { ...above, ctrlPath, methodPath, ...(methodVersion === undefined ? {} : { methodVersion }) },
        requestMethod,
      ),
    ),
  );
  return paths.map((path) => ({
    method: RequestMethod[requestMethod],
    route: normalizePath === undefined ? path : normalizePath(path),
    handler: { controller, method: name },
    ...(refinement.skip === true ? { unwatched: '@SkipAudit' } : {}),
    told: toldBy(refinement),
  }));
}

function pathsIn(holder: object): string[] {
  const path: unknown = metadata(PATH, holder);
  return (Array.isArray(path) ? path : [path]).map((each: unknown) => withSlash(typeof each === 'string' ? each : ''));
}

function toldBy({ action, id, level, resource }: Refinement): ToldByHandler {
  const param = typeof id === 'string' ? /^params\.([^.]+)$/.exec(id)?.[1] : undefined;
  return { action, level, resource, idParam: id === undefined ? undefined : (param ?? null) };
}

function metadata(key: string, holder: object | undefined): unknown {
  return holder === undefined || holder === null ? undefined : Reflect.getMetadata(key, holder);
}

function withSlash(path: string): string {
  return path === '' || path.startsWith('/') ? path : `/${path}`;
}
