import { types } from 'node:util';
import { camelOf, memberOf } from './body-ids.js';

const STATES = ['input', 'data', 'attributes', 'payload'];

/** The part of a call's arguments that is the state of the resource: `updateOrder(id: 7, input: { ... })`. */
export function stateInArguments(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  for (const name of STATES) {
    const inner = memberOf(args, name);
    if (typeof inner === 'object' && inner !== null) return inner;
  }
  const { id: _id, ...rest } = args as Readonly<Record<string, unknown>>;
  return rest;
}

/** What a body says of its one resource, out of its wrapping: `{ article: { title } }`, JSON:API. */
export function stateIn(body: unknown, type: string | undefined): unknown {
  const name = type === undefined ? undefined : onlyNameIn(body);
  if (name === undefined) return body;
  const inside = memberOf(body, name);
  const state =
    name === 'data'
      ? memberOf(inside, 'attributes')
      : name === type || camelOf(type ?? '') === name
        ? inside
        : undefined;
  return typeof state === 'object' && state !== null && !Array.isArray(state) ? state : body;
}

function onlyNameIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || types.isProxy(body)) return undefined;
  let only: string | undefined;
  for (const name in body) {
    if (only !== undefined) return undefined;
    only = name;
  }
  return only;
}
