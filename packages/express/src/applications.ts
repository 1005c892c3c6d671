import type { Auditor } from '@whodunit/core';
import { knowRoutes, startLine } from '@whodunit/core/http';
import { routesOf } from './routes.js';

const known = new WeakMap<Auditor, WeakSet<object>>();

/**
 * The first request tells which application this is: now its routes can be listed, and a developer is told of those that
 * are not recorded. Never throws.
 */
export function knowApplication(application: unknown, auditor: Auditor): void {
  const root = rootOf(application);
  const applications = known.get(auditor) ?? new WeakSet();
  known.set(auditor, applications);
  if (root === undefined || applications.has(root)) return;
  applications.add(root);
  knowRoutes(auditor, root, () => routesOf(root, auditor, true));
  // After the request, which must not wait for it.
  setImmediate(() => {
    const line = startLine(auditor);
    if (line !== undefined) process.stderr.write(`whodunit: ${line}\n`);
  }).unref();
}

/** A sub-application knows where it is mounted. */
function rootOf(application: unknown): object | undefined {
  let root: unknown = application;
  for (let depth = 0; depth < 16 && typeof root === 'function'; depth++) {
    const parent: unknown = Reflect.get(root, 'parent');
    if (typeof parent !== 'function') return root;
    root = parent;
  }
  return undefined;
}
