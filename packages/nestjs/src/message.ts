import 'reflect-metadata';
import type { ExecutionContext } from '@nestjs/common';
import type { ActorInput, Category, Operation, RunOptions, Tenant } from '@whodunit/core';
import { recognise, resolveActor } from '@whodunit/core/http';
import { type Handler, handlerOf, type RootField } from './handled.js';
import { type AuditContext, textAt } from './refinement.js';

/** What a message handler is about to do, for `auditor.run`. */
export interface Message {
  readonly options: RunOptions;
  readonly handler: Handler;
  readonly context: AuditContext;
}

/** A message of a microservice or of a WebSocket, as its pattern and its handler say it. */
export function messageOf(context: ExecutionContext): Message {
  const isSocket = context.getType() === 'ws';
  const from: unknown = isSocket ? context.switchToWs().getClient() : context.switchToRpc().getContext();
  const body: unknown = isSocket ? context.switchToWs().getData() : context.switchToRpc().getData();
  const handler = handlerOf(context.getClass(), context.getHandler());
  const name = patternOf(context) ?? `${handler.controller.replace(/(?:Controller|Gateway)$/, '')}.${handler.method}`;
  const what = isSocket ? 'a WebSocket message' : 'a message';
  const asked: AuditContext = {
    request: from,
    params: undefined,
    query: undefined,
    body,
    args: undefined,
    answer: undefined,
  };
  return { options: optionsOf(name, what, handler, asked, whoSent(from)), handler, context: asked };
}

/** A mutation that came over something else than HTTP. */
export function messageOfMutation(mutation: RootField, request: unknown): Message {
  const { args, field, handler } = mutation;
  const asked: AuditContext = { request, params: args, query: undefined, body: args, args, answer: undefined };
  return { options: optionsOf(field, 'a GraphQL mutation', handler, asked, whoSent(request)), handler, context: asked };
}

interface Sender {
  readonly actor: ActorInput;
  readonly tenant?: Tenant;
}

function optionsOf(
  name: string,
  what: string,
  { refinement }: Handler,
  context: AuditContext,
  sender: Sender,
): RunOptions {
  const told = actionOf(name);
  const action = refinement.action ?? told.action;
  const type = refinement.resource ?? told.resource;
  const [id, title] = [textAt(refinement.id, context), textAt(refinement.name, context)];
  return {
    ...(refinement.action === undefined ? told.kind : {}),
    action,
    actor: refinement.actor?.(context) ?? sender.actor,
    ...(sender.tenant === undefined ? {} : { tenant: sender.tenant }),
    ...(type === undefined
      ? {}
      : { resource: { type, ...(id === undefined ? {} : { id }), ...(title === undefined ? {} : { name: title }) } }),
    by: 'nestjs',
    why: refinement.action === undefined ? `${what}: ${name.slice(0, 80)}` : 'named by the application',
  };
}

interface Told {
  readonly action: string;
  readonly resource?: string;
  readonly kind?: { readonly category: Category; readonly operation: Operation };
}

/** `order.refund` is the application's own word for it; anything else is recognised as a procedure's name. */
function actionOf(name: string): Told {
  if (/^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$/.test(name)) {
    return { action: name, resource: name.slice(0, name.lastIndexOf('.')).replaceAll('.', '_') };
  }
  const { action, category, operation, resource } = recognise({
    method: 'POST',
    route: '/rpc',
    body: { jsonrpc: '2.0', method: name },
  });
  return { action, kind: { category, operation }, ...(resource === undefined ? {} : { resource }) };
}

/** Where guards leave who is signed in on a connection; what a message claims is never read. */
function whoSent(from: unknown): Sender {
  for (const place of [from, read(from, 'data'), read(from, 'request'), read(from, 'extra')]) {
    const { actor, tenant } = resolveActor(place);
    if (actor.type !== 'anonymous') return tenant === undefined ? { actor } : { actor, tenant };
  }
  return { actor: { type: 'anonymous' } };
}

/** Nest's own metadata of `@MessagePattern`, `@EventPattern` and `@SubscribeMessage`. */
function patternOf(context: ExecutionContext): string | undefined {
  const handler = context.getHandler();
  const patterns: unknown =
    Reflect.getMetadata('microservices:pattern', handler) ?? Reflect.getMetadata('message', handler);
  const pattern: unknown = Array.isArray(patterns) ? patterns[0] : patterns;
  if (typeof pattern === 'string') return pattern;
  const name = read(pattern, 'cmd') ?? read(pattern, 'rpc');
  return typeof name === 'string' ? name : undefined;
}

function read(holder: unknown, member: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, member) : undefined;
}
