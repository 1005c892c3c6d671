import { parseAnswer, type RequestScope } from '@whodunit/core/http';
import { handledOf } from './handled.js';
import { type AuditContext, type Refinement, textAt } from './refinement.js';

/** What adapters give of a request. */
export interface NestRequest {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** Tells the scope of a request, when its response has ended, what the decorators on its handler say. */
export function refineScope(request: NestRequest, scope: RequestScope): void {
  const handled = handledOf(scope);
  if (handled === undefined) return;
  const { fields, handler } = handled;
  if (fields === undefined) {
    refineWith(handler.refinement, () => contextOf(request, undefined, parseAnswer(scope.answer)), scope);
    return;
  }
  scope.fields = fields.map(({ alias, args, field, type }) => ({ key: alias, args, name: field, type }));
  for (const { alias, args, handler: own } of fields) {
    const result = () => read(read(parseAnswer(scope.answer), 'data'), alias);
    refineWith(own.refinement, () => contextOf(request, args, result()), scope.part({ key: alias }));
  }
}

function refineWith(refinement: Refinement, context: () => AuditContext, scope: RequestScope): void {
  if (refinement.skip === true) scope.skip();
  else if (Object.keys(refinement).length > 0) apply(refinement, context(), scope);
}

function contextOf(request: NestRequest, args: unknown, answer: unknown): AuditContext {
  const { body, params, query } = request;
  return { request, params, query, body, args, answer };
}

function apply(refinement: Refinement, context: AuditContext, scope: RequestScope): void {
  const { action, actor, level, resource: type, reason } = refinement;
  if (action !== undefined && scope.action === undefined) scope.setAction(action);
  if (level !== undefined) scope.level = level;
  if (actor !== undefined && scope.actor === undefined) {
    const who = actor(context);
    if (who !== undefined) scope.setActor(who);
  }
  const id = textAt(refinement.id, context);
  const name = textAt(refinement.name, context);
  scope.setResource({
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...scope.resource,
  });
  const text = textAt(reason, context);
  if (text === undefined || scope.reason !== undefined) return;
  // Why it failed is more than why it was wanted; both are kept.
  if (scope.raw.res.statusCode >= 400) scope.note('reason', text);
  else scope.setReason(text);
}

function read(holder: unknown, member: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, member)
    ? Reflect.get(holder, member)
    : undefined;
}
