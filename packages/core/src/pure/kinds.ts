import { readMember } from './members.js';

/** A stream, by its class. */
export function inheritsPipe(prototype: unknown): boolean {
  // Streams hold sockets and buffers; a class of the application seldom has `pipe` and `on` both.
  for (let at = prototype, hops = 0; at !== null && typeof at === 'object' && hops < 6; hops++) {
    if (Object.hasOwn(at, 'pipe')) return true;
    at = Object.getPrototypeOf(at);
  }
  return false;
}

/** MongoDB's ObjectId keeps its 12 bytes in a member; its hex is the id that people know. */
export function objectIdHex(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as object;
  const brand = readMember(value, '_bsontype') ?? readMember(prototype, '_bsontype');
  if (brand !== 'ObjectId' && brand !== 'ObjectID' && brand !== '[accessor]') return undefined;
  for (const name of ['buffer', 'id']) {
    const held = readMember(value, name);
    if (held instanceof Uint8Array && held.byteLength === 12) return Buffer.from(held).toString('hex');
  }
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    const held = Object.getOwnPropertyDescriptor(value, symbol)?.value as unknown;
    if (held instanceof Uint8Array && held.byteLength === 12) return Buffer.from(held).toString('hex');
  }
  return undefined;
}
