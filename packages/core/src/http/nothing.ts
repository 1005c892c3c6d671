import type { Recognition } from '../pure/recognise/index.js';
import type { RequestScope } from './request-scope.js';

/** `{}`, with a little room for white space. A parser that did not understand the body leaves `{}` too. */
const MAX_EMPTY = 4;

/** A PATCH of nothing, as a form sends it that was saved without a change: there is nothing to tell. */
export function changesNothing(scope: RequestScope, { kind, operation }: Recognition): boolean {
  // What stands in the query may be what changes.
  if (scope.method !== 'PATCH' || scope.url.includes('?') || operation !== 'update' || kind !== 'crud') return false;
  if (scope.ending().status >= 400 || scope.action !== undefined || scope.changes !== undefined) return false;
  const { 'content-length': length, 'content-type': type = '' } = scope.headers();
  return Number(length) <= MAX_EMPTY && type.includes('json') && isEmpty(scope.body());
}

function isEmpty(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;
}
