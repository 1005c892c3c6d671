import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { currentScope } from '@whodunit/core';
import { RequestScope } from '@whodunit/core/http';
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

/** The HTTP request that a resolver runs for, when there is one. */
export function requestOf(context: ExecutionContext): IncomingMessage | undefined {
  const scope = currentScope();
  if (scope instanceof RequestScope) return scope.raw.req;
  const request = read(context.getArgByIndex(2), 'req');
  const raw = read(request, 'raw') ?? request;
  return typeof raw === 'object' && raw !== null ? (raw as IncomingMessage) : undefined;
}

/** One request is one event, however many mutations it holds: the first names it. */
export function rememberMutation(context: ExecutionContext): void {
  const mutation = mutationOf(context);
  const request = mutation === undefined ? undefined : requestOf(context);
  if (mutation === undefined || request === undefined) return;
  const known = handledOf(request);
  if (known?.mutations === undefined) rememberHandled(request, { handler: mutation.handler, mutations: [mutation] });
  else known.mutations.push(mutation);
}

function nameIn(holder: unknown, member: string): unknown {
  return read(read(holder, member), 'name');
}

function read(holder: unknown, member: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, member) : undefined;
}
