import { memberOf } from './member.js';
import type { RecogniseInput } from './types.js';

const TUNNELLED: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** A PUT that was answered 201 has created what it names; any other answer says that it was there (RFC 9110, 9.3.4). */
export function hasCreated(method: string, { status }: Pick<RecogniseInput, 'status'>): boolean {
  return method === 'PUT' && status === 201;
}

/**
 * What an answer may be cached by, together with the route: the method that is meant, and of a PUT whether it created.
 */
export function answerKey(input: Pick<RecogniseInput, 'method' | 'body' | 'status'>): string {
  const method = effectiveMethod(input);
  return hasCreated(method, input) ? 'PUT 201' : method;
}

/** The method that is meant, upper case: the `_method` of an HTML form counts. */
export function effectiveMethod(input: Pick<RecogniseInput, 'method' | 'body'>): string {
  const method = input.method.toUpperCase();
  if (method !== 'POST') return method;
  const meant = memberOf(input.body, '_method');
  const upper = typeof meant === 'string' ? meant.slice(0, 10).toUpperCase() : '';
  return TUNNELLED.has(upper) ? upper : method;
}

/** True for GET and HEAD. */
export function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
