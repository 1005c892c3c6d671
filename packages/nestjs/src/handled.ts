import type { Refinable } from '@whodunit/core/http';
import { type Refinement, refinementOf } from './refinement.js';

/** A method of a class that handles something. One object per method, for its whole life. */
export interface Handler {
  /** Name of the class. */
  readonly controller: string;
  readonly method: string;
  readonly refinement: Refinement;
}

/** A root field of GraphQL that ran in a request. */
export interface RootField {
  readonly type: 'query' | 'mutation';
  readonly field: string;
  /** Member of the answer, when the client asked for another name. */
  readonly alias: string;
  readonly args: unknown;
  readonly handler: Handler;
}

/** What became known of a request while it went through Nest. */
export interface Handled {
  readonly handler: Handler;
  readonly fields: RootField[] | undefined;
}

const handlers = new WeakMap<object, Map<object, Handler>>();

/** The handler that a class's method is. Two classes may inherit one method. */
export function handlerOf(owner: object, method: object): Handler {
  const owners = handlers.get(method) ?? new Map<object, Handler>();
  handlers.set(method, owners);
  const known = owners.get(owner);
  if (known !== undefined) return known;
  const handler = { controller: nameOf(owner), method: nameOf(method), refinement: refinementOf(owner, method) };
  owners.set(owner, handler);
  return handler;
}

export function rememberHandled(scope: Refinable, what: Handled): void {
  scope.handled = what;
}

export function handledOf(scope: Refinable): Handled | undefined {
  return scope.handled as Handled | undefined;
}

function nameOf(named: object): string {
  const name: unknown = Reflect.get(named, 'name');
  return typeof name === 'string' ? name : '';
}
