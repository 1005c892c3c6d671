import { read } from '../pure/actor/index.js';
import type { RecogniseInput } from '../pure/recognise/index.js';
import { calledBy } from './calls.js';
import { withDocument } from './persisted.js';
import type { RequestScope } from './request-scope.js';

const REPLACED_BY: ReadonlySet<string | undefined> = new Set(['PUT', 'PATCH', 'DELETE']);

/**
 * The method that was routed: middleware for HTML forms puts another one in the place of a POST. What a body claims (`_method`)
 * counts only then, as anybody can write it there.
 */
export function routedMethod({ method, raw }: RequestScope): string {
  if (method !== 'POST') return method;
  const now = read(raw.req, 'method') as string | undefined;
  return REPLACED_BY.has(now) ? (now as string) : method;
}

/** What recognition may look at, when the response has ended. */
export function planInput(scope: RequestScope, method: string, handler: RecogniseInput['handler']): RecogniseInput {
  const body = withDocument(scope.body());
  const isObject = typeof body === 'object' && body !== null;
  return {
    route: scope.route(),
    body: isObject && Object.hasOwn(body, '_method') ? { ...body, _method: undefined } : body,
    ...(isObject ? { bodyKeys: Object.keys(body).slice(0, 64) } : {}),
    ...(handler === undefined ? {} : { handler }),
    method,
    status: scope.ending().status,
    anonymous: scope.knownActor().type === 'anonymous',
    ...calledBy(scope, body),
  };
}
