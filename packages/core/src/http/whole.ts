import type { Category } from '../model/event.js';
import { hidden } from '../pure/fields.js';
import { parseAnswer } from './answer.js';
import type { RequestScope } from './request-scope.js';

/**
 * What level `full` adds: the body and the answer, as data, for redaction by the names in it. Text has no names (a form,
 * XML), so only its length is told; what goes through a login is never told.
 */
export function wholeOf(
  scope: RequestScope,
  { category, type }: { readonly category: Category; readonly type: string | undefined },
  body: unknown,
): Readonly<Record<string, unknown>> {
  if (category === 'auth') return { ...scope.metadata };
  const told = typeof body === 'string' ? `[${body.length} characters]` : body;
  const [answer, sent] = [parseAnswer(scope.answer), told].map((whole) => withoutFields(scope.engine, type, whole));
  return { ...scope.metadata, answer, body: sent };
}

/** Fields that may not be stored as they are (`resources.*.fields`) are masked wherever they stand in a body. */
function withoutFields(
  { fields, settings }: RequestScope['engine'],
  type: string | undefined,
  whole: unknown,
): unknown {
  const own = fields(type);
  return own === undefined || whole === undefined ? whole : hidden(whole, own, settings.redactor);
}
