import type { Row } from '@whodunit/core/writes';
import type { Doc } from './like.js';

/** How the members of a document are called in events. */
export interface Naming {
  /** Names in the application, by their names in the database. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Nested members that have rules of their own: they stand beside the others, under their whole path. */
  readonly apart: readonly string[];
}

/**
 * A stored document as the row of an event: ids and UUIDs as text, decimals as their exact text, bytes as
 * buffers.
 */
export function rowOf(document: Doc, { aliases, apart }: Naming): Row {
  const row = plain(document) as Record<string, unknown>;
  for (const path of apart) {
    const held = takeOut(row, path.split('.'));
    if (held !== undefined) row[path] = held;
  }
  if (aliases.size === 0) return row;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [aliases.get(name) ?? name, value]));
}

/** A value of a document in plain JavaScript; nothing loses its exactness. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof RegExp) return value;
  if (Array.isArray(value)) return value.map(plain);
  const kind: unknown = (value as { _bsontype?: unknown })._bsontype;
  if (typeof kind === 'string') return plainOf(kind, value as never);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** Of the types that only BSON has. */
function plainOf(kind: string, value: { readonly buffer: Uint8Array; readonly position: number; sub_type: number }) {
  if (kind === 'Binary') return bytesOf(value);
  if (kind === 'Long') return BigInt(String(value));
  if (kind === 'Double' || kind === 'Int32') return Number(value);
  if (kind === 'Code') return (value as unknown as { code: unknown }).code;
  if (kind === 'DBRef') {
    const { collection, oid } = value as unknown as { collection: unknown; oid: unknown };
    return { collection, id: plain(oid) };
  }
  // ObjectId, Decimal128, Timestamp, symbols: what they are called by.
  return typeof value.toString === 'function' && value.toString !== Object.prototype.toString ? String(value) : kind;
}

const UUID = 4;

function bytesOf({ buffer, position, sub_type }: { buffer: Uint8Array; position: number; sub_type: number }) {
  const bytes = Buffer.from(buffer.subarray(0, position));
  if (sub_type !== UUID || bytes.length !== 16) return bytes;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Removes what stands at a path, and gives it; of every document of an array. */
function takeOut(holder: unknown, [name = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(holder)) {
    const held = holder.map((item) => takeOut(item, [name, ...rest]));
    return held.every((value) => value === undefined) ? undefined : held.map((value) => value ?? null);
  }
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  const members = holder as Record<string, unknown>;
  if (rest.length > 0) return takeOut(members[name], rest);
  const held = members[name];
  delete members[name];
  return held;
}
