import type { Category } from '../model/event.js';
import { parseAnswer } from './answer.js';
import type { RequestScope } from './request-scope.js';

/**
 * What level `full` adds: the body and the answer, as data, for redaction by the names in it. Text has no names (a form,
 * XML), so only its length is told; what goes through a login is never told.
 */
export function wholeOf(scope: RequestScope, category: Category, body: unknown): Readonly<Record<string, unknown>> {
  if (category === 'auth') return { ...scope.metadata };
  const told = typeof body === 'string' ? `[${body.length} characters]` : body;
  return { ...scope.metadata, answer: parseAnswer(scope.answer), body: told };
}
