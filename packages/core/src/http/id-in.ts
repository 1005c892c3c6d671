import { idFrom, read } from '../pure/actor/index.js';

/** Members that hold what a call is about. */
const WRAPPERS = ['input', 'data', 'where', 'params', 'payload'];

const MAX_NAMES = 32;
const IDS = ['id', '_id', 'uuid'];

/** Of these the whole member is the secret itself: `{ token: '...' }`, and so may be the code of an invitation. */
const SECRET = /token|secret|key|code|hash|signature|password|otp|session|cookie|credential|invit/;

/**
 * The id of a resource in a body or in arguments: `orderId`, `order_id`, `orderIdOrNumber`, else `id`; of a procedure's else the
 * whole member, `order`, which anywhere else is as likely a new value: `PUT /profile/theme` with `{ theme }`.
 */
export function idIn(body: unknown, type: string, isProcedure: boolean): string | undefined {
  if (!isHolder(body)) return undefined;
  const plain = type.replaceAll('_', '');
  for (const holder of [body, ...[...WRAPPERS, camelOf(type)].map((name) => own(body, name))]) {
    const id =
      typedIn(holder, plain) ??
      firstIn(holder, isProcedure && !SECRET.test(type) ? [...IDS, camelOf(type), type] : IDS);
    if (id !== undefined) return id;
  }
  return undefined;
}

function typedIn(holder: unknown, plain: string): string | undefined {
  if (!isHolder(holder)) return undefined;
  // The id of a session opens it.
  const names = plain === 'session' ? [] : Object.keys(holder).slice(0, MAX_NAMES);
  const isTyped = (name: string): boolean => {
    const bare = name.replace(/[_-]/g, '').toLowerCase();
    return bare === `${plain}id` || bare.startsWith(`${plain}idor`);
  };
  return firstIn(holder, names.filter(isTyped));
}

function firstIn(holder: unknown, names: readonly string[]): string | undefined {
  for (const name of names) {
    const id = idFrom(own(holder, name));
    if (id !== undefined) return id;
  }
  return undefined;
}

function camelOf(type: string): string {
  return type.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(holder: unknown, name: string): unknown {
  return isHolder(holder) && Object.hasOwn(holder, name) ? read(holder, name) : undefined;
}
