import type { HttpRequest } from '../model/http.js';
import { type ResolvedActor, resolveActor } from '../pure/actor/index.js';

/** Paths on which somebody may be signed out: there the user is gone when the response ends. */
const LEAVES =
  /log-?_?(?:out|off)|sign-?_?(?:out|off)|session|impersonat|switch|revoke|account|users?\/me|\/me\b|profile/i;

export function mayLeave(url: string): boolean {
  return LEAVES.test(url);
}

/** Paths of auth libraries that take the raw request, and leave neither a body nor a user on it. */
const ENTERS = /auth|log-?_?[io]n|sign-?_?[iou][np]|register/i;

export function mayEnter(url: string): boolean {
  return ENTERS.test(url);
}

/** Paths of GraphQL and of remote procedure calls, whose handlers do the same. */
const CALLS = /graphql|\bgql\b|rpc/i;

export function mayCall(url: string): boolean {
  return CALLS.test(url);
}

/**
 * Remembers who was signed in while the request went through, by watching `user` and `session` being set on the request
 * object: passport, sessions and guards all assign them. The members behave as plain ones for everybody else.
 */
export function rememberActor(request: HttpRequest, remember: (resolved: ResolvedActor) => void): void {
  const look = (): void => {
    const resolved = resolveActor(request);
    if (resolved.actor.type !== 'anonymous' && resolved.actor.type !== 'unresolved') remember(resolved);
  };
  // Express assigns `route` when the handlers before it have run: cookie-session redefines `session`, which nobody sees.
  // `auth` is no member to watch: Clerk warns of a request that has one already, be it empty.
  for (const name of ['user', 'session', 'route']) watchMember(request, name, look);
  look();
}

function watchMember(request: object, name: string, look: () => void): void {
  const before = Object.getOwnPropertyDescriptor(request, name);
  if (before !== undefined && (before.configurable !== true || before.get !== undefined || before.set !== undefined))
    return;
  // An inherited member has its own rules; leave it alone.
  if (before === undefined && name in request) return;
  let value: unknown = before?.value;
  Object.defineProperty(request, name, {
    configurable: true,
    enumerable: true,
    get: () => value,
    set(next: unknown) {
      // Before it goes, and after it came: a logout removes it, a login or a session store brings it.
      look();
      value = next;
      look();
    },
  });
}
