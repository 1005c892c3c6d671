import { idFrom, read } from '../pure/actor/index.js';

/** Members that hold what a call is about. */
const WRAPPERS = ['input', 'data', 'where', 'params', 'payload'];

/** The id of a resource in a body or in arguments: `orderId`, `order_id`, `id`, or the whole member: `order`. */
export function idIn(body: unknown, type: string): string | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const camel = type.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const names = [`${camel}Id`, `${type}_id`, `${camel}ID`, 'id', '_id', 'uuid', camel, type];
  for (const holder of [body, ...[...WRAPPERS, camel].map((name) => own(body, name))]) {
    for (const name of names) {
      const id = idFrom(own(holder, name));
      if (id !== undefined) return id;
    }
  }
  return undefined;
}

function own(holder: unknown, name: string): unknown {
  const isHolder = typeof holder === 'object' && holder !== null && !Array.isArray(holder);
  return isHolder && Object.hasOwn(holder, name) ? read(holder, name) : undefined;
}
