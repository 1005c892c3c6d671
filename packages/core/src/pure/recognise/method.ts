import { memberOf } from './member.js';
import type { RecogniseInput } from './types.js';

const TUNNELLED: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** The method that is meant, upper case: the `_method` of an HTML form counts. */
export function effectiveMethod(input: Pick<RecogniseInput, 'method' | 'body'>): string {
  const method = input.method.toUpperCase();
  if (method !== 'POST') return method;
  const meant = memberOf(input.body, '_method');
  const upper = typeof meant === 'string' ? meant.slice(0, 10).toUpperCase() : '';
  return TUNNELLED.has(upper) ? upper : method;
}
