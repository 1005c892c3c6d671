import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { currentScope } from '@whodunit/core';
import { RequestScope, scopeOfRequest } from '@whodunit/core/http';
import { handledOf, handlerOf, type Mutation, rememberHandled } from './handled.js';

/** The mutation that a GraphQL resolver is for; `undefined` for queries, subscriptions and fields further down. */
export function mutationOf(context: ExecutionContext): Mutation | undefined {
  // Nest gives resolvers the arguments of GraphQL: parent, arguments, context, information about the field.
  const info: unknown = context.getArgByIndex(3);
  if (nameIn(info, 'parentType') !== 'Mutation') return undefined;
  const field = read(info, 'fieldName');
  if (typeof field !== 'string') return undefined;
  const alias = read(read(info, 'path'), 'key');
  return {
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

/** One request is one event, however many mutations it holds: the first names it. */
export function rememberMutation(context: ExecutionContext): void {
  const mutation = mutationOf(context);
  const scope = mutation === undefined ? undefined : requestScopeOf(context);
  if (mutation === undefined || scope === undefined) return;
  const known = handledOf(scope);
  if (known?.mutations === undefined) rememberHandled(scope, { handler: mutation.handler, mutations: [mutation] });
  else known.mutations.push(mutation);
}

function nameIn(holder: unknown, member: string): unknown {
  return read(read(holder, member), 'name');
}

function read(holder: unknown, member: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, member) : undefined;
}
