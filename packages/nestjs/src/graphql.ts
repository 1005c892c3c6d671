import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { currentScope } from '@whodunit/core';
import { RequestScope, scopeOfRequest } from '@whodunit/core/http';
import { handledOf, handlerOf, type RootField, rememberHandled } from './handled.js';

const ROOTS: Readonly<Record<string, RootField['type']>> = { Mutation: 'mutation', Query: 'query' };

/** The root field that a GraphQL resolver is for; `undefined` for subscriptions and fields further down. */
export function rootFieldOf(context: ExecutionContext): RootField | undefined {
  // Nest gives resolvers the arguments of GraphQL: parent, arguments, context, information about the field.
  const info: unknown = context.getArgByIndex(3);
  const type = ROOTS[String(nameIn(info, 'parentType'))];
  const field = read(info, 'fieldName');
  if (type === undefined || typeof field !== 'string') return undefined;
  const alias = read(read(info, 'path'), 'key');
  return {
    type,
    field,
    alias: typeof alias === 'string' ? alias : field,
    args: context.getArgByIndex(1),
    handler: handlerOf(context.getClass(), context.getHandler()),
  };
}

/** What an application says a resolver runs for: over HTTP its request, over a socket what stands for one. */
export function requestOf(context: ExecutionContext): unknown {
  const request = read(context.getArgByIndex(2), 'req');
  return read(request, 'raw') ?? request;
}

function requestScopeOf(context: ExecutionContext): RequestScope | undefined {
  const scope = currentScope();
  if (scope instanceof RequestScope) return scope;
  const request = requestOf(context);
  return typeof read(request, 'socket') === 'object' ? scopeOfRequest(request as IncomingMessage) : undefined;
}

/** Every mutation of a request is an event of its own; of its queries the first stands for all. */
export function rememberField(context: ExecutionContext): void {
  const field = rootFieldOf(context);
  const scope = field === undefined ? undefined : requestScopeOf(context);
  if (field === undefined || scope === undefined) return;
  const known = handledOf(scope)?.fields;
  if (known === undefined) rememberHandled(scope, { handler: field.handler, fields: [field] });
  else if (field.type === 'mutation') known.push(field);
}

function nameIn(holder: unknown, member: string): unknown {
  return read(read(holder, member), 'name');
}

function read(holder: unknown, member: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, member) : undefined;
}
