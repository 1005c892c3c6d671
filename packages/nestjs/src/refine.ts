import type { Reason } from '@whodunit/core';
import { idFrom, parseAnswer, type RequestScope, recognise } from '@whodunit/core/http';
import { type Handled, handledOf, type Mutation } from './handled.js';
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
  const [mutation] = handled.mutations ?? [];
  if (mutation !== undefined) nameMutations(mutation, handled, request, scope);
  const { refinement } = handled.handler;
  if (refinement.skip === true) scope.skip();
  else if (Object.keys(refinement).length > 0) apply(refinement, contextOf(request, scope, mutation), scope);
}

function contextOf(request: NestRequest, scope: RequestScope, mutation: Mutation | undefined): AuditContext {
  const { params, query, body } = request;
  const answer = mutation === undefined ? parseAnswer(scope.answer) : resultOf(mutation, scope);
  return { request, params, query, body, args: mutation?.args, answer };
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

/** GraphQL answers 200 whatever happens, and a persisted query does not even say what it does. */
function nameMutations(first: Mutation, { mutations }: Handled, request: NestRequest, scope: RequestScope): void {
  if (mutations !== undefined && mutations.length > 1)
    scope.note(
      'mutations',
      mutations.map(({ field }) => field),
    );
  const told = recognise({ method: 'POST', route: '/graphql', body: { query: `mutation { ${first.field} }` } });
  const text: unknown =
    typeof request.body === 'object' && request.body !== null ? Reflect.get(request.body, 'query') : '';
  if (typeof text !== 'string' && scope.action === undefined) scope.setAction(told.action);
  const type = first.handler.refinement.resource ?? scope.resource?.type ?? told.resource;
  const id = type === undefined ? undefined : (idIn(first.args, type) ?? idIn(resultOf(first, scope), type));
  if (type !== undefined) scope.setResource({ type, ...(id === undefined ? {} : { id }), ...scope.resource });
  const failure = failureOf(parseAnswer(scope.answer));
  if (failure !== undefined && scope.outcome === undefined) scope.setOutcome(failure.outcome, failure.reason);
}

/** The id in arguments or in an answer: `id`, `orderId`, or one of these inside of `input`. */
function idIn(holder: unknown, type: string): string | undefined {
  const camel = type.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  for (const at of [holder, read(holder, 'input')]) {
    const id = idFrom(read(at, 'id')) ?? idFrom(read(at, `${camel}Id`));
    if (id !== undefined) return id;
  }
  return undefined;
}

function resultOf({ alias }: Mutation, scope: RequestScope): unknown {
  return read(read(parseAnswer(scope.answer), 'data'), alias);
}

const DENIED: readonly unknown[] = ['FORBIDDEN', 'UNAUTHENTICATED', 'UNAUTHORIZED'];

/** What the first error of a GraphQL answer says. */
function failureOf(answer: unknown): { readonly outcome: 'denied' | 'failure'; readonly reason: Reason } | undefined {
  const errors = read(answer, 'errors');
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const extensions = read(errors[0], 'extensions');
  const code = read(extensions, 'code');
  const status = read(read(extensions, 'originalError'), 'statusCode');
  const denied = DENIED.includes(code) || status === 401 || status === 403;
  const told =
    typeof status === 'number'
      ? `http_${status}`
      : typeof code === 'string'
        ? code.toLowerCase().slice(0, 64)
        : 'error';
  return { outcome: denied ? 'denied' : 'failure', reason: { code: told } };
}

function read(holder: unknown, member: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, member)
    ? Reflect.get(holder, member)
    : undefined;
}
